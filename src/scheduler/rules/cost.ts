import type { Sized } from './entry.ts'
import type { PoolTerms } from './terms.ts'

/** How long answers are, as far as the pool has seen. */
export type Lengths = { outputTokens: number }

const startTokens = 200
const learning = 0.02

export function createLengths(): Lengths {
  return { outputTokens: startTokens }
}

export function learnLength(lengths: Lengths, outputTokens: number): void {
  lengths.outputTokens += learning * (outputTokens - lengths.outputTokens)
}

/** Output tokens to reckon with before any is known. */
export function guessOutput(lengths: Lengths, ask: Sized): number {
  return Math.min(lengths.outputTokens, ask.outputTokensMax ?? Infinity)
}

/** Cost units. */
export function costOf(terms: PoolTerms, inputTokens: number, outputTokens: number): number {
  return terms.cost.inputToken * inputTokens + terms.cost.outputToken * outputTokens
}
