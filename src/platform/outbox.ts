import type { Database } from './db.ts'
import { withDeadline } from './deadline.ts'
import type { Log } from './log.ts'
import { advance, openSession, type Lane, type Listener, type Session } from './outbox-lane.ts'

export type { EventSource, Listener, OutboxEvent } from './outbox-lane.ts'

type Lag = { readonly consumer: string; readonly source: string; readonly home: number; readonly behind: bigint }

type Failing = { readonly consumer: string; readonly home: number; readonly failures: number }

export type Outbox = {
  start(): Promise<void>
  /** Delivers all there is, here and now, and throws what a handler throws; for tests and single-threaded drivers. */
  drain(): Promise<void>
  /** How far each of these listeners is behind its source, whichever process serves it. */
  lag(): Promise<readonly Lag[]>
  /** The listeners of this process whose last attempt failed. */
  failing(): readonly Failing[]
  /** Ends after the events being handled, saves how far it came, and leaves its homes to other processes. */
  stop(deadlineMs: number): Promise<void>
}

const pollMs = 250
const backoffMsMax = 60_000

export function createOutbox(options: { db: Database; log: Log; listeners: readonly Listener[] }): Outbox {
  const { db, log, listeners } = options
  const lanes = new Map<string, Lane>()
  const findBehind = laneFinder(db, listeners, lanes)
  const session = sessionKeeper(db)
  const running = new Set<Promise<void>>()
  let stopping = false

  const runLane = (lane: Lane, opened: Session): Promise<void> => {
    const work = advance(lane, opened, () => stopping)
    const settle = async () => {
      await work.then(
        () => (lane.failures = 0),
        (err: unknown) => rest(lane, err, log),
      )
      lane.running = undefined
      running.delete(done)
    }
    const done = settle()
    lane.running = done
    running.add(done)
    return work
  }
  const poll = async () => {
    for (const lane of await findBehind()) {
      const opened = await session.get()
      if (!stopping && !lane.running && lane.restUntil <= performance.now())
        runLane(lane, opened).catch(() => undefined)
    }
  }
  const ticker = createTicker(() =>
    poll().catch((err: unknown) => log.warn({ err }, 'the outbox cannot look for events')),
  )

  return {
    start: async () => {
      await findBehind()
      ticker.start()
    },
    drain: async () => {
      for (let found = await findBehind(); found.length > 0; found = await findBehind()) {
        const before = found.map(({ owned }) => owned?.position)
        for (const lane of found) {
          await lane.running
          await runLane(lane, await session.get())
        }
        const stuck = found.every(({ owned }, at) => owned === undefined || owned.position === before[at])
        if (stuck) throw new Error(`${found[0]?.listener.name} cannot be drained: another process serves it`)
      }
    },
    lag: () => readLag(db, listeners),
    failing: () =>
      [...lanes.values()].flatMap(({ listener, home, failures }) =>
        failures > 0 ? [{ consumer: listener.name, home, failures }] : [],
      ),
    stop: async (deadlineMs) => {
      stopping = true
      await withDeadline(
        ticker
          .stop()
          .then(() => Promise.all(running))
          .then(() => session.leave()),
        deadlineMs,
      )
      session.close()
    },
  }
}

/** Looks again and again, one look at a time. */
function createTicker(look: () => Promise<void>): { start(): void; stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let stopped = false
  const tick = () => {
    looking = look().then(() => {
      // Waiting for events is no reason for a process to live on.
      if (!stopped) timer = setTimeout(tick, pollMs).unref()
    })
  }
  const stop = async () => {
    stopped = true
    clearTimeout(timer)
    await looking
  }
  return { start: tick, stop }
}

/** Opens the session when first needed, and anew after it was lost. */
function sessionKeeper(db: Database): { get(): Promise<Session>; leave(): Promise<void>; close(): void } {
  let current: Session | undefined
  let opening: Promise<Session> | undefined
  const open = async () => {
    current = await openSession(db).finally(() => (opening = undefined))
    return current
  }
  return {
    get: async () => (current && !current.lost ? current : (opening ??= open())),
    leave: async () => current?.leave(),
    close: () => current?.close(),
  }
}

/** Lists the lanes with events that this process has not handled, or whose owner it does not know. */
function laneFinder(
  db: Database,
  listeners: readonly Listener[],
  lanes: Map<string, Lane>,
): () => Promise<readonly Lane[]> {
  const names = new Set(listeners.map(({ name, source }) => JSON.stringify([name, source.name])))
  if (names.size !== listeners.length) throw new Error('two listeners of one source have one name')
  const sources = new Map(listeners.map(({ source }) => [source.name, source]))
  let registered = false
  return async () => {
    if (!registered) for (const listener of listeners) await register(db, listener)
    registered = true
    const asked = [...sources].map(async ([name, source]) => [name, await source.heads()] as const)
    const heads = new Map(await Promise.all(asked))
    return listeners.flatMap((listener) =>
      [...(heads.get(listener.source.name) ?? [])].flatMap(([home, head]) => {
        const lane = laneOf(lanes, listener, home)
        const reached = lane.owned && !lane.owned.session.lost ? lane.owned.position : -1n
        return reached < head ? [lane] : []
      }),
    )
  }
}

function laneOf(lanes: Map<string, Lane>, listener: Listener, home: number): Lane {
  const key = JSON.stringify([listener.name, listener.source.name, home])
  const known = lanes.get(key)
  if (known) return known
  const lane: Lane = { listener, home, owned: undefined, running: undefined, failures: 0, restUntil: 0 }
  lanes.set(key, lane)
  return lane
}

/** Makes the listener known once; "now" is written down then, so that a home born later is heard from its start. */
async function register(db: Database, { name, source, from }: Listener): Promise<void> {
  const heads = from === 'now' ? await source.heads() : new Map<number, bigint>()
  await db.pool.query(
    `with born as (
       insert into platform.consumer (name, source) values ($1, $2) on conflict do nothing returning name, source)
     insert into platform.cursor (consumer, source, home, position)
     select born.name, born.source, head.home, head.position
     from born, unnest($3::int[], $4::int8[]) as head (home, position)`,
    [name, source.name, [...heads.keys()], [...heads.values()]],
  )
}

function rest(lane: Lane, err: unknown, log: Log): void {
  const ms = Math.min(pollMs * 2 ** lane.failures, backoffMsMax) * (0.75 + Math.random() / 2)
  lane.failures++
  lane.restUntil = performance.now() + ms
  const { listener, home, failures } = lane
  log.error({ err, consumer: listener.name, home, failures, retryMs: Math.round(ms) }, 'a listener failed')
}

/** Of the listeners in code: one that is gone would be ever farther behind. */
async function readLag(db: Database, listeners: readonly Listener[]): Promise<readonly Lag[]> {
  const sources = new Map(listeners.map(({ source }) => [source.name, source]))
  const isHere = (consumer: string, source: string) =>
    listeners.some((each) => each.name === consumer && each.source.name === source)
  const [consumers, cursors] = await Promise.all([
    db.pool.query<{ consumer: string; source: string }>('select name as consumer, source from platform.consumer'),
    db.pool.query<{ consumer: string; source: string; home: number; position: bigint }>(
      'select * from platform.cursor',
    ),
  ])
  const keyOf = (consumer: string, source: string, home: number) => JSON.stringify([consumer, source, home])
  const reached = new Map(cursors.rows.map((row) => [keyOf(row.consumer, row.source, row.home), row.position]))
  const lags: Lag[] = []
  for (const [name, source] of sources) {
    const heads = await source.heads()
    for (const { consumer } of consumers.rows.filter((row) => row.source === name && isHere(row.consumer, name))) {
      for (const [home, head] of heads) {
        const behind = head - (reached.get(keyOf(consumer, name, home)) ?? 0n)
        lags.push({ consumer, source: name, home, behind: behind > 0n ? behind : 0n })
      }
    }
  }
  return lags
}
