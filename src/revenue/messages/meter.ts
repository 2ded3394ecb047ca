import { refuse, type Uuid } from '#kernel'
import type { Log } from '#platform'
import { duesOf, type Meter } from '#turns'
import type { Hold, HoldRefusal } from './hold.ts'
import { costOf, isOverCap, sliceAt, type Calls } from './rules.ts'

/** Nothing is held for what is free. */
export const freeMeter: Meter = {
  cover: () => true,
  ended: () => undefined,
  prolong: async () => true,
  stands: async () => true,
}

/**
 * Keeps a turn's hold ahead of its answers. While the hold covers what is said, text goes out at once and the hold grows
 * beside it; only an answer that has caught up waits for the ledger.
 */
export function createMeter({ hold, calls, log }: { hold: Hold; calls: Calls; log: Log }): Meter {
  const running = new Map(calls)
  const progress = new Map<Uuid, number>()
  /** What the calls that have ended cost. */
  let spent = 0n
  let growing: Promise<true | HoldRefusal> | undefined
  let isDry = false

  const grow = async (next: bigint): Promise<true | HoldRefusal> => {
    const answer = await hold.growTo(next)
    isDry = answer !== true
    return answer
  }
  const slice = () => {
    const { covered, next } = sliceAt(running, progress, hold.amount() - spent)
    return { covered, next: next + spent }
  }
  const growOnce = (next: bigint) => (growing ??= grow(next).finally(() => (growing = undefined)))

  const catchUp = async (): Promise<true | HoldRefusal> => {
    for (;;) {
      const answer = await growOnce(slice().next)
      if (slice().covered) return true
      if (answer !== true) return answer
    }
  }

  return {
    cover: ({ call, outputTokens }) => {
      const terms = running.get(call)
      if (!terms?.cost) return true
      const tokens = Math.max(outputTokens, progress.get(call) ?? 0)
      if (isOverCap(terms, tokens)) return Promise.resolve(refuse('over_cap', 'Your limit per message is reached.'))
      progress.set(call, tokens)
      const { covered, next } = slice()
      if (!covered) return catchUp()
      if (next > hold.amount() && !growing && !isDry)
        growOnce(next).catch((err: unknown) => log.warn({ err }, 'a hold did not grow'))
      return true
    },
    ended: ({ call, ending, delivered, usage }) => {
      const terms = running.get(call)
      if (!terms) return
      running.delete(call)
      spent += costOf({ call, terms, due: duesOf({ ending, delivered }), delivered: { ...delivered, usage } })
    },
    prolong: () => hold.prolong(),
    stands: () => hold.stands(),
  }
}
