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
  readonly capacity: Capacity
  readonly breaker: Breaker
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

/** Slots that the pool can count on. One that is tried again after a rest counts for the one that tries it. */
export function slotsInService(engine: Engine, now: number): number {
  const { running, capacity, breaker, isLeaving } = engine
  if (isLeaving) return 0
  if (now < breaker.restUntil) return running.size
  return breaker.state === 'serving' ? slotsOf(capacity) : 1
}

export function hasRoom(engine: Engine, now: number): boolean {
  const { running, capacity, breaker, isLeaving } = engine
  return !isLeaving && running.size < slotsOf(capacity) && letsPass(breaker, running.size, now)
}
