import { hash } from 'node:crypto'
import { assert, isUuid, refuse, type Money, type Refusal, type Unit, type Uuid } from '#kernel'
import { type Leg, type LotClass, type Template, type TemplateSpec, single } from './chart.ts'
import { words, type LedgerRefusal } from './status.ts'

/** An open account, as `ledger.open` and `ledger.account` answer it. Nothing in it ever changes. */
export type Account = {
  readonly id: bigint
  readonly home: number
  readonly kind: string
  readonly unit: Unit
}

type Value = string | number | boolean | null
type Fact = Value | { readonly [name: string]: Value }
/** What the journal should remember beside its amounts: a rate's version, an order's number. Never personal data. */
export type Facts = { readonly [name: string]: Fact | readonly Fact[] }

type Given<Declared, Single> = Declared extends readonly unknown[] ? readonly Single[] : Single
type MoneyOf<Declared> = Declared extends readonly [infer U extends Unit] | (infer U extends Unit) ? Money<U> : never
type OptionalName<Spec extends TemplateSpec> = Spec['optional'] extends readonly (infer Name)[] ? Name : never
type Fields<Declared, Optional, Values extends Record<keyof Declared, unknown>> = {
  readonly [Name in Exclude<keyof Declared, Optional>]: Values[Name]
} & { readonly [Name in Extract<keyof Declared, Optional>]?: Values[Name] | undefined }

type Ops<Spec extends TemplateSpec> = Spec['legs'][number]['op']
type NeedsHold<Spec extends TemplateSpec> =
  Extract<Ops<Spec>, 'extend' | 'settle' | 'release'> extends never ? unknown : { readonly hold: Uuid }
type NeedsDuration<Spec extends TemplateSpec> =
  Extract<Ops<Spec>, 'reserve' | 'extend'> extends never ? unknown : { readonly holdMs: number }
type NeedsExpiry<Spec extends TemplateSpec> =
  Extract<Spec['legs'][number], { lot: LotClass }> extends never ? unknown : { readonly lotExpiresAt: Date }
type NeedsLot<Spec extends TemplateSpec> =
  Extract<Spec['legs'][number], { draw: 'lot' }> extends never ? unknown : { readonly lot: bigint }

/**
 * From when a journal survives a crash of the database: `at_once`, before it is answered, unless said otherwise.
 * `with_next_commit`: everybody sees it, but it is answered before it is on disk, and lasts once any transaction that commits
 * after the answer in the same database does. For a caller who commits something of his own next, and relies on both or none.
 */
type Lasting = 'at_once' | 'with_next_commit'

/**
 * What a template needs to become a journal. `key` is the idempotency key: the same key with the same input answers as
 * the first did, with another input it is refused. A reserve's hold bears its journal's key. `holdMs` is counted from
 * posting, by the database's clock. `effectiveAt` is when it happened, if that is not when it is posted. `lasts` is no part
 * of the body: see `Lasting`.
 */
export type Input<Spec extends TemplateSpec> = {
  readonly key: Uuid
  readonly accounts: Fields<
    Spec['accounts'],
    OptionalName<Spec>,
    { [Name in keyof Spec['accounts']]: Given<Spec['accounts'][Name], Account> }
  >
  readonly amounts: Fields<
    Spec['amounts'],
    OptionalName<Spec>,
    { [Name in keyof Spec['amounts']]: Given<Spec['amounts'][Name], MoneyOf<Spec['amounts'][Name]>> }
  >
  readonly facts?: Facts
  readonly effectiveAt?: Date
  readonly lasts?: Lasting
} & NeedsHold<Spec> &
  NeedsDuration<Spec> &
  NeedsExpiry<Spec> &
  NeedsLot<Spec>

export const ops = { move: 0, reserve: 1, extend: 2, settle: 3, release: 4, expire: 5 } as const

/** A leg with everything resolved, in the terms of the posting function. Instants and durations in microseconds. */
export type ResolvedLeg = {
  readonly op: number
  readonly debit: bigint
  readonly credit: bigint | null
  readonly amount: bigint
  readonly hold: Uuid | null
  readonly draw: bigint
  readonly put: bigint
  readonly lotExpires: bigint
  readonly holdFor: bigint
  readonly reverses: bigint
}

/** A journal ready to be posted. `rights` is the bit of the template's room, -1 for a reversal. */
export type Journal = {
  readonly key: Uuid
  readonly home: number
  readonly template: number
  readonly rights: bigint
  readonly legs: readonly ResolvedLeg[]
  readonly effectiveAt: Date | null
  readonly reverses: Uuid | null
  readonly facts: string | null
  /** Half a SHA-256 of the whole body, in hex: the same for the same request, whoever sends it and whenever. */
  readonly digest: string
  readonly lasts?: Lasting | undefined
}

const legsMax = 1024
/** What the wire can carry. The posting function draws its own line below. */
const int8Max = 2n ** 63n - 1n
const lotPut: Record<LotClass, bigint> = { free: -1n, plan: -2n, gift: -3n }

/** The input as the compiler sees it once its template's exact type is forgotten. */
export type AnyInput = {
  readonly key: Uuid
  readonly accounts: Readonly<Record<string, Account | readonly Account[] | undefined>>
  readonly amounts: Readonly<Record<string, Money | readonly Money[] | undefined>>
  readonly facts?: Facts
  readonly effectiveAt?: Date
  readonly lasts?: Lasting
  readonly hold?: Uuid
  readonly holdMs?: number
  readonly lotExpiresAt?: Date
  readonly lot?: bigint
}

/** Writes the template's journal for this input, or says which refusal the input has earned. */
export function journalOf(
  { name, spec }: Template,
  registered: { readonly id: number; readonly rights: bigint },
  input: AnyInput,
): Journal | Refusal<LedgerRefusal> {
  for (const instant of [input.effectiveAt, input.lotExpiresAt])
    assert(!instant || !Number.isNaN(instant.getTime()), `what ${name} was given is an instant`)
  assert(isUuid(input.key), `${name} was given a key that is no UUID`)
  const legs: ResolvedLeg[] = []
  let home: number | undefined
  for (const leg of spec.legs) {
    const pairs = pairsOf(leg, spec, input, name)
    if ('refused' in pairs) return pairs
    for (const { from, to, amount } of pairs) {
      home ??= from.home
      if (from.home !== home || (to && to.home !== home)) return no('unknown_account')
      if (amount && (amount.unit !== from.unit || (to && amount.unit !== to.unit))) return no('wrong_unit')
      if (leg.op === 'move' && leg.draw === 'lot' && !isLot(input.lot)) return no('unknown_lot')
      legs.push(resolve(leg, input, { from, to, amount: amount?.minor ?? 0n }))
    }
  }
  if (legs.length === 0 || home === undefined) return no('invalid_amount')
  assert(legs.length <= legsMax, `a journal has at most ${legsMax} legs`)
  const facts = input.facts ? JSON.stringify(input.facts) : null
  return sealed({
    key: input.key,
    home,
    template: registered.id,
    rights: registered.rights,
    legs,
    effectiveAt: input.effectiveAt ?? null,
    reverses: null,
    facts,
    lasts: input.lasts,
  })
}

/** The posting function takes zero and less for another way of drawing. */
function isLot(lot: bigint | undefined): boolean {
  return lot !== undefined && lot > 0n && lot <= int8Max
}

/** Adds the digest of the body. */
function sealed(journal: Omit<Journal, 'digest'>): Journal {
  const { template, effectiveAt, reverses, facts, legs } = journal
  let body = `${template}|${effectiveAt ? effectiveAt.getTime() : ''}|${reverses ?? ''}|${facts ?? ''}`
  for (const leg of legs) {
    const { op, debit, credit, amount, hold, draw, put, lotExpires, holdFor } = leg
    body += `|${op},${debit},${credit ?? ''},${amount},${hold ?? ''},${draw},${put},${lotExpires},${holdFor}`
  }
  return { ...journal, digest: digestOf(body) }
}

/** Half a SHA-256, in hex. */
export function digestOf(body: string): string {
  return hash('sha256', body, 'hex').slice(0, 32)
}

export function no(code: LedgerRefusal): Refusal<LedgerRefusal> {
  return refuse(code, words[code])
}

type Pair = { readonly from: Account; readonly to: Account | null; readonly amount: Money | null }

/** The accounts and amounts of one leg: one set, none if an optional name was left out, several where a list is declared. */
function pairsOf(
  leg: Leg,
  spec: TemplateSpec,
  input: AnyInput,
  template: string,
): readonly Pair[] | Refusal<LedgerRefusal> {
  const froms = input.accounts[leg.from]
  const tos = 'to' in leg ? input.accounts[leg.to] : null
  const amounts = leg.amount === undefined ? null : input.amounts[leg.amount]
  const isOptional =
    spec.optional?.some((name) => name === leg.from || name === leg.amount || ('to' in leg && name === leg.to)) ?? false
  if (isOptional && (froms === undefined || tos === undefined || amounts === undefined || isZero(amounts))) return []
  assert(
    froms !== undefined && tos !== undefined && amounts !== undefined,
    `${template} was given no "${leg.from}" or its counterpart`,
  )

  const length = Math.max(lengthOf(froms), lengthOf(tos), lengthOf(amounts))
  const pairs: Pair[] = []
  for (let at = 0; at < length; at++) {
    const pair = { from: nth(froms, at), to: tos && nth(tos, at), amount: amounts && nth(amounts, at) }
    if (pair.amount && pair.amount.minor <= 0n) return no('invalid_amount')
    if (pair.amount && pair.amount.minor > int8Max) return no('amount_too_large')
    const kinds = [single(spec.accounts[leg.from] ?? ''), 'to' in leg ? single(spec.accounts[leg.to] ?? '') : null]
    if (pair.from.id === pair.to?.id) return no('same_account')
    if (pair.from.kind !== kinds[0] || (pair.to && pair.to.kind !== kinds[1])) return no('foreign_kind')
    pairs.push(pair)
  }
  return pairs
}

function isZero(amounts: Money | readonly Money[] | null): boolean {
  return amounts !== null && !Array.isArray(amounts) && (amounts as Money).minor === 0n
}

function lengthOf(given: object | readonly object[] | null): number {
  return Array.isArray(given) ? given.length : 1
}

function nth<Item extends object>(given: Item | readonly Item[], at: number): Item {
  const item = Array.isArray(given) ? (given[at] as Item | undefined) : (given as Item)
  assert(item !== undefined, 'lists that one leg names are of one length')
  return item
}

function resolve(
  leg: Leg,
  input: AnyInput,
  { from, to, amount }: { from: Account; to: Account | null; amount: bigint },
): ResolvedLeg {
  const isMove = leg.op === 'move'
  const holds = leg.op === 'reserve' || leg.op === 'extend'
  return {
    op: ops[leg.op],
    debit: from.id,
    credit: to?.id ?? null,
    amount,
    hold: isMove ? null : leg.op === 'reserve' ? input.key : (input.hold ?? null),
    draw: !isMove || leg.draw === undefined ? 0n : leg.draw === 'loose' ? -1n : (input.lot ?? -1n),
    put: isMove && leg.lot ? lotPut[leg.lot] : 0n,
    lotExpires: isMove && leg.lot && input.lotExpiresAt ? BigInt(input.lotExpiresAt.getTime()) * 1000n : 0n,
    holdFor: holds ? BigInt(Math.trunc(input.holdMs ?? 0)) * 1000n : 0n,
    reverses: 0n,
  }
}

/** A leg as it is stored, from which its reversal is written. */
export type StoredLeg = {
  readonly pos: bigint
  readonly op: number
  readonly dr: bigint
  readonly cr: bigint | null
  readonly amount: bigint
  readonly dr_lot: bigint | null
  readonly cr_lot: bigint | null
  /** How much of it has been reversed before. */
  readonly reversed: bigint
}

/**
 * The legs that take a journal back: each sum goes the way it came, out of and into the lots it came through. With a
 * part, each leg's share rounded down; without, all that is left, so that parts and a last whole always add up.
 */
export function reversalLegs(
  stored: readonly StoredLeg[],
  part?: { numerator: bigint; denominator: bigint },
): ResolvedLeg[] {
  return stored
    .flatMap((leg) => {
      if (leg.cr === null) return []
      const amount = part ? (leg.amount * part.numerator) / part.denominator : leg.amount - leg.reversed
      if (amount <= 0n) return []
      return [
        {
          op: ops.move,
          debit: leg.cr,
          credit: leg.dr,
          amount,
          hold: null,
          draw: leg.cr_lot ?? -1n,
          put: leg.dr_lot ?? 0n,
          lotExpires: 0n,
          holdFor: 0n,
          reverses: leg.pos,
        },
      ]
    })
    .toReversed()
}
