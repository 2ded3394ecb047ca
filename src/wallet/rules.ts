import { derivedId, type Uuid } from '#kernel'
import type { topUpStates } from './contract.ts'

/** Free points for each person and UTC day. */
export const dailyGrant = 3_000n

export type Period = 'day' | 'month'

/** The UTC period that an instant lies in: its name as it stands in accounts and its first instant. */
export function periodAt(now: Date, period: Period): { readonly name: string; readonly start: Date } {
  const name = now.toISOString().slice(0, period === 'day' ? 10 : 7)
  return { name, start: new Date(period === 'day' ? `${name}T00:00:00Z` : `${name}-01T00:00:00Z`) }
}

/** When the free points of this day are gone. */
export function nextMidnight(now: Date): Date {
  return new Date(periodAt(now, 'day').start.getTime() + 86_400_000)
}

export function grantKey(user: Uuid, day: Date): Uuid {
  return derivedId(day, 'wallet.daily_points', user)
}

/** A cap as it stands: how much, by the how manieth setting. */
export type Cap = { readonly points: bigint; readonly setting: number }

/** The account of a cap in a period. */
export function allowanceName(period: Period, now: Date): string {
  return `${period}:${periodAt(now, period).name}`
}

/**
 * What is to be put into an allowance, or taken out of it where that is negative, so that `put` in all are the cap. What is used,
 * spent or held, cannot be taken out: a cap lowered below it gets the rest of its way as holds give back.
 */
export function refill({
  cap,
  put,
  used,
}: {
  readonly cap: bigint
  readonly put: bigint
  readonly used: bigint
}): bigint {
  return (cap > used ? cap : used) - put
}

export type TopUpState = (typeof topUpStates)[number]

/** What may follow a state. Whatever else is heard is late or twice, and changes nothing. */
const followers: Readonly<Record<TopUpState, readonly TopUpState[]>> = {
  started: ['asks', 'succeeded', 'failed', 'refunded', 'disputed'],
  asks: ['succeeded', 'failed', 'refunded', 'disputed'],
  // Declined at the first try, paid at the second: a provider may say so, and may say first what came of that.
  failed: ['succeeded', 'refunded', 'disputed'],
  succeeded: ['refunded', 'disputed'],
  refunded: [],
  disputed: [],
}

export function mayFollow(from: TopUpState, to: TopUpState): boolean {
  return followers[from].includes(to)
}

/** How a disputed sale's points are taken back: out of what is there and loose, the rest as debt. */
export function splitRecovery(points: bigint, loose: bigint): { readonly recovered: bigint; readonly owed: bigint } {
  const recovered = loose <= 0n ? 0n : loose < points ? loose : points
  return { recovered, owed: points - recovered }
}

/** How much of new points repays a debt. */
export function repayment(points: bigint, debt: bigint): bigint {
  return debt < points ? debt : points
}

/** Top-ups that one person may begin within an hour: cards are tried out by the hundred. */
export const topUpsPerHourMax = 20

/** How long a top-up that the provider has never heard of is waited for. */
export const unheardMs = 3_600_000
