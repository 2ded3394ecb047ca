import type { Backend, BackendView, EngineSigns } from './backend.ts'
import type { Happened } from './happened.ts'
import {
  arrive,
  blame,
  canServe,
  fail,
  finish,
  hung,
  impatient,
  look,
  outlook,
  startNext,
  withdraw,
  type Outcome,
  type Outlook,
  type Trouble,
  type Used,
} from './rules.ts'
import { sawSigns } from './rules/capacity.ts'
import type { Entry, Sized } from './rules/entry.ts'
import { addEngine, createPool, hearFirst, hearTokens, removeEngine, slotsOfPool, type Pool } from './rules/pool.ts'
import type { PoolTerms } from './rules/terms.ts'
import { stateOf, viewOf, type PoolView } from './view.ts'

/** Leave for a ticket to start. An order of an older epoch than one that was seen is void. */
export type Start = { readonly id: string; readonly backend: string; readonly attempt: number; readonly epoch: number }

/** What the leader tells whoever holds the tickets. */
export type Orders = {
  start(order: Start): void
  /** Its patience has ended while it waited. */
  expired(id: string): void
  /** Its backend has fallen silent. It waits for another, or `over` follows. */
  hung(id: string): void
  /** It failed and is not tried again. */
  over(id: string, outcome: Exclude<Outcome, 'waits_again'>): void
  happened(what: Happened): void
}

/**
 * The one who decides for a pool. Tickets are known to it by name, and everything in and out is plain data: this is where
 * several processes meet, one leading and the others forwarding over one connection each. Tickets are soft state: whoever
 * holds a client's socket asks again when a leader is lost.
 */
export type Leader = {
  ask(id: string, ask: Sized): Outlook | Declined
  outlook(id: string): Outlook
  first(id: string): void
  tokens(id: string, count: number): void
  done(id: string, used: Used | undefined): void
  failed(id: string, trouble: Trouble): void
  /** Whoever asked has gone, waiting or served. */
  leave(id: string, why: 'cancelled' | 'closing'): void
  add(backend: Pick<Backend, 'id' | 'slots'>): void
  remove(backend: string): void
  /** What an engine said of itself, or that it did not answer. */
  signs(backend: string, signs: EngineSigns | 'silent'): void
  /** To be called several times a second. */
  look(): void
  /** L of the whole pool. */
  slots(): number
  view(): PoolView
}

type Declined = { readonly refused: 'queue_full' | 'too_busy' | 'no_backend'; readonly outlook: Outlook }

export type LeaderOptions = {
  readonly terms: PoolTerms
  /** Milliseconds that never run backwards. */
  readonly now: () => number
  readonly epoch: number
  readonly orders: Orders
}

/** The pool, whose entry bears which name, and what others have been told. */
type Led = Omit<LeaderOptions, 'terms'> & {
  readonly pool: Pool
  readonly entries: Map<string, Entry>
  readonly ids: Map<Entry, string>
  readonly states: Map<string, BackendView['state']>
  isPeak: boolean
}

export function createLeader({ terms, ...rest }: LeaderOptions): Leader {
  const pool = createPool(terms, rest.now())
  const led: Led = { ...rest, pool, entries: new Map(), ids: new Map(), states: new Map(), isPeak: false }
  const { now, entries } = led
  return {
    ask: (id, sized) => ask(led, id, sized),
    outlook: (id) => {
      const entry = entries.get(id)
      return entry ? outlook(pool, entry, now()) : nothingToWaitFor
    },
    first: (id) => speak(led, id),
    tokens: (id, count) => {
      const entry = entries.get(id)
      if (entry) hearTokens(pool, entry, count, now())
    },
    done: (id, used) => end(led, id, 'done', (entry) => finish(pool, entry, used, now())),
    failed: (id, trouble) => stumble(led, id, trouble),
    leave: (id, why) => end(led, id, why, (entry) => withdraw(pool, entry, now())),
    add: ({ id, slots }) => {
      addEngine(pool, id, slots, now())
      pump(led)
    },
    remove: (id) => {
      removeEngine(pool, id)
      pump(led)
    },
    signs: (backend, signs) => {
      const engine = pool.engines.get(backend)
      if (!engine) return
      if (signs === 'silent') blame(pool, engine, { kind: 'unreachable' }, now())
      else sawSigns(engine.capacity, signs, now())
      pump(led)
    },
    look: () => lookOn(led),
    slots: () => slotsOfPool(pool, now()),
    view: () => viewOf(pool, now()),
  }
}

const nothingToWaitFor: Outlook = { position: 0, estimate: { fromMs: 0, likelyMs: 0, untilMs: 0 } }

/** Lets start whoever may, and tells what has changed by whatever happened before. */
function pump(led: Led): void {
  const { pool, orders, ids, epoch, now, states } = led
  for (let entry = startNext(pool, now()); entry; entry = startNext(pool, now())) {
    const backend = entry.engine?.id as string
    orders.happened({ type: 'granted', class: entry.ask.class, backend, waitedMs: now() - entry.arrivedAt })
    orders.start({ id: ids.get(entry) as string, backend, attempt: entry.tries, epoch })
  }
  const { isPeak } = pool.pressure
  if (isPeak !== led.isPeak) orders.happened({ type: 'peak', on: isPeak })
  led.isPeak = isPeak
  for (const engine of pool.engines.values()) {
    const state = stateOf(engine)
    if ((states.get(engine.id) ?? 'serving') !== state) orders.happened({ type: 'backend', backend: engine.id, state })
    states.set(engine.id, state)
  }
}

function ask(led: Led, id: string, sized: Sized): Outlook | Declined {
  const { pool, orders, entries, ids, now } = led
  const arrival = canServe(pool, now())
    ? arrive(pool, sized, now())
    : ({ refused: 'no_backend', outlook: nothingToWaitFor } as const)
  if ('refused' in arrival) {
    orders.happened({ type: 'refused', class: sized.class, reason: arrival.refused })
    return arrival
  }
  entries.set(id, arrival.entry)
  ids.set(arrival.entry, id)
  pump(led)
  return arrival.outlook
}

function speak(led: Led, id: string): void {
  const { pool, orders, entries, now } = led
  const entry = entries.get(id)
  if (!entry?.engine || entry.firstAt !== undefined) return
  hearFirst(pool, entry, now())
  const { ask, engine, arrivedAt, dispatchedAt, told } = entry
  const [waitedMs, engineMs] = [now() - arrivedAt, now() - dispatchedAt]
  orders.happened({ type: 'first_token', class: ask.class, backend: engine.id, waitedMs, engineMs, told })
  pump(led)
}

function forget({ entries, ids }: Led, id: string): Entry | undefined {
  const entry = entries.get(id)
  entries.delete(id)
  if (entry) ids.delete(entry)
  return entry
}

type EndedWell = 'done' | 'cancelled' | 'closing'

function end(led: Led, id: string, how: EndedWell, conclude: (entry: Entry) => void): void {
  const entry = forget(led, id)
  if (!entry) return
  const backend = entry.engine?.id
  conclude(entry)
  const one = entry.ask.class
  if (backend !== undefined) led.orders.happened({ type: 'ended', class: one, backend, how })
  else if (how !== 'done') led.orders.happened({ type: 'left', class: one, how })
  pump(led)
}

function stumble(led: Led, id: string, trouble: Trouble): void {
  const { pool, orders, entries, now } = led
  const entry = entries.get(id)
  if (!entry?.engine) return
  orders.happened({ type: 'ended', class: entry.ask.class, backend: entry.engine.id, how: trouble.kind })
  const outcome = fail(pool, entry, trouble, now())
  if (outcome !== 'waits_again') {
    forget(led, id)
    orders.over(id, outcome)
  }
  pump(led)
}

function lookOn(led: Led): void {
  const { pool, orders, ids, now } = led
  look(pool, now())
  for (const entry of impatient(pool, now())) {
    const id = ids.get(entry)
    if (id === undefined) continue
    withdraw(pool, entry, now())
    forget(led, id)
    orders.happened({ type: 'left', class: entry.ask.class, how: 'waited_too_long' })
    orders.expired(id)
  }
  for (const entry of hung(pool, now())) {
    const id = ids.get(entry)
    if (id === undefined) continue
    orders.hung(id)
    stumble(led, id, { kind: 'hung' })
  }
  pump(led)
}
