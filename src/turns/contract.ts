import * as z from 'zod/mini'
import { bigintText, type RefusalStatus } from '#kernel/contract'

/** How a call, and with it a turn, can come to its end. What each means for reader, payer and creator: `rules.ts`. */
export const endings = [
  'finished',
  'stopped',
  'refused_before',
  'refused_after',
  'provider_failed_before',
  'provider_failed_after',
  'empty',
  'timed_out',
  'out_of_points',
  'over_cap',
  'cancelled_waiting',
  'expired_waiting',
  'hold_expired',
  'account_closed',
  'shutdown',
  'killed',
] as const
export const ending = z.enum(endings)
export type Ending = z.output<typeof ending>

const call = z.uuid()

/**
 * What a turn says, in order. `text` is added to what the call has said; `replace` takes the place of all that it has said,
 * parts and suggestions included; a `part` is something structured to show; `suggest` offers a next message. After `ended`
 * comes at most `settled`, and then nothing.
 */
export const turnEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('waiting'), call, position: z.int(), estimateMs: z.nullable(z.int()) }),
  z.object({ type: z.literal('started'), call }),
  z.object({ type: z.literal('text'), call, text: z.string() }),
  z.object({ type: z.literal('replace'), call, text: z.string() }),
  z.object({ type: z.literal('part'), call, kind: z.string(), data: z.json() }),
  z.object({ type: z.literal('suggest'), call, text: z.string() }),
  /** `words` say what to do, for the reader; null where there is nothing to say. */
  z.object({ type: z.literal('call_ended'), call, ending, words: z.nullable(z.string()) }),
  z.object({ type: z.literal('ended'), ending }),
  z.object({ type: z.literal('settled'), charged: bigintText }),
])
export type TurnEvent = z.output<typeof turnEvent>

/** Why a turn does not start; nothing is held, charged or kept then. A contract that starts turns lists them all. */
export const startRefusals = {
  stale_quote: 409,
  insufficient_funds: 402,
  over_cap: 402,
  in_debt: 402,
  no_price: 503,
  not_admitted: 403,
  refused_before: 422,
  too_long: 413,
  too_many_calls: 422,
  too_many_turns: 429,
  key_reused: 409,
  closing: 503,
} as const satisfies Readonly<Record<string, RefusalStatus>>
export type StartRefusal = keyof typeof startRefusals
