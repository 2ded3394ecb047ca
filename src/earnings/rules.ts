import { z } from 'zod'
import type { Uuid } from '#kernel'
import { pendingDays } from './contract.ts'

export type Funding = 'paid' | 'free'

/** The last UTC day, as text, whose earnings are due at this instant: its end lies the pending days back. */
export function lastDueDay(now: Date, funding: Funding): string {
  const days = pendingDays[funding] + 1
  return new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10)
}

/** When what was earned on a day becomes available. */
export function dueOn(day: string, funding: Funding): string {
  const days = pendingDays[funding] + 1
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

const micro = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt)
const call = z.object({
  bot: z.string(),
  creator: z.string().nullable(),
  earned: micro,
  earnedFree: micro,
  unfunded: micro,
})
const settled = z.object({ facts: z.object({ calls: z.array(call) }) })

export type Share = {
  readonly creator: Uuid
  readonly bot: Uuid
  readonly messages: number
  readonly paid: bigint
  readonly free: bigint
  readonly unfunded: bigint
}

/** Who earned what by a settled message, from the event of its journal. A bot of the house earns nobody anything. */
export function sharesOf(body: unknown): readonly Share[] {
  const shares = settled.parse(body).facts.calls.flatMap(({ bot, creator, earned, earnedFree, unfunded }) =>
    creator === null || earned + earnedFree + unfunded === 0n
      ? []
      : [
          {
            creator: creator as Uuid,
            bot: bot as Uuid,
            messages: 1,
            paid: earned,
            free: earnedFree,
            unfunded,
          },
        ],
  )
  const byBot = Map.groupBy(shares, (share) => `${share.creator} ${share.bot}`)
  return [...byBot.values()].map((same) => same.reduce(addShares))
}

function addShares(a: Share, b: Share): Share {
  return {
    ...a,
    messages: a.messages + b.messages,
    paid: a.paid + b.paid,
    free: a.free + b.free,
    unfunded: a.unfunded + b.unfunded,
  }
}
