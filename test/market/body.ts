import type { Money, Uuid } from '#kernel'
import type { Account, Leg, LedgerRefusal, LotClass } from '#ledger'
import type { PostStep } from './step.ts'

/** One leg as it was asked for. `from` and `into` say how lots come into it: a number is a lot's. */
export type BodyLeg = {
  readonly op: Leg['op']
  readonly debit: bigint
  readonly credit: bigint | null
  readonly amount: bigint
  readonly hold: Uuid | null
  readonly holdMs: number
  readonly from: 'in order' | 'loose' | bigint
  readonly into: 'loose' | bigint | { readonly lot: LotClass; readonly expiresAt: number }
  /** The leg that it takes back: the key of its journal and its place there. */
  readonly reverses: { readonly journal: Uuid; readonly at: number } | null
}

/** What a journal asks for; `text` is the same for the same request. */
export type Body = { readonly legs: readonly BodyLeg[]; readonly text: string }

const int8Max = 2n ** 63n - 1n
/** No balance may get farther from zero than this, so that no sum of two leaves 64 bits. */
export const amountMax = 4_000_000_000_000_000_000n

/**
 * Reads a template by hand: leg by leg, each element of its lists, the amount before the kind, then home and unit. Legs
 * with something optional left out, or an optional amount of zero, are not there.
 */
export function bodyOf(step: PostStep): Body | LedgerRefusal {
  const { template, input } = step
  const legs: BodyLeg[] = []
  for (const leg of template.spec.legs) {
    const sides = sidesOf(leg, step)
    if (typeof sides === 'string') return sides
    for (const { from, to, amount, unit } of sides) {
      if (from.home !== 1 || (to && to.home !== 1)) return 'unknown_account'
      if (unit !== null && (unit !== from.unit || (to && unit !== to.unit))) return 'wrong_unit'
      const names = leg.op === 'move' && leg.draw === 'lot'
      if (names && !(input.lot && input.lot > 0n && input.lot <= int8Max)) return 'unknown_lot'
      const grants = leg.op === 'move' && leg.lot !== undefined
      legs.push({
        op: leg.op,
        debit: from.id,
        credit: to?.id ?? null,
        amount,
        hold: leg.op === 'move' ? null : leg.op === 'reserve' ? input.key : (input.hold ?? null),
        holdMs: leg.op === 'reserve' || leg.op === 'extend' ? (input.holdMs ?? 0) : 0,
        from: leg.op !== 'move' || !leg.draw ? 'in order' : leg.draw === 'loose' ? 'loose' : (input.lot ?? 0n),
        into: grants ? { lot: leg.lot as LotClass, expiresAt: input.lotExpiresAt?.getTime() ?? 0 } : 'loose',
        reverses: null,
      })
    }
  }
  if (legs.length === 0) return 'invalid_amount'
  return { legs, text: textOf([template.name, input.effectiveAt ?? null, input.facts ?? null, legs]) }
}

export function textOf(parts: unknown): string {
  return JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}

type Sides = { from: Account; to: Account | null; amount: bigint; unit: string | null }

const listed = <Item>(given: Item | readonly Item[]): readonly Item[] =>
  Array.isArray(given) ? (given as readonly Item[]) : [given as Item]

function sidesOf(leg: Leg, { template: { spec }, input }: PostStep): Sides[] | LedgerRefusal {
  const to = 'to' in leg ? leg.to : null
  const names = [leg.from, to, leg.amount].filter((name) => name !== null && name !== undefined)
  const given = names.map((name) => input.accounts[name] ?? input.amounts[name])
  const money = leg.amount === undefined ? null : input.amounts[leg.amount]
  const leftOut =
    given.includes(undefined) || (money && !Array.isArray(money) && (money as { minor: bigint }).minor === 0n)
  if (leftOut && names.some((name) => spec.optional?.includes(name))) return []
  const froms = listed<Account>(input.accounts[leg.from] as Account)
  const tos = to === null ? null : listed<Account>(input.accounts[to] as Account)
  const amounts = money ? listed<Money>(money) : null
  const sides: Sides[] = []
  const length = Math.max(froms.length, tos?.length ?? 1, amounts?.length ?? 1)
  const at = <Item>(list: readonly Item[], place: number): Item => list[list.length === 1 ? 0 : place] as Item
  for (let place = 0; place < length; place++) {
    const amount = amounts ? at(amounts, place) : null
    const side = { from: at(froms, place), to: tos && at(tos, place) }
    if (amount && amount.minor <= 0n) return 'invalid_amount'
    if (amount && amount.minor > int8Max) return 'amount_too_large'
    if (side.from.id === side.to?.id) return 'same_account'
    if (side.from.kind !== kindOf(spec.accounts[leg.from])) return 'foreign_kind'
    if (to !== null && side.to && side.to.kind !== kindOf(spec.accounts[to])) return 'foreign_kind'
    sides.push({ ...side, amount: amount?.minor ?? 0n, unit: amount?.unit ?? null })
  }
  return sides
}

function kindOf(declared: string | readonly [string] | undefined): string | undefined {
  return typeof declared === 'string' ? declared : declared?.[0]
}
