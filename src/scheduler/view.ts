import type { BackendView } from './backend.ts'
import type { Engine } from './rules/engine.ts'
import { slotsOf } from './rules/capacity.ts'
import { reserveOf, slotsOfPool, type Pool } from './rules/pool.ts'

export type ClassView = {
  readonly class: string
  readonly waiting: number
  readonly inFlight: number
  /** Cost units charged since the start, as trued up so far. */
  readonly charged: number
}

/** A look at a pool, for operators and metrics. */
export type PoolView = {
  /** Compute is short and has been for a while: what people are told, and what offers hang on. */
  readonly peak: boolean
  /** Classes matter at this instant. */
  readonly pressed: boolean
  readonly limit: number
  readonly reserve: number
  readonly oldestWaitMs: number
  readonly classes: readonly ClassView[]
  readonly backends: readonly BackendView[]
}

export function viewOf(pool: Pool, now: number): PoolView {
  const limit = slotsOfPool(pool, now)
  const oldest = pool.arrivals.first()
  return {
    peak: pool.pressure.isPeak,
    pressed: pool.pressure.isOn,
    limit,
    reserve: reserveOf(pool, limit, now),
    oldestWaitMs: oldest ? now - oldest.arrivedAt : 0,
    classes: pool.classes.all.map(({ terms, line, running, charged }) => ({
      class: terms.name,
      waiting: line.waiting,
      inFlight: running,
      charged,
    })),
    backends: pool.engines.values().map(backendView).toArray(),
  }
}

export function stateOf({ isLeaving, breaker }: Engine): BackendView['state'] {
  return isLeaving ? 'leaving' : breaker.state
}

function backendView(engine: Engine): BackendView {
  const { id, capacity, running, prefill } = engine
  return {
    id,
    state: stateOf(engine),
    limit: slotsOf(capacity),
    inFlight: running.size,
    prefillTokens: prefill,
    slowdown: capacity.slowdown,
  }
}
