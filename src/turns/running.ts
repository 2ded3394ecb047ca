import type { Uuid } from '#kernel'
import type { Log } from '#platform'
import type { Ender } from './end.ts'
import { halt, type LiveTurn } from './live.ts'
import { runTurn, type RunDeps } from './run.ts'
import type { Meter } from './slots.ts'

type Begun = { readonly live: LiveTurn; readonly meter: Meter; readonly priority: string }

export type Running = {
  /** Runs a turn and, once its rows are durable, ends it. A turn whose rows did not come about is not ended. */
  run(begun: Begun, durable: Promise<void>): void
  /** Takes back a start of which nobody knows how far it came, once it is known whether anything is held. Never rejects. */
  undo(live: LiveTurn, held: Promise<unknown>): Promise<void>
  /** Waits for what runs until the deadline, ends the rest as `shutdown`, and waits for that a little. */
  close(deadlineMs: number): Promise<void>
}

/** How long the endings of a shutdown may take; what is not written then is for the reaper. */
const lastWordsMs = 5_000

export function createRunning(
  deps: RunDeps & { readonly log: Log; readonly lives: ReadonlyMap<Uuid, LiveTurn>; readonly ender: Ender },
): Running {
  const { lives, ender, log } = deps
  const running = new Set<Promise<void>>()

  async function runAndEnd(begun: Begun, durable: Promise<void>): Promise<void> {
    await runTurn({ ...deps, ...begun })
    const written = await durable.then(
      () => true,
      () => false,
    )
    if (written) await ender.end(begun.live)
  }

  function track(work: Promise<void>): Promise<void> {
    const tracked = work
      .catch((err: unknown) => log.error({ err }, 'a turn could not be brought to its end'))
      .finally(() => running.delete(tracked))
    running.add(tracked)
    return tracked
  }

  return {
    run: (begun, durable) => void track(runAndEnd(begun, durable)),
    undo: (live, held) => track(held.catch(() => undefined).then(() => ender.undo(live))),
    close: async (deadlineMs) => {
      await within(deadlineMs, running)
      for (const live of lives.values()) halt(live, { cause: 'shutdown' })
      await within(lastWordsMs, running)
    },
  }
}

type Pending = { readonly size: number; values(): Iterable<Promise<unknown>> }

/** Waits until nothing is pending, also of what comes meanwhile, or until the time is up. None of them may reject. */
export async function within(ms: number, pending: Pending): Promise<void> {
  const timeUp = Promise.withResolvers<void>()
  let isUp = false
  const timer = setTimeout(() => {
    isUp = true
    timeUp.resolve()
  }, ms)
  while (pending.size > 0 && !isUp) await Promise.race([Promise.all(pending.values()), timeUp.promise])
  clearTimeout(timer)
}
