import type { BreakerTerms } from './terms.ts'

/**
 * Keeps asks away from a backend that fails. Closed it lets all pass; after several failures in a short time it rests;
 * when it has rested one ask may try, and only its first token opens the way for others.
 */
export type Breaker = {
  state: 'serving' | 'resting' | 'probing'
  /** Instants of the failures that still count. */
  failures: readonly number[]
  restUntil: number
  /** Rests in a row without a first token between them: each is twice as long as the one before. */
  rests: number
}

export function createBreaker(): Breaker {
  return { state: 'serving', failures: [], restUntil: -Infinity, rests: 0 }
}

/** Whether one more may be sent where so many run without a first token: each of those tries it as well as a new one would. */
export function letsPass(breaker: Breaker, mute: number, now: number): boolean {
  if (now < breaker.restUntil) return false
  return breaker.state === 'serving' || mute === 0
}

/** To be called at each dispatch: the first one after a rest is the probe. */
export function tried(breaker: Breaker): void {
  if (breaker.state === 'resting') breaker.state = 'probing'
}

/** A first token has come. */
export function worked(breaker: Breaker): void {
  breaker.failures = []
  breaker.rests = 0
  breaker.state = 'serving'
}

/** Whether this failure begins a rest. */
export function failed(breaker: Breaker, terms: BreakerTerms, now: number): boolean {
  if (breaker.state === 'resting') return false
  breaker.failures = [...breaker.failures.filter((at) => at > now - terms.withinMs), now]
  if (breaker.state === 'serving' && breaker.failures.length < terms.failures) return false
  breaker.state = 'resting'
  breaker.restUntil = now + Math.min(terms.restMsMax, terms.restMs * 2 ** breaker.rests++)
  breaker.failures = []
  return true
}
