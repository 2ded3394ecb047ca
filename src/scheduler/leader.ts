import type { Backend, BackendView, EngineSigns } from './backend.ts'
import type { Happened } from './happened.ts'
import {
  arrive,
  blame,
  canServe,
  fail,
  finish,
  first,
  hung,
  impatient,
  look,
  next,
  outlook,
  tokens,
  withdraw,
  type Outcome,
  type Outlook,
  type Trouble,
  type Used,
} from './rules.ts'
import { sawSigns } from './rules/capacity.ts'
import type { Entry, Sized } from './rules/entry.ts'
import { addEngine, createPool, removeEngine } from './rules/pool.ts'
import type { PoolTerms } from './rules/terms.ts'
import { stateOf, viewOf, type PoolView } from './view.ts'

/** What the leader tells whoever holds the tickets. */
export type Orders = {
  start(order: {
    readonly id: string
    readonly backend: string
    readonly attempt: number
    readonly epoch: number
  }): void
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
 * several processes will meet, one leading and the others forwarding over one connection each, with orders of an older
 * epoch refused. Tickets are soft state: whoever holds the client's socket asks again when a leader is lost.
 */
export type Leader = {
  ask(
    id: string,
    ask: Sized,
  ): Outlook | { readonly refused: 'queue_full' | 'too_busy' | 'no_backend'; readonly outlook: Outlook }
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
  view(): PoolView
}

export type LeaderOptions = {
  readonly terms: PoolTerms
  /** Milliseconds that never run backwards. */
  readonly now: () => number
  readonly epoch: number
  readonly orders: Orders
}

export function createLeader({ terms, now, epoch, orders }: LeaderOptions): Leader {
  const pool = createPool(terms, now())
  const entries = new Map<string, Entry>()
  const ids = new Map<Entry, string>()
  const told = { peak: false, states: new Map<string, BackendView['state']>() }

  function forget(id: string): Entry | undefined {
    const entry = entries.get(id)
    entries.delete(id)
    if (entry) ids.delete(entry)
    return entry
  }

  function pump(): void {
    for (let entry = next(pool, now()); entry; entry = next(pool, now())) {
      const backend = entry.engine?.id as string
      orders.happened({ type: 'granted', class: entry.ask.class, backend, waitedMs: now() - entry.arrivedAt })
      orders.start({ id: ids.get(entry) as string, backend, attempt: entry.tries, epoch })
    }
    tellChanges()
  }

  function tellChanges(): void {
    const { isPeak } = pool.pressure
    if (isPeak !== told.peak) orders.happened({ type: 'peak', on: (told.peak = isPeak) })
    for (const engine of pool.engines.values()) {
      const state = stateOf(engine)
      if ((told.states.get(engine.id) ?? 'serving') !== state)
        orders.happened({ type: 'backend', backend: engine.id, state })
      told.states.set(engine.id, state)
    }
  }

  function ask(id: string, sized: Sized): ReturnType<Leader['ask']> {
    if (!canServe(pool, now())) {
      orders.happened({ type: 'refused', class: sized.class, reason: 'no_backend' })
      return { refused: 'no_backend', outlook: nothingToWaitFor }
    }
    const arrival = arrive(pool, sized, now())
    if ('refused' in arrival) {
      orders.happened({ type: 'refused', class: sized.class, reason: arrival.refused })
      return arrival
    }
    entries.set(id, arrival.entry)
    ids.set(arrival.entry, id)
    pump()
    return arrival.entry.phase === 'waiting' ? arrival.outlook : outlook(pool, arrival.entry, now())
  }

  function speak(id: string): void {
    const entry = entries.get(id)
    if (!entry?.engine || entry.firstAt !== undefined) return
    const backend = entry.engine.id
    first(pool, entry, now())
    const [waitedMs, engineMs] = [now() - entry.arrivedAt, now() - entry.dispatchedAt]
    orders.happened({ type: 'first_token', class: entry.ask.class, backend, waitedMs, engineMs, told: entry.told })
    pump()
  }

  function end(id: string, how: 'done' | 'cancelled' | 'closing', conclude: (entry: Entry) => void): void {
    const entry = forget(id)
    if (!entry) return
    const backend = entry.engine?.id
    conclude(entry)
    const one = entry.ask.class
    if (backend) orders.happened({ type: 'ended', class: one, backend, how })
    else if (how !== 'done') orders.happened({ type: 'left', class: one, how })
    pump()
  }

  function failed(id: string, trouble: Trouble): void {
    const entry = entries.get(id)
    if (!entry?.engine) return
    orders.happened({ type: 'ended', class: entry.ask.class, backend: entry.engine.id, how: trouble.kind })
    const outcome = fail(pool, entry, trouble, now())
    if (outcome !== 'waits_again') {
      forget(id)
      orders.over(id, outcome)
    }
    pump()
  }

  function lookOn(): void {
    look(pool, now())
    for (const entry of impatient(pool, now())) {
      const id = ids.get(entry)
      if (id === undefined) continue
      withdraw(pool, entry, now())
      forget(id)
      orders.happened({ type: 'left', class: entry.ask.class, how: 'waited_too_long' })
      orders.expired(id)
    }
    for (const entry of hung(pool, now())) {
      const id = ids.get(entry)
      if (id === undefined) continue
      orders.hung(id)
      failed(id, { kind: 'hung' })
    }
    pump()
  }

  return {
    ask,
    outlook: (id) => {
      const entry = entries.get(id)
      return entry ? outlook(pool, entry, now()) : nothingToWaitFor
    },
    first: speak,
    tokens: (id, count) => {
      const entry = entries.get(id)
      if (entry) tokens(pool, entry, count, now())
    },
    done: (id, used) => end(id, 'done', (entry) => finish(pool, entry, used, now())),
    failed,
    leave: (id, why) => end(id, why, (entry) => withdraw(pool, entry, now())),
    add: ({ id, slots }) => {
      addEngine(pool, id, slots, now())
      pump()
    },
    remove: (id) => {
      removeEngine(pool, id)
      told.states.delete(id)
    },
    signs: (backend, signs) => {
      const engine = pool.engines.get(backend)
      if (!engine) return
      if (signs === 'silent') blame(pool, engine, { kind: 'unreachable' }, now())
      else sawSigns(engine.capacity, signs, now())
      pump()
    },
    look: lookOn,
    view: () => viewOf(pool, now()),
  }
}

const nothingToWaitFor: Outlook = { position: 0, estimate: { fromMs: 0, likelyMs: 0, untilMs: 0 } }
