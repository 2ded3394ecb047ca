import { createBreaker, letsPass, type Breaker } from './breaker.ts'
import { createCapacity, slotsOf, type Capacity } from './capacity.ts'
import type { Entry } from './entry.ts'
import type { PoolTerms } from './terms.ts'

/** What the rules know of one backend. */
export type Engine = {
  readonly id: string
  readonly running: Set<Entry>
  /** Of those that run, the ones that have brought a first token. */
  speaking: number
  /** Prompt tokens dispatched without a first token. */
  prefill: number
  capacity: Capacity
  breaker: Breaker
  /** Nothing further is dispatched, and it is forgotten once nothing runs. */
  isLeaving: boolean
}

export function createEngine(id: string, slots: number | undefined, terms: PoolTerms, now: number): Engine {
  return {
    id,
    running: new Set(),
    speaking: 0,
    prefill: 0,
    capacity: createCapacity(slots, terms.capacity, now),
    breaker: createBreaker(),
    isLeaving: false,
  }
}

/**
 * Slots that the pool can count on, never fewer than run: what runs where nothing more is sent must not be held against the
 * others. One that is tried again after a rest counts for the one that tries it.
 */
export function slotsInService(engine: Engine, now: number): number {
  const { running, speaking, capacity, breaker, isLeaving } = engine
  if (isLeaving || now < breaker.restUntil) return running.size
  return Math.max(running.size, breaker.state === 'serving' ? slotsOf(capacity) : speaking + 1)
}

export function hasRoom(engine: Engine, now: number): boolean {
  const { running, speaking, capacity, breaker, isLeaving } = engine
  return !isLeaving && running.size < slotsOf(capacity) && letsPass(breaker, running.size - speaking, now)
}
