/**
 * Cost units a millisecond, over the recent time in which the meter ran. It stands still while there is nothing to
 * measure, so that a quiet hour does not make the next estimate slow.
 */
export type Meter = { amount: number; ms: number; runs: boolean; at: number }

const memoryMs = 30_000

export function createMeter(now: number): Meter {
  return { amount: 0, ms: 0, runs: false, at: now }
}

/** Brings the meter to the instant, and lets it run from there or stand. */
export function run(meter: Meter, state: 'runs' | 'stands', now: number): void {
  const past = Math.max(0, now - meter.at)
  if (meter.runs && past > 0) {
    const kept = Math.exp(-past / memoryMs)
    meter.amount *= kept
    // The past itself has faded while it passed.
    meter.ms = meter.ms * kept + memoryMs * (1 - kept)
  }
  meter.at = now
  meter.runs = state === 'runs'
}

export function count(meter: Meter, amount: number): void {
  if (meter.runs) meter.amount += amount
}

/** What was measured, mixed with what was to be expected as if that had been seen for `priorMs`. */
export function rateOf(meter: Meter, prior: number, priorMs: number): number {
  return Math.max(0, meter.amount + prior * priorMs) / (meter.ms + priorMs)
}
