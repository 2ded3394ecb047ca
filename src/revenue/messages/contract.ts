import * as z from 'zod/mini'
import { bigintText, endpoint, uuidText } from '#kernel/contract'

const points = bigintText
const microUsd = bigintText
const parts = z.object({ creator: points, model: points, platform: points })
export type Parts = z.output<typeof parts>

/**
 * `free` costs nothing and has no receipt · `exact` this and no other · `at_most` what is delivered is charged, and never
 * more than this. `digest` names the versions of all prices, policies and costs behind it.
 */
const quote = z.object({
  kind: z.enum(['free', 'exact', 'at_most']),
  atMost: points,
  digest: z.string(),
  parts,
  /** What a message of usual length would cost. */
  usual: points,
  calls: z.array(z.object({ bot: uuidText, atMost: points, parts })),
})
export type QuoteView = z.output<typeof quote>

const obstacle = z.object({ refused: z.enum(['insufficient_funds', 'over_cap', 'in_debt']), detail: z.string() })

const quoteAnswer = z.object({
  quote,
  /** What can be spent now, and how many such messages that is, roughly; null where they are free. */
  available: points,
  messagesLeft: z.nullable(z.int()),
  /** Why it could not be sent now, in words. */
  obstacle: z.nullable(obstacle),
})
export type QuoteAnswer = z.output<typeof quoteAnswer>

/** The bots as one would mention them, and how many bytes of conversation and text they would be sent. */
export const getQuote = endpoint({
  method: 'POST',
  path: '/api/quotes',
  input: {
    body: z.object({
      bots: z.array(uuidText).check(z.minLength(1), z.maxLength(10)),
      inputBytes: z.int().check(z.gte(0), z.lte(8_000_000)),
    }),
  },
  output: quoteAnswer,
  refusals: { sign_in_first: 401, unknown_bot: 404, bot_withdrawn: 410, no_price: 503 },
})

const receiptCall = z.object({
  call: uuidText,
  bot: uuidText,
  name: z.string(),
  handle: z.nullable(z.string()),
  /** The creator; null for a bot of the house. */
  creator: z.nullable(uuidText),
  creatorName: z.nullable(z.string()),
  ending: z.string(),
  charged: points,
  parts,
  /** What the creator earns by it, of bought and of free points, and what the empty budget did not pay. */
  earned: microUsd,
  earnedFree: microUsd,
  unfunded: microUsd,
  /** What was counted on a metered model; null for a fixed price. */
  tokens: z.nullable(z.object({ input: z.int(), output: z.int(), source: z.enum(['provider', 'estimate']) })),
})
export type ReceiptCall = z.output<typeof receiptCall>

/** A view of one journal. While an answer runs there is none. */
const receipt = z.object({
  turn: uuidText,
  journal: z.nullable(uuidText),
  postedAt: z.string(),
  charged: points,
  /** Of `charged`, what came out of free points. */
  free: points,
  /** What was held at most, and not needed. */
  returned: points,
  /** Whole points are worth up to this much more than the exact prices: the remainder of rounding, booked. */
  rounding: microUsd,
  calls: z.array(receiptCall),
  /** The hold had ended before the answer: nothing was charged. */
  holdExpired: z.boolean(),
})
export type ReceiptView = z.output<typeof receipt>

export const getReceipt = endpoint({
  method: 'GET',
  path: '/api/receipts/:turn',
  input: { params: z.object({ turn: uuidText }) },
  output: receipt,
  /** `no_receipt`: not yet, or the message was free, or it is somebody else's. */
  refusals: { sign_in_first: 401, no_receipt: 404 },
})

/** The same for who does not know whether there is one: null while the answer runs, where it was free, or is not theirs. */
export const findReceipt = endpoint({
  method: 'GET',
  path: '/api/turns/:turn/receipt',
  input: { params: z.object({ turn: uuidText }) },
  output: z.object({ receipt: z.nullable(receipt) }),
  refusals: { sign_in_first: 401 },
})

/** What all messages so far brought, as the ledger's accounts say it. What their models cost is in none of them. */
const takings = z.object({
  /** Taken for answers, bought and free alike. */
  consumed: points,
  /** What creators earned by bought points, and by free ones out of the operator's budget. */
  earned: microUsd,
  earnedFree: microUsd,
  /** What whole points were worth beyond the exact prices. */
  rounding: microUsd,
})

/** For the operator alone. */
export const getTakings = endpoint({
  method: 'GET',
  path: '/api/takings/messages',
  input: {},
  output: takings,
  refusals: { sign_in_first: 401, operators_only: 403 },
})

const budget = z.object({ left: microUsd, funded: microUsd })

/** The operator's budget out of which free points earn creators. */
export const getFreeBudget = endpoint({
  method: 'GET',
  path: '/api/free-budget',
  input: {},
  output: budget,
  refusals: { sign_in_first: 401, operators_only: 403 },
})

export const fundFreeBudget = endpoint({
  method: 'POST',
  path: '/api/free-budget',
  input: {
    body: z.object({
      key: uuidText,
      microUsd: bigintText.check(z.refine((value) => value > 0n && value <= 1_000_000_000_000n)),
    }),
  },
  output: budget,
  refusals: { sign_in_first: 401, operators_only: 403, key_reused: 409 },
})
