import type { Uuid } from '#kernel'
import type { LedgerRefusal, LotClass } from '#ledger'
import type { BodyLeg } from './body.ts'

/** Everything here is replaced, never changed in place, so that a draft can be thrown away. */
export type ModelAccount = {
  readonly id: bigint
  readonly kind: string
  readonly unit: string
  readonly overdraft: boolean
  readonly balance: bigint
  /** All it ever had, in the order of spending. */
  readonly lots: readonly bigint[]
  /** The names of its open holds. */
  readonly holds: readonly string[]
}
export type Lot = {
  readonly id: bigint
  readonly account: bigint
  readonly lot: LotClass
  readonly expiresAt: number
  readonly granted: bigint
  readonly remaining: bigint
}
export type Part = { readonly lot: bigint | null; readonly amount: bigint }
export type Hold = {
  readonly id: Uuid
  readonly account: bigint
  readonly until: number
  readonly parts: readonly Part[]
}

type Overlay<Key, Value> = {
  get(key: Key): Value | undefined
  set(key: Key, value: Value | undefined): void
  count(): number
  keep(): void
}
export type Draft = {
  readonly accounts: Overlay<bigint, ModelAccount>
  readonly lots: Overlay<bigint, Lot>
  readonly holds: Overlay<string, Hold>
}
export type State = { accounts: Map<bigint, ModelAccount>; lots: Map<bigint, Lot>; holds: Map<string, Hold> }

/** A map on which one can write without its being so until `keep`. */
export function overlay<Key, Value>(under: Map<Key, Value>): Overlay<Key, Value> {
  const over = new Map<Key, Value | undefined>()
  return {
    get: (key) => (over.has(key) ? over.get(key) : under.get(key)),
    set: (key, value) => void over.set(key, value),
    count: () => under.size + [...over.keys()].filter((key) => !under.has(key)).length,
    keep: () => {
      for (const [key, value] of over) {
        if (value === undefined) under.delete(key)
        else under.set(key, value)
      }
    },
  }
}

const spendingOrder: readonly LotClass[] = ['free', 'plan', 'gift']
export const holdName = (id: string | null, account: bigint): string => `${id} ${account}`
export const total = (parts: readonly { readonly amount: bigint }[]): bigint =>
  parts.reduce((sum, { amount }) => sum + amount, 0n)

type Taking = { readonly leg: BodyLeg; readonly hold: Hold | undefined; readonly at: number }

/** Takes what a leg moves or sets aside: out of its hold, or out of what is available. Answers in pieces, one for each lot. */
export function take(draft: Draft, { leg, hold, at }: Taking): readonly Part[] | LedgerRefusal {
  if (leg.op === 'settle' || leg.op === 'release') return takeHeld(draft, hold as Hold, leg.amount)
  const pieces = takeAvailable(draft, leg, at)
  if (typeof pieces === 'string' || leg.op === 'move') return pieces
  const before = hold ?? { id: leg.hold as Uuid, account: leg.debit, until: 0, parts: [] }
  const parts = joined([...before.parts, ...pieces])
  putHold(draft, { ...before, parts, until: Math.max(before.until, at + leg.holdMs) })
  return pieces
}

function takeHeld(draft: Draft, hold: Hold, asked: bigint): readonly Part[] | LedgerRefusal {
  const amount = asked === 0n ? total(hold.parts) : asked
  if (amount > total(hold.parts)) return 'exceeds_hold'
  const pieces = firstOf(hold.parts, amount)
  const parts = lastOf(hold.parts, amount)
  putHold(draft, { ...hold, parts })
  return pieces
}

function firstOf(parts: readonly Part[], amount: bigint): readonly Part[] {
  let left = amount
  return parts.flatMap((part) => {
    const taken = part.amount < left ? part.amount : left
    left -= taken
    return taken > 0n ? [{ lot: part.lot, amount: taken }] : []
  })
}

function lastOf(parts: readonly Part[], without: bigint): readonly Part[] {
  let left = without
  return parts.flatMap((part) => {
    const taken = part.amount < left ? part.amount : left
    left -= taken
    return part.amount > taken ? [{ lot: part.lot, amount: part.amount - taken }] : []
  })
}

function takeAvailable(draft: Draft, leg: BodyLeg, at: number): readonly Part[] | LedgerRefusal {
  const account = draft.accounts.get(leg.debit) as ModelAccount
  const held = account.holds.flatMap((name) => draft.holds.get(name)?.parts ?? [])
  const lots = account.lots.map((id) => draft.lots.get(id) as Lot)
  const free = (lot: Lot): bigint => lot.remaining - total(held.filter((part) => part.lot === lot.id))
  const chosen = typeof leg.from === 'bigint' ? lots.find((lot) => lot.id === leg.from) : undefined
  if (typeof leg.from === 'bigint') {
    if (!chosen) return 'unknown_lot'
    return free(chosen) < leg.amount ? 'insufficient_funds' : [{ lot: chosen.id, amount: leg.amount }]
  }
  const spendable = leg.from === 'loose' ? [] : lots.filter((lot) => lot.expiresAt > at && free(lot) > 0n)
  const offered = spendable.map((lot) => ({ lot: lot.id, amount: free(lot) }))
  const pieces = [...firstOf(offered, leg.amount)]
  const rest = leg.amount - total(pieces)
  const loose = account.balance - total(held) - lots.reduce((sum, lot) => sum + free(lot), 0n)
  if (rest > 0n && rest > loose && !account.overdraft) return 'insufficient_funds'
  if (rest > 0n || leg.amount === 0n) pieces.push({ lot: null, amount: rest })
  return pieces
}

/** Neighbours out of one lot are one part; nothing is no part. */
export function joined(parts: readonly Part[]): readonly Part[] {
  const all: Part[] = []
  for (const part of parts) {
    const last = all.at(-1)
    if (part.amount === 0n) continue
    if (last && last.lot === part.lot) all[all.length - 1] = { lot: part.lot, amount: last.amount + part.amount }
    else all.push(part)
  }
  return all
}

/** A hold with nothing left in it is resolved: it is there no longer. */
function putHold({ accounts, holds }: Draft, hold: Hold): void {
  const name = holdName(hold.id, hold.account)
  const account = accounts.get(hold.account) as ModelAccount
  const others = account.holds.filter((other) => other !== name)
  const isOpen = hold.parts.length > 0
  holds.set(name, isOpen ? hold : undefined)
  accounts.set(account.id, { ...account, holds: isOpen ? [...others, name] : others })
}

/** Grants an empty lot in its place in the order of spending. */
export function grantLot(
  { accounts, lots }: Draft,
  id: bigint,
  terms: { readonly lot: LotClass; readonly expiresAt: number },
): bigint {
  const granted: Lot = { id: BigInt(lots.count() + 1), account: id, ...terms, granted: 0n, remaining: 0n }
  lots.set(granted.id, granted)
  const account = accounts.get(id) as ModelAccount
  const rank = (lot: Lot): number => spendingOrder.indexOf(lot.lot)
  const all = [...account.lots.map((one) => lots.get(one) as Lot), granted].toSorted(
    (a, b) => rank(a) - rank(b) || a.expiresAt - b.expiresAt || Number(a.id - b.id),
  )
  accounts.set(id, { ...account, lots: all.map((lot) => lot.id) })
  return granted.id
}

/** Ends every hold whose instant has come, and answers them. */
export function expireHolds(state: State, at: number): readonly Hold[] {
  const ended = [...state.holds.values()].filter((hold) => hold.until <= at)
  for (const { id, account } of ended) {
    const name = holdName(id, account)
    const owner = state.accounts.get(account) as ModelAccount
    state.holds.delete(name)
    state.accounts.set(account, { ...owner, holds: owner.holds.filter((other) => other !== name) })
  }
  return ended
}
