import * as z from 'zod/mini'
import { bigintText, endpoint } from '#kernel/contract'

/** Days until what was earned can be paid out: by bought points, and out of the operator's budget for free points. */
export const pendingDays = { paid: 14, free: 30 } as const

const microUsd = bigintText

/** `unfunded` would have been earned by free points, had the operator's budget not been empty. */
const sums = { messages: z.int(), paid: microUsd, free: microUsd, unfunded: microUsd }

/** Newest first. `day` is a UTC date, 2026-11-24. */
const day = z.object({ day: z.string(), ...sums })
const bot = z.object({ bot: z.uuid(), ...sums })

/** What a creator has earned: what stands on the ledger now, and the last `days` days by day and by bot. */
export const getEarnings = endpoint({
  method: 'GET',
  path: '/api/earnings',
  input: { query: z.object({ days: z.optional(z.coerce.number().check(z.int(), z.gte(1), z.lte(366))) }) },
  output: z.object({
    pendingPaid: microUsd,
    pendingFree: microUsd,
    available: microUsd,
    /** What of the pending becomes available next, and when. */
    next: z.nullable(z.object({ day: z.string(), microUsd })),
    /** The UTC day at which `days` ends, by the house's clock. */
    today: z.string(),
    days: z.array(day),
    bots: z.array(bot),
  }),
  refusals: { sign_in_first: 401 },
})
export type EarningsView = z.output<typeof getEarnings.output>
