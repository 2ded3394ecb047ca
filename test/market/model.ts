import type { Uuid } from '#kernel'
import type { Account, Chart, Kind, LedgerRefusal, Reversal } from '#ledger'
import { amountMax, bodyOf, textOf, type Body, type BodyLeg } from './body.ts'
import { expireHolds, grantLot, holdName, overlay, take, total } from './model-lots.ts'
import type { Draft, Hold, Lot, ModelAccount, State } from './model-lots.ts'
import { keyOf, type PostStep, type Step, type Told } from './step.ts'

/** A leg as posted: one for each lot that it came out of. */
export type ModelLeg = {
  readonly op: BodyLeg['op']
  readonly debit: bigint
  readonly credit: bigint | null
  readonly amount: bigint
  readonly debitLot: bigint | null
  readonly creditLot: bigint | null
  readonly hold: Uuid | null
}
export type ModelJournal = {
  readonly key: Uuid
  readonly text: string
  readonly room: string
  readonly postedAt: number
  readonly legs: readonly ModelLeg[]
  /** How much of each leg has been taken back. */
  readonly reversed: bigint[]
}

/** What the ledger will say, or the refusal it may give instead; `repeats` when it has said so before. */
export type Foretold = Told & { readonly repeats?: true; readonly or?: LedgerRefusal }

/** The room that asks, by which its rights are judged. A reversal has every right, since its room was asked for before. */
type Rights = { readonly room: string } | 'all'

/** A wish on its way to be posted. */
type Call = { readonly key: Uuid; readonly room: string; readonly rights: Rights; readonly body: Body }

/**
 * The ledger as one would explain it: accounts, lots and holds in memory, one journal after the other, each on a draft
 * that is kept or thrown away. It knows nothing of SQL, batches or locks. A hold ends at its instant, wherever it is;
 * time never runs backwards.
 */
export type Model = State & {
  readonly kinds: ReadonlyMap<string, Kind>
  readonly journals: Map<Uuid, ModelJournal>
  /** By the name of the hold, what it held when it ended. */
  readonly expired: Map<string, Hold>
  /** The ledger's own numbers of lots, as far as anyone has seen them, with ours. */
  readonly lotNames: Map<bigint, bigint>
  /** Its time, and what it was before the last group with the holds that this group found ended. */
  at: number
  before: { readonly at: number; readonly ended: readonly Hold[] }
}

export function createModel(charts: readonly Chart[]): Model {
  return {
    kinds: new Map(charts.flatMap((one) => Object.entries(one.kinds))),
    accounts: new Map(),
    lots: new Map(),
    holds: new Map(),
    journals: new Map(),
    expired: new Map(),
    lotNames: new Map(),
    at: 0,
    before: { at: 0, ended: [] },
  }
}

export function openAccount(model: Model, { id, kind, unit }: Account): void {
  const overdraft = model.kinds.get(kind)?.overdraft === 'allowed'
  model.accounts.set(id, { id, kind, unit, overdraft, balance: 0n, lots: [], holds: [] })
}

type Group = { readonly steps: readonly Step[]; readonly now: number; readonly waitingMax: number }

/**
 * What everyone of a group that asks at once is told. `waitingMax` of them are taken in. All reversals are drawn up before
 * anything is posted, and of several journals under one key each waits until the one before it has been decided.
 */
export function play(model: Model, { steps, now, waitingMax }: Group): readonly Foretold[] {
  moveTime(model, now)
  const answers: Foretold[] = []
  const waiting: { readonly call: Call; readonly place: number }[] = []
  steps.forEach((step, place) => {
    const call = step.does === 'post' ? postingOf(model, step) : reversalOf(model, step.reversal)
    if ('status' in call) answers[place] = call
    else if (waiting.length < waitingMax) waiting.push({ call, place })
    else answers[place] = no('ledger_busy')
  })
  for (let left = waiting; left.length > 0;) {
    const round = left.filter(({ call }, place) => left.findIndex((one) => one.call.key === call.key) === place)
    const fates = new Map<number, LedgerRefusal>()
    for (const { call, place } of round) {
      answers[place] = decide(model, call)
      if (answers[place].status === 'unknown_hold') fates.set(place, fateOf(model, call.body))
    }
    // An account that is not there has the batch halved: why a hold is not open may then be asked before the rest is posted.
    const isHalved = round.some(({ place }) => answers[place]?.status === 'unknown_account')
    for (const { call, place } of round) {
      const then = fates.get(place)
      if (then) answers[place] = { ...no(fateOf(model, call.body)), ...(isHalved ? { or: then } : {}) }
    }
    left = left.filter((one) => !round.includes(one))
  }
  return answers
}

/** Time goes on, and holds end by it. It never goes back. */
export function moveTime(model: Model, now: number): void {
  const at = Math.max(model.at, now)
  const ended = expireHolds(model, at)
  for (const hold of ended) model.expired.set(holdName(hold.id, hold.account), hold)
  model.before = { at: model.at, ended }
  model.at = at
}

/** Nothing was written, so time has not gone on after all: should the clock be set back now, those holds are still open. */
export function standStill(model: Model): void {
  for (const hold of model.before.ended) {
    const name = holdName(hold.id, hold.account)
    const account = model.accounts.get(hold.account) as ModelAccount
    model.expired.delete(name)
    model.holds.set(name, hold)
    model.accounts.set(account.id, { ...account, holds: [...account.holds, name] })
  }
  model.at = model.before.at
}

/** What its holder sees at an instant that is not past. */
export function balanceOf(model: Model, id: bigint, now: number): { posted: bigint; held: bigint; available: bigint } {
  const account = model.accounts.get(id) as ModelAccount
  const holds = account.holds.map((name) => model.holds.get(name) as Hold).filter((hold) => hold.until > now)
  const parts = holds.flatMap((hold) => hold.parts)
  const ended = account.lots.map((lot) => model.lots.get(lot) as Lot).filter((lot) => lot.expiresAt <= now)
  const lost = ended.map((lot) => lot.remaining - total(parts.filter((part) => part.lot === lot.id)))
  const held = total(parts)
  const available = lost.reduce((left, amount) => left - amount, account.balance - held)
  return { posted: account.balance, held, available }
}

function postingOf(model: Model, step: PostStep): Call | Foretold {
  const { room } = step.template
  const body = bodyOf(step)
  if (typeof body === 'string') return no(body)
  const legs = body.legs.map((leg) =>
    typeof leg.from === 'bigint' ? { ...leg, from: model.lotNames.get(leg.from) ?? 0n } : leg,
  )
  return { key: keyOf(step), room, rights: { room }, body: { legs, text: body.text } }
}

/** What a reversal comes to as things stand: legs in the opposite order, each its share or what is left of it. */
function reversalOf({ journals }: Model, reversal: Reversal): Call | Foretold {
  const { key, journal, room, part, effectiveAt } = reversal
  const text = textOf(['reverse', journal, room, part ?? 'rest', effectiveAt ?? null])
  const earlier = journals.get(key)
  if (earlier) return repeat(earlier, text)
  const original = journals.get(journal)
  if (!original) return no('unknown_journal')
  if (original.room !== room) return no('foreign_kind')
  const legs = original.legs.flatMap((leg, place): BodyLeg[] => {
    const rest = leg.amount - (original.reversed[place] ?? 0n)
    const amount = part ? (leg.amount * part.numerator) / part.denominator : rest
    if (leg.credit === null || amount <= 0n) return []
    const { credit: debit, debit: credit, creditLot, debitLot } = leg
    const lots = { from: creditLot ?? 'loose', into: debitLot ?? 'loose' } as const
    return [{ op: 'move', debit, credit, amount, hold: null, holdMs: 0, ...lots, reverses: { journal, at: place } }]
  })
  if (legs.length === 0) return no('nothing_to_reverse')
  return { key, room, rights: 'all', body: { legs: legs.toReversed(), text } }
}

function decide(model: Model, { key, room, rights, body }: Call): Foretold {
  const isKnown = (id: bigint | null) => id === null || model.accounts.has(id)
  if (!body.legs.every(({ debit, credit }) => isKnown(debit) && isKnown(credit))) return no('unknown_account')
  const earlier = model.journals.get(key)
  if (earlier) return repeat(earlier, body.text)
  const draft = { accounts: overlay(model.accounts), lots: overlay(model.lots), holds: overlay(model.holds) }
  const legs: ModelLeg[] = []
  const settled = new Set<string>()
  for (const leg of body.legs) {
    const refusal =
      mayTouch({ model, draft, rights }, leg) ??
      exceeds(model, leg) ??
      move(draft, { leg, at: model.at, legs, settled })
    if (refusal) return no(refusal)
  }
  for (const part of [draft.accounts, draft.lots, draft.holds]) part.keep()
  for (const { reverses, amount } of body.legs) {
    if (!reverses) continue
    const { reversed } = model.journals.get(reverses.journal) as ModelJournal
    reversed[reverses.at] = (reversed[reverses.at] ?? 0n) + amount
  }
  const reversed = legs.map(() => 0n)
  model.journals.set(key, { key, text: body.text, room, postedAt: model.at, legs, reversed })
  return { status: 'posted', postedAt: model.at }
}

type Judging = { readonly model: Model; readonly draft: Draft; readonly rights: Rights }

function mayTouch({ model: { kinds }, draft, rights }: Judging, leg: BodyLeg): LedgerRefusal | undefined {
  const may = (rooms: readonly string[] | undefined) => rights === 'all' || rooms?.includes(rights.room)
  const debit = draft.accounts.get(leg.debit) as ModelAccount
  if (!may(kinds.get(debit.kind)?.debitedBy)) return 'foreign_kind'
  if (leg.amount > amountMax) return 'invalid_amount'
  if (leg.credit === null) return undefined
  const credit = draft.accounts.get(leg.credit) as ModelAccount
  if (!may(kinds.get(credit.kind)?.creditedBy)) return 'foreign_kind'
  if (debit.unit !== credit.unit) return 'wrong_unit'
  const fits = credit.balance + leg.amount <= amountMax && debit.balance - leg.amount >= -amountMax
  return fits ? undefined : 'amount_too_large'
}

function exceeds({ journals }: Model, { reverses, amount }: BodyLeg): LedgerRefusal | undefined {
  if (!reverses) return undefined
  const { legs, reversed } = journals.get(reverses.journal) as ModelJournal
  const left = (legs[reverses.at]?.amount ?? 0n) - (reversed[reverses.at] ?? 0n)
  return amount > left ? 'exceeds_original' : undefined
}

type Moving = { readonly leg: BodyLeg; readonly at: number; readonly legs: ModelLeg[]; readonly settled: Set<string> }

/** Carries out one leg on the draft, or says why not. */
function move(draft: Draft, { leg, at, legs, settled }: Moving): LedgerRefusal | undefined {
  const { op, debit, credit } = leg
  const name = holdName(leg.hold, debit)
  const hold = draft.holds.get(name)
  if (op === 'reserve' && leg.holdMs <= 0) return 'invalid_duration'
  if ((op === 'extend' || op === 'settle' || op === 'release') && !hold) {
    // "The rest" of a hold that this very journal has settled is nothing.
    return op === 'release' && leg.amount === 0n && settled.has(name) ? undefined : 'unknown_hold'
  }
  const taken = take(draft, { leg, hold, at })
  if (typeof taken === 'string') return taken
  const granted = typeof leg.into === 'object' ? grantLot(draft, credit as bigint, leg.into) : null
  const creditLot = typeof leg.into === 'bigint' ? leg.into : granted
  for (const { lot, amount } of taken) {
    if (credit !== null) {
      enter(draft, debit, -amount)
      enter(draft, credit, amount)
      if (lot !== null) change(draft, lot, { remaining: -amount, granted: 0n })
      if (creditLot !== null) change(draft, creditLot, { remaining: amount, granted: granted === null ? 0n : amount })
    }
    legs.push({ op, debit, credit, amount, debitLot: lot, creditLot, hold: leg.hold })
  }
  if (op === 'settle' || op === 'release') settled.add(name)
  return undefined
}

function enter({ accounts }: Draft, id: bigint, amount: bigint): void {
  const account = accounts.get(id) as ModelAccount
  accounts.set(id, { ...account, balance: account.balance + amount })
}

function change({ lots }: Draft, id: bigint, by: { remaining: bigint; granted: bigint }): void {
  const lot = lots.get(id) as Lot
  lots.set(id, { ...lot, remaining: lot.remaining + by.remaining, granted: lot.granted + by.granted })
}

function repeat(earlier: ModelJournal, text: string): Foretold {
  if (earlier.text !== text) return no('key_reused')
  return { status: 'posted', postedAt: earlier.postedAt, repeats: true }
}

/** Why the first of a journal's holds that is not open is not. */
function fateOf({ expired, holds, journals }: Model, body: Body): LedgerRefusal {
  const parts = body.legs.filter((leg) => leg.hold !== null && !holds.has(holdName(leg.hold, leg.debit)))
  const [{ hold, debit } = {}] = parts
  if (!hold || !debit) return 'unknown_hold'
  if (expired.has(holdName(hold, debit))) return 'hold_expired'
  const reserved = journals.get(hold as Uuid)?.legs.some((leg) => leg.op === 'reserve' && leg.debit === debit)
  return reserved ? 'hold_resolved' : 'unknown_hold'
}

function no(status: LedgerRefusal): Foretold {
  return { status, postedAt: null }
}
