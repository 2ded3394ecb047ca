/** A wait to come, in milliseconds: half of the waits end by `likelyMs`, nine of ten between `fromMs` and `untilMs`. */
export type WaitRange = { readonly fromMs: number; readonly likelyMs: number; readonly untilMs: number }

/** How reckoned waits and real ones have compared: by it a reckoning becomes a range. */
export type Foresight = {
  readonly ratios: number[]
  next: number
  quantiles: readonly [number, number, number]
  /** How much wider than those ratios a range must be for nine of ten waits to end inside it. */
  spread: number
}

const ratiosMax = 48
/** Before there is experience, and mixed into the little there is. */
const doubts = [0.5, 0.7, 0.9, 1, 1.1, 1.5, 2]
/** Waits of a few steps are noise: added to both before they are compared. */
const noiseMs = 200

export function createForesight(): Foresight {
  return { ratios: [...doubts], next: 0, quantiles: quantilesOf(doubts), spread: 1.3 }
}

export function compare(foresight: Foresight, foretoldMs: number, realMs: number): void {
  const { ratios } = foresight
  const ratio = (realMs + noiseMs) / (foretoldMs + noiseMs)
  if (ratios.length < ratiosMax) ratios.push(ratio)
  else ratios[foresight.next++ % ratiosMax] = ratio
  foresight.quantiles = quantilesOf(ratios)
}

const misses = 0.05
const step = 0.2
const spreadMax = 4
/** Shorter waits are over before anybody has read how long they will be. */
const worthTellingMs = 1000

/**
 * Narrows the ranges a little with each wait that ended inside the one that was told, and widens them many times as much
 * with each that did not: it comes to rest where hardly one in ten does not (adaptive conformal inference, Gibbs & Candès 2021).
 */
export function compareRange(foresight: Foresight, { fromMs, untilMs }: WaitRange, realMs: number): void {
  if (realMs < worthTellingMs) return
  const missed = realMs < fromMs - noiseMs || realMs > untilMs + noiseMs ? 1 : 0
  foresight.spread = Math.min(spreadMax, Math.max(1, foresight.spread * Math.exp(step * (missed - misses))))
}

export function rangeOf({ quantiles: [low, middle, high], spread }: Foresight, reckonedMs: number): WaitRange {
  const times = (ratio: number) => Math.max(0, Math.round(ratio * (reckonedMs + noiseMs) - noiseMs))
  return { fromMs: times(low / spread), likelyMs: times(middle), untilMs: times(high * spread) }
}

function quantilesOf(ratios: readonly number[]): Foresight['quantiles'] {
  const sorted = ratios.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] as number
  return [at(0.05), at(0.5), at(0.95)]
}
