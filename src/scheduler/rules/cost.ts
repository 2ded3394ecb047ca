import type { Sized } from './entry.ts'
import type { PoolTerms } from './terms.ts'

/** How long answers are, as far as the pool has seen. */
export type Lengths = { outputTokens: number; seen: number }

const startTokens = 200
/** What is assumed at the start counts as much as so many answers; later each answer still counts for something. */
const startWorth = 10
const learning = 0.02

export function createLengths(): Lengths {
  return { outputTokens: startTokens, seen: startWorth }
}

export function learnLength(lengths: Lengths, outputTokens: number): void {
  lengths.outputTokens += Math.max(learning, 1 / ++lengths.seen) * (outputTokens - lengths.outputTokens)
}

/** Output tokens to reckon with before any is known. */
export function guessOutput(lengths: Lengths, ask: Sized): number {
  return Math.min(lengths.outputTokens, ask.outputTokensMax ?? Infinity)
}

/** Cost units. */
export function costOf(terms: PoolTerms, inputTokens: number, outputTokens: number): number {
  return terms.cost.inputToken * inputTokens + terms.cost.outputToken * outputTokens
}
