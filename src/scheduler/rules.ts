import { assert } from '#kernel'
import { judge, sawRefusal } from './rules/capacity.ts'
import { costOf, learnLength } from './rules/cost.ts'
import { failed, tried } from './rules/breaker.ts'
import type { Engine } from './rules/engine.ts'
import type { Entry, Sized } from './rules/entry.ts'
import { rangeOf, type WaitRange } from './rules/foresight.ts'
import { count } from './rules/meter.ts'
import { nextUp } from './rules/next.ts'
import {
  conclude,
  costSoFar,
  dispatch,
  enter,
  reserveOf,
  runMeters,
  slotsOfPool,
  waitAgain,
  type Pool,
} from './rules/pool.ts'
import { feel } from './rules/pressure.ts'
import { noteNewcomer } from './rules/newcomers.ts'
import { reckon } from './rules/reckon.ts'

/** An ask arrives. It stands in line, unless there is no room to wait or the wait would outlast its patience. */
export function arrive(pool: Pool, ask: Sized, now: number): Arrival {
  runMeters(pool, now)
  const isFull = pool.arrivals.size >= pool.terms.waitingMax
  const entry = enter(pool, ask, now)
  const reckoning = reckon(pool, entry, now)
  entry.foretold = { at: now, ms: reckoning.ms }
  const outlook = { position: reckoning.position, estimate: rangeOf(entry.class.foresight, reckoning.ms) }
  entry.told = outlook.estimate
  const isTooLong = outlook.estimate.likelyMs > (ask.patienceMs ?? Infinity)
  if (!isFull && !isTooLong) {
    noteNewcomer(entry.class.newcomers, reckoning.above, reckoning.cost)
    count(entry.class.offered, reckoning.cost)
    pool.retell.push(entry)
    return { entry, outlook }
  }
  conclude(pool, entry, 0)
  return { refused: isFull ? 'queue_full' : 'too_busy', outlook }
}

export type Outlook = { readonly position: number; readonly estimate: WaitRange }
export type Arrival =
  | { readonly entry: Entry; readonly outlook: Outlook }
  | { readonly refused: 'queue_full' | 'too_busy'; readonly outlook: Outlook }

/** Who starts now, if anybody: it has been dispatched to `entry.engine`. Ask until there is nobody. */
export function startNext(pool: Pool, now: number): Entry | undefined {
  if (pool.arrivals.size === 0) return undefined
  feelPressure(pool, now)
  const choice = nextUp(pool, now)
  if (!choice) return undefined
  runMeters(pool, now)
  dispatch(pool, choice.entry, choice.engine, now)
  tried(choice.engine.breaker)
  return choice.entry
}

function feelPressure(pool: Pool, now: number): void {
  const slots = slotsOfPool(pool, now)
  const oldest = pool.arrivals.first()
  const load = {
    waiting: pool.arrivals.size,
    oldestWaitMs: oldest ? now - oldest.arrivedAt : 0,
    running: pool.running,
    openLimit: slots - reserveOf(pool, slots, now),
    isRefusing: pool.engines.values().some(({ breaker }) => breaker.state === 'serving' && now < breaker.restUntil),
  }
  feel(pool.pressure, load, pool.terms, now)
}

export type Used = { readonly inputTokens: number; readonly outputTokens: number }

/** It has ended well. Input that a cache supplied is not part of `used`. */
export function finish(pool: Pool, entry: Entry, used: Used | undefined, now: number): void {
  runMeters(pool, now)
  const inputTokens = used?.inputTokens ?? entry.ask.inputTokens
  const outputTokens = used?.outputTokens ?? entry.generated
  learnLength(pool.lengths, outputTokens)
  conclude(pool, entry, costOf(pool.terms, inputTokens, outputTokens))
}

/** Whoever asked has gone, or nobody will serve it: what was done for it stays charged. */
export function withdraw(pool: Pool, entry: Entry, now: number): void {
  runMeters(pool, now)
  conclude(pool, entry, costSoFar(pool, entry))
}

export type Trouble = { readonly kind: 'busy' | 'unreachable' | 'hung' | 'rejected'; readonly retryAfterMs?: number }
export type Outcome = 'waits_again' | 'broken_off' | 'tried_enough' | 'rejected'

/** Where it asks for no time, or for none that can be kept. */
const retryAfterMsUsual = 1000
const retryAfterMsMax = 60_000

/** The backend failed it. Before its first token it may be tried again, at the head of its line. */
export function fail(pool: Pool, entry: Entry, trouble: Trouble, now: number): Outcome {
  runMeters(pool, now)
  const { engine } = entry
  assert(engine, 'what fails was running')
  blame(pool, engine, trouble, now)
  const outcome = outcomeOf(pool, entry, trouble)
  if (outcome === 'waits_again') {
    entry.failedOn = [...entry.failedOn, engine]
    waitAgain(pool, entry)
  } else {
    conclude(pool, entry, costSoFar(pool, entry))
  }
  return outcome
}

function outcomeOf({ terms }: Pool, entry: Entry, { kind }: Trouble): Outcome {
  if (kind === 'rejected') return 'rejected'
  if (entry.firstAt !== undefined) return 'broken_off'
  if (kind !== 'busy') entry.failures++
  return entry.failures >= terms.failuresMax || entry.tries >= terms.triesMax ? 'tried_enough' : 'waits_again'
}

/** A backend has failed, whoever found out. */
export function blame(pool: Pool, engine: Engine, { kind, retryAfterMs = 0 }: Trouble, now: number): void {
  if (kind === 'busy') {
    const restMs = retryAfterMs > 0 ? Math.min(retryAfterMs, retryAfterMsMax) : retryAfterMsUsual
    sawRefusal(engine.capacity, engine.running.size - 1, now)
    engine.breaker.restUntil = Math.max(engine.breaker.restUntil, now + restMs)
  } else if (kind !== 'rejected' && failed(engine.breaker, pool.terms.breaker, now)) {
    restart(engine)
  }
}

/** A backend that comes back has an empty cache and perhaps fewer friends: half of what it could do is the first guess. */
function restart({ capacity }: Engine): void {
  if (capacity.source !== 'found') return
  capacity.limit = Math.max(1, capacity.limit / 2)
}

/** False while there is no backend, or every one of them has failed again after a rest. */
export function canServe({ engines }: Pool, now: number): boolean {
  return engines
    .values()
    .some(({ isLeaving, breaker }) => !isLeaving && (breaker.rests < 2 || now >= breaker.restUntil))
}

/** Whose patience has ended. They are still in line. */
export function impatient(pool: Pool, now: number): readonly Entry[] {
  const gone: Entry[] = []
  for (let entry = pool.deadlines.first(); entry && entry.deadline <= now; entry = pool.deadlines.first()) {
    pool.deadlines.remove(entry)
    gone.push(entry)
  }
  return gone
}

/** Who has had no token for so long that the backend must have forgotten them. */
export function hung({ terms: { hang }, engines }: Pool, now: number): readonly Entry[] {
  const found: Entry[] = []
  for (const { running, capacity } of engines.values()) {
    const betweenMs = Math.max(hang.betweenMs, hang.betweenTimes * capacity.seen.longGapMs)
    for (const entry of running)
      if (now - entry.lastTokenAt > (entry.firstAt === undefined ? hang.firstMs : betweenMs)) found.push(entry)
  }
  return found
}

/** To be called several times a second: judges capacities and pressure. */
export function look(pool: Pool, now: number): void {
  runMeters(pool, now)
  feelPressure(pool, now)
  foretellAgain(pool, now)
  const isWanted = pool.arrivals.size > 0
  for (const { capacity, running, speaking } of pool.engines.values())
    judge(capacity, { running: running.size, speaking, isWanted }, pool.terms.capacity, now)
}

const retellAfterMs = 30_000

/**
 * Experience is taken from waits as they were reckoned some time after arrival: what was said in the first seconds of a
 * crowd knows nothing of the crowd, and would be all the experience there is until that crowd has been served.
 */
function foretellAgain(pool: Pool, now: number): void {
  const due = pool.retell.findIndex(({ arrivedAt }) => arrivedAt > now - retellAfterMs)
  for (const entry of pool.retell.splice(0, due === -1 ? pool.retell.length : due))
    if (entry.phase === 'waiting') entry.foretold = { at: now, ms: reckon(pool, entry, now).ms }
}

/** Place in line and the wait from now on, of an entry that waits. */
export function outlook(pool: Pool, entry: Entry, now: number): Outlook {
  if (entry.phase !== 'waiting') return { position: 0, estimate: { fromMs: 0, likelyMs: 0, untilMs: 0 } }
  const { position, ms } = reckon(pool, entry, now)
  return { position, estimate: rangeOf(entry.class.foresight, ms) }
}
