import * as z from 'zod/mini'
import { bigintText, endpoint, uuidText } from '#kernel/contract'

/** What one point costs, in micro-dollars: $30 buys a million. The one rate of the house. */
export const microUsdPerPoint = 30n

/** Bounds of one top-up, in US cents: below, a card costs more than it brings; above, a person asks the operator. */
export const topUpCents = { min: 50n, max: 500_000n } as const

/** Points a cap may say at most; more is no cap. */
export const capPointsMax = 1_000_000_000n

/**
 * What a top-up of so many cents brings. Whole points, rounded up in the buyer's favour (by less than one point).
 *
 *     pointsFor(300n) // 100_000n for $3.00
 */
export function pointsFor(cents: bigint): bigint {
  const micro = cents * 10_000n
  return (micro + microUsdPerPoint - 1n) / microUsdPerPoint
}

/** The fewest cents that bring at least so many points: the last of them may be the one that `pointsFor` rounds up to. */
export function centsFor(points: bigint): bigint {
  return ((points - 1n) * microUsdPerPoint) / 10_000n + 1n
}

const id = uuidText
const points = bigintText
const cap = z.nullable(bigintText.check(z.refine((value) => value >= 0n && value <= capPointsMax)))

/** What a person may spend at most, in points: on one message, in one day, in one month (UTC). Null is no cap. */
const capsSchema = z.object({ message: cap, day: cap, month: cap })
export type Caps = z.output<typeof capsSchema>

/** The caps that are to change; what is not named stays, so that an old tab undoes nothing. */
const capChange = z.object({ message: z.optional(cap), day: z.optional(cap), month: z.optional(cap) })
export type CapChange = z.output<typeof capChange>

const walletView = z.object({
  /** What can be spent now; `free` of it expires at `freeUntil`, `bought` never. */
  available: points,
  /** Set aside for answers that are being written. */
  held: points,
  free: points,
  bought: points,
  freeUntil: z.string(),
  dailyGrant: points,
  /** Owed after a disputed top-up. While it is not zero nothing can be spent; the next top-up repays it first. */
  debt: points,
  caps: capsSchema,
  /** What the caps still allow; null where no cap is set. */
  left: z.object({ day: z.nullable(points), month: z.nullable(points) }),
})
export type WalletView = z.output<typeof walletView>

export const getWallet = endpoint({
  method: 'GET',
  path: '/api/wallet',
  input: {},
  output: walletView,
  refusals: { sign_in_first: 401 },
})

export const setCaps = endpoint({
  method: 'PUT',
  path: '/api/wallet/caps',
  input: { body: capChange },
  output: walletView,
  refusals: { sign_in_first: 401 },
})

/** One line of the history: a journal, with what it did to the points. `template` names it; screens have the words. */
const historyLine = z.object({
  /** The place of the line; the next page is before the last line's place. */
  at: bigintText,
  journal: id,
  template: z.string(),
  /** Signed: positive came in. */
  points,
  /** The running balance after it, what is held included. */
  balance: points,
  postedAt: z.string(),
  /** The turn whose receipt this is, and the bots it was with, by the names they have today. Null: none that is known. */
  turn: z.nullable(id),
  bots: z.array(z.object({ handle: z.string(), name: z.nullable(z.string()) })),
})
export type HistoryLine = z.output<typeof historyLine>

export const getHistory = endpoint({
  method: 'GET',
  path: '/api/wallet/history',
  input: {
    query: z.object({
      before: z.optional(bigintText.check(z.refine((place) => place >= 0n && place < 2n ** 63n))),
      limit: z.optional(z.coerce.number().check(z.int(), z.gte(1), z.lte(100))),
    }),
  },
  output: z.object({ lines: z.array(historyLine), more: z.boolean() }),
  refusals: { sign_in_first: 401 },
})

/**
 * `started` the provider has not answered yet · `asks` the bank wants a second step · `succeeded` points are there ·
 * `failed` nothing was paid · `refunded` · `disputed` the bank took the money back
 */
export const topUpStates = ['started', 'asks', 'succeeded', 'failed', 'refunded', 'disputed'] as const

const topUp = z.object({
  id,
  state: z.enum(topUpStates),
  cents: bigintText,
  points,
  /** Of the points, what repaid a debt. */
  repaid: points,
  /** The provider in words: "Sandbox card ending in 4242, no real money". */
  method: z.string(),
  /** What the bank asks, while it asks. `open` is a page of the bank; without it `answerTopUp` answers here. */
  ask: z.nullable(z.object({ words: z.string(), open: z.nullable(z.string()) })),
  /** Why it failed, in words that say what to do. */
  failure: z.nullable(z.string()),
  startedAt: z.string(),
})
export type TopUpView = z.output<typeof topUp>

/** How this install takes cards, for the form. */
export const getCardForm = endpoint({
  method: 'GET',
  path: '/api/top-ups/form',
  input: {},
  output: z.object({
    /** Null: this install takes no cards. */
    provider: z.nullable(z.string()),
    /** Sandbox: cards to choose from, each saying what it does. Empty where a real provider brings its own form. */
    samples: z.array(z.object({ card: z.string(), words: z.string() })),
    sandbox: z.boolean(),
  }),
  refusals: { sign_in_first: 401 },
})

const topUpRefusals = { sign_in_first: 401, unknown_top_up: 404 } as const

/** The same `id` again answers the same top-up: a double click pays once. */
export const startTopUp = endpoint({
  method: 'POST',
  path: '/api/top-ups',
  input: { body: z.object({ id, cents: bigintText, card: z.string().check(z.minLength(1), z.maxLength(200)) }) },
  output: topUp,
  refusals: { sign_in_first: 401, out_of_range: 422, key_reused: 409, provider_unavailable: 503, too_many: 429 },
})

/** Answers what the bank asks, where it asks in our page; else looks again what has become of it. */
export const answerTopUp = endpoint({
  method: 'POST',
  path: '/api/top-ups/:topUp/answer',
  input: { params: z.object({ topUp: id }), body: z.object({ answer: z.enum(['approve', 'decline', 'look']) }) },
  output: topUp,
  refusals: { ...topUpRefusals, provider_unavailable: 503 },
})

export const getTopUp = endpoint({
  method: 'GET',
  path: '/api/top-ups/:topUp',
  input: { params: z.object({ topUp: id }) },
  output: topUp,
  refusals: topUpRefusals,
})

/** The operator gives a top-up back, whole, as long as its points are still there. */
export const refundTopUp = endpoint({
  method: 'POST',
  path: '/api/top-ups/:topUp/refund',
  input: { params: z.object({ topUp: id }), body: z.object({}) },
  output: topUp,
  refusals: {
    ...topUpRefusals,
    operators_only: 403,
    not_refundable: 409,
    points_spent: 409,
    provider_unavailable: 503,
  },
})
