import type { Batch, Token, Work } from './batch.ts'
import type { Settings } from './settings.ts'

export type Pace = {
  /** Something may be there to do: called when work was added or a setting changed. */
  wake(): void
  lateness(): Lateness
}

/** How late steps have ended because the machine was busy with something else. */
export type Lateness = { readonly steps: number; readonly meanMs: number; readonly maxMs: number }

/** An engine that is this late no longer catches up: it would run faster than its table allows. */
const catchUpMsMax = 20

/**
 * Runs the batch in real time, one timer at a time. A step is due when the one before was due plus what it takes, so
 * that the timer's whole milliseconds do not add up.
 */
export function startPace<W extends Work>(
  batch: Batch<W>,
  settings: Settings,
  deliver: (tokens: readonly Token<W>[]) => void,
): Pace {
  let timer: NodeJS.Timeout | undefined
  let due = 0
  const late = { steps: 0, sumMs: 0, maxMs: 0 }

  function begin(from: number): void {
    const ms = settings.stalled ? undefined : batch.begin()
    if (ms === undefined) return
    due = from + ms * settings.slowdown
    timer = setTimeout(end, Math.max(0, due - performance.now()))
  }

  function end(): void {
    timer = undefined
    // Stalled in the middle of a step: its end waits for the wake.
    if (settings.stalled) return
    const now = performance.now()
    late.steps++
    late.sumMs += Math.max(0, now - due)
    late.maxMs = Math.max(late.maxMs, now - due)
    deliver(batch.end())
    begin(Math.max(due, now - catchUpMsMax))
  }

  return {
    wake: () => {
      if (timer === undefined) begin(performance.now())
    },
    lateness: () => ({ steps: late.steps, meanMs: late.steps ? late.sumMs / late.steps : 0, maxMs: late.maxMs }),
  }
}
