/** A wait to come, in milliseconds: half of the waits end by `likelyMs`, nine of ten between `fromMs` and `untilMs`. */
export type WaitRange = { readonly fromMs: number; readonly likelyMs: number; readonly untilMs: number }

/** How reckoned waits and real ones have compared: by it a reckoning becomes a range. */
export type Foresight = { readonly ratios: number[]; next: number; quantiles: readonly [number, number, number] }

const ratiosMax = 200
/** Before there is experience, and mixed into the little there is. */
const doubts = [0.5, 0.7, 0.9, 1, 1.1, 1.5, 2]
/** Waits of a few steps are noise: added to both before they are compared. */
const noiseMs = 200

export function createForesight(): Foresight {
  return { ratios: [...doubts], next: 0, quantiles: quantilesOf(doubts) }
}

export function compare(foresight: Foresight, foretoldMs: number, realMs: number): void {
  const { ratios } = foresight
  const ratio = (realMs + noiseMs) / (foretoldMs + noiseMs)
  if (ratios.length < ratiosMax) ratios.push(ratio)
  else ratios[foresight.next++ % ratiosMax] = ratio
  foresight.quantiles = quantilesOf(ratios)
}

export function rangeOf({ quantiles }: Foresight, reckonedMs: number): WaitRange {
  const [fromMs, likelyMs, untilMs] = quantiles.map((ratio) =>
    Math.max(0, Math.round(ratio * (reckonedMs + noiseMs) - noiseMs)),
  ) as [number, number, number]
  return { fromMs, likelyMs, untilMs }
}

function quantilesOf(ratios: readonly number[]): Foresight['quantiles'] {
  const sorted = ratios.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] as number
  return [at(0.05), at(0.5), at(0.95)]
}
