import { assert } from '#kernel'
import { worked } from './breaker.ts'
import { sawFirst, sawTokens } from './capacity.ts'
import { chargeClass, createClasses, isBacklogged, liftClass, type Classes } from './classes.ts'
import { costOf, createLengths, guessOutput, type Lengths } from './cost.ts'
import { createEngine, slotsInService, type Engine } from './engine.ts'
import type { Entry, Sized } from './entry.ts'
import { compare, compareRange } from './foresight.ts'
import { createHeap, type Heap } from './heap.ts'
import { charge, depart, join, leave, rejoin, welcome } from './line.ts'
import { count, createMeter, rateOf, run, type Meter } from './meter.ts'
import { settleAt, type Homes } from './place.ts'
import { createPressure, type Pressure } from './pressure.ts'
import type { PoolTerms } from './terms.ts'

/** Everything that decisions are made from. It holds no clock: each function is given the instant, in milliseconds. */
export type Pool = {
  readonly terms: PoolTerms
  readonly classes: Classes
  readonly engines: Map<string, Engine>
  readonly arrivals: Heap<Entry>
  readonly deadlines: Heap<Entry>
  /** Entries whose wait is to be reckoned a second time, in the order in which they came. */
  retell: Entry[]
  readonly homes: Homes
  readonly pressure: Pressure
  readonly lengths: Lengths
  /** What the whole pool does while somebody waits. */
  readonly meter: Meter
  /** From dispatch to first token, as it mostly is. */
  firstMs: number
  running: number
  lastId: number
}

export function createPool(terms: PoolTerms, now: number): Pool {
  return {
    terms,
    classes: createClasses(terms.classes, now),
    engines: new Map(),
    arrivals: createHeap((one, other) => one.id < other.id),
    deadlines: createHeap((one, other) => one.deadline < other.deadline),
    retell: [],
    homes: new Map(),
    pressure: createPressure(now),
    lengths: createLengths(),
    meter: createMeter(now),
    firstMs: 100,
    running: 0,
    lastId: 0,
  }
}

/** One that is on its leave comes back with nothing known of it but what still runs there. */
export function addEngine(pool: Pool, id: string, slots: number | undefined, now: number): Engine {
  const before = pool.engines.get(id)
  const engine = createEngine(id, slots, pool.terms, now)
  assert(before?.isLeaving !== false, `Two backends are called ${id}.`)
  if (before) return Object.assign(before, { capacity: engine.capacity, breaker: engine.breaker, isLeaving: false })
  pool.engines.set(id, engine)
  return engine
}

/** No further dispatches; it is forgotten once nothing runs there. */
export function removeEngine(pool: Pool, id: string): void {
  const engine = pool.engines.get(id)
  if (!engine) return
  engine.isLeaving = true
  if (engine.running.size === 0) pool.engines.delete(id)
}

/** L of the whole pool. */
export function slotsOfPool(pool: Pool, now: number): number {
  let slots = 0
  for (const engine of pool.engines.values()) slots += slotsInService(engine, now)
  return slots
}

/** h: slots that the open lane leaves alone. None where nobody of the express lane has been for long. */
export function reserveOf(pool: Pool, slots: number, now: number): number {
  const express = pool.classes.all.find(({ terms }) => terms.lane === 'express')
  if (!express || slots < 2 || now - express.askedAt > pool.terms.reserveKeptMs) return 0
  return Math.max(1, Math.round(pool.terms.reserveShare * slots))
}

/** A slot is known to do about so much; only the first seconds of a pool's life depend on it. */
const costPerSlotMs = 0.03
const priorMs = 3000

/** Cost units a millisecond that the pool does when there is enough to do. */
export function rateOfPool(pool: Pool, slots: number): number {
  return rateOf(pool.meter, costPerSlotMs * Math.max(1, slots), priorMs)
}

/** Lets every meter run that has something to measure. */
export function runMeters(pool: Pool, now: number): void {
  run(pool.meter, pool.arrivals.size > 0 ? 'runs' : 'stands', now)
  for (const one of pool.classes.all) {
    const state = isBacklogged(one) ? 'runs' : 'stands'
    run(one.meter, state, now)
    run(one.offered, state, now)
  }
}

const nowhere: readonly Engine[] = []

/** A new entry at its place in the line of its class. */
export function enter(pool: Pool, ask: Sized, now: number): Entry {
  const one = pool.classes.all.find(({ terms }) => terms.name === ask.class)
  assert(one, `There is no class called ${ask.class}.`)
  const entry: Entry = {
    id: ++pool.lastId,
    ask,
    class: one,
    user: welcome(one.line, ask.user),
    arrivedAt: now,
    deadline: now + (ask.patienceMs ?? Infinity),
    phase: 'waiting',
    tries: 0,
    failures: 0,
    failedOn: nowhere,
    engine: undefined,
    dispatchedAt: now,
    firstAt: undefined,
    lastTokenAt: now,
    mark: { at: now, generated: 0 },
    generated: 0,
    outputCharged: 0,
    charged: 0,
    prefillAhead: 0,
    told: { fromMs: 0, likelyMs: 0, untilMs: 0 },
    foretold: { at: now, ms: 0 },
  }
  if (!isBacklogged(one)) liftClass(pool.classes, one)
  join(one.line, entry)
  one.askedAt = now
  pool.arrivals.add(entry)
  pool.deadlines.add(entry)
  return entry
}

/** Cost units that an ask is reckoned with before it starts. */
export function expectedCost({ terms, lengths }: Pool, ask: Sized): number {
  return costOf(terms, ask.inputTokens, guessOutput(lengths, ask))
}

/** The entry starts on the engine. It is charged what it will probably cost, unless it was when it was tried before. */
export function dispatch(pool: Pool, entry: Entry, engine: Engine, now: number): void {
  assert(entry.phase === 'waiting', 'What is dispatched was waiting.')
  const { class: one, ask } = entry
  stopWaiting(pool, entry)
  entry.phase = 'running'
  entry.tries++
  entry.engine = engine
  entry.dispatchedAt = now
  entry.lastTokenAt = now
  engine.running.add(entry)
  engine.prefill += ask.inputTokens
  entry.prefillAhead = engine.prefill
  one.running++
  pool.running++
  pool.classes.served = one.virtual
  settleAt(pool.homes, ask.conversation, engine)
  if (entry.charged > 0) return
  entry.outputCharged = guessOutput(pool.lengths, ask)
  chargeEntry(pool, entry, costOf(pool.terms, ask.inputTokens, entry.outputCharged))
}

function stopWaiting(pool: Pool, entry: Entry): void {
  leave(entry.class.line, entry)
  pool.arrivals.remove(entry)
  pool.deadlines.remove(entry)
}

function chargeEntry(pool: Pool, entry: Entry, cost: number): void {
  entry.charged += cost
  chargeClass(entry.class, cost)
  charge(entry.class.line, entry.user, cost)
  count(pool.meter, cost)
  count(entry.class.meter, cost)
}

/** How fast what is typical follows what is seen. */
const learning = 0.05

/** Its first token has come. */
export function hearFirst(pool: Pool, entry: Entry, now: number): void {
  const engine = entry.engine
  if (!engine || entry.firstAt !== undefined) return
  const engineMs = now - entry.dispatchedAt
  engine.prefill -= entry.ask.inputTokens
  worked(engine.breaker)
  engine.speaking++
  entry.firstAt = now
  entry.lastTokenAt = now
  entry.mark = { at: now, generated: 0 }
  pool.firstMs += learning * (engineMs - pool.firstMs)
  sawFirst(engine.capacity, { sentAt: entry.dispatchedAt, prefillAhead: entry.prefillAhead }, now)
  if (entry.tries > 1) return
  compare(entry.class.foresight, entry.foretold.ms, now - entry.foretold.at)
  compareRange(entry.class.foresight, entry.told, now - entry.arrivedAt)
}

/** The gap between tokens is taken over so many: single ones arrive in clusters. */
const gapTokens = 8

/** So many tokens have come since the last call, the first one included. */
export function hearTokens(pool: Pool, entry: Entry, tokens: number, now: number): void {
  const { engine, mark } = entry
  if (!engine) return
  entry.generated += tokens
  entry.lastTokenAt = now
  if (mark.generated === 0) {
    entry.mark = { at: now, generated: entry.generated }
  } else if (entry.generated - mark.generated >= gapTokens) {
    sawTokens(engine.capacity, entry.generated - mark.generated, now - mark.at)
    entry.mark = { at: now, generated: entry.generated }
  }
  const beyond = entry.generated - entry.outputCharged
  if (beyond <= 0) return
  entry.outputCharged += beyond
  chargeEntry(pool, entry, costOf(pool.terms, 0, beyond))
}

/** The slot is free again. */
function quit(pool: Pool, entry: Entry): void {
  const { engine } = entry
  assert(engine, 'what leaves a slot was in one')
  engine.running.delete(entry)
  if (entry.firstAt === undefined) engine.prefill -= entry.ask.inputTokens
  else engine.speaking--
  entry.engine = undefined
  entry.class.running--
  pool.running--
  if (engine.isLeaving && engine.running.size === 0) pool.engines.delete(engine.id)
}

/** It goes back to the head of its line, with the charge it has. */
export function waitAgain(pool: Pool, entry: Entry): void {
  quit(pool, entry)
  entry.phase = 'waiting'
  rejoin(entry.class.line, entry)
  pool.arrivals.add(entry)
  pool.deadlines.add(entry)
}

/** The end of an entry, wherever it stands: what it was charged becomes what it has cost. */
export function conclude(pool: Pool, entry: Entry, cost: number): void {
  if (entry.phase === 'ended') return
  if (entry.phase === 'waiting') stopWaiting(pool, entry)
  else quit(pool, entry)
  entry.phase = 'ended'
  chargeEntry(pool, entry, cost - entry.charged)
  depart(entry.class.line, entry.user)
}

/** Cost of what has been done for an entry so far: its prompt once it has spoken, and the tokens that came. */
export function costSoFar(pool: Pool, entry: Entry): number {
  return entry.firstAt === undefined ? 0 : costOf(pool.terms, entry.ask.inputTokens, entry.generated)
}
