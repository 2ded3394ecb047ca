import type { QueryResult, QueryResultRow } from 'pg'
import type { Database } from './db.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type OutboxEvent = {
  readonly home: number
  /** Rises within its home, with gaps allowed. */
  readonly position: bigint
  readonly id: string
  readonly type: string
  readonly at: Date
  readonly body: Json
}

/**
 * A log that a room writes in the same transaction as the facts it tells of. Once a position of a home can be read,
 * no lower one of that home may appear any more: writers of one home take turns.
 */
export type EventSource = {
  readonly name: string
  /** The highest position of every home that has events; one cheap query, asked four times a second. */
  heads(): Promise<ReadonlyMap<number, bigint>>
  /** The events of `home` after a position, in order, at most `limit` of them. */
  read(home: number, after: bigint, limit: number): Promise<readonly OutboxEvent[]>
}

export type Listener = {
  /** Names the cursor: renamed, it is another listener. */
  readonly name: string
  readonly source: EventSource
  /** Where a listener that was never here before begins. */
  readonly from: 'beginning' | 'now'
  /** Absent: every type. */
  readonly types?: readonly string[]
  /** At least once for each event, in order per home. What it throws is retried with patience, never skipped. */
  handle(event: OutboxEvent): Promise<void>
}

/** One listener at one home. Only the process whose session holds its lock reads and handles. */
export type Lane = {
  readonly listener: Listener
  readonly home: number
  owned: { readonly session: Session; position: bigint } | undefined
  /** Never rejects. */
  running: Promise<void> | undefined
  failures: number
  /** In the time of performance.now(). */
  restUntil: number
}

/** The one connection of a process that holds the locks of its lanes and moves their cursors: both end together. */
export type Session = {
  readonly lost: boolean
  query<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<QueryResult<Row>>
  /** Gives the locks back: once it resolves, another process finds every lane free. */
  leave(): Promise<void>
  /** At once. The server gives the locks back when it notices. */
  close(): void
}

const batchMax = 100
/** A process that found a lane taken asks again so often; it is how long a takeover waits after a crash. */
const contendMs = 1000

/**
 * After a power cut or in a partition no word comes from this process, and its locks would be kept for as long as the server's
 * system believes in the connection: two hours by default. Half a minute, so; the last is for what was sent and not received.
 */
const noticeEnd = `
  set tcp_keepalives_idle = '10s'; set tcp_keepalives_interval = '5s'; set tcp_keepalives_count = 3;
  set tcp_user_timeout = '25s'`

export async function openSession(db: Database): Promise<Session> {
  const client = await db.pool.connect()
  await client.query(noticeEnd).catch((fault: unknown) => {
    client.release(true)
    throw fault
  })
  let lost = false
  let last: Promise<unknown> = Promise.resolve()
  const close = () => {
    if (!lost) client.release(true)
    lost = true
  }
  client.once('error', close)
  client.once('end', close)
  const query = <Row extends QueryResultRow>(text: string, values: readonly unknown[]) => {
    const answer = last.then(() => {
      if (lost) throw new Error('the session of the outbox was lost')
      return client.query<Row>(text, [...values])
    })
    last = answer.catch(() => undefined)
    return answer
  }
  const leave = async () => {
    if (!lost) await query('select pg_advisory_unlock_all()', []).catch(() => undefined)
    close()
  }
  return {
    get lost() {
      return lost
    },
    query,
    leave,
    close,
  }
}

/** Delivers until the log ends, a handler throws, the lane is another process's, the session is lost, or `halted`. */
export async function advance(lane: Lane, session: Session, halted: () => boolean): Promise<void> {
  if (lane.owned?.session !== session && !(await takeOver(lane, session))) return
  while (!halted() && !session.lost) {
    const events = await lane.listener.source.read(lane.home, lane.owned?.position ?? 0n, batchMax)
    if (events.length === 0) return
    await deliver(lane, session, events, halted)
  }
}

async function deliver(
  lane: Lane,
  session: Session,
  events: readonly OutboxEvent[],
  halted: () => boolean,
): Promise<void> {
  const { listener, home } = lane
  let reached = lane.owned?.position ?? 0n
  try {
    for (const event of events) {
      if (halted() || session.lost) return
      if (event.position <= reached) throw new Error(`${listener.source.name} answered out of order at home ${home}`)
      if (!listener.types || listener.types.includes(event.type)) await listener.handle(event)
      reached = event.position
    }
  } finally {
    await moveCursor(lane, session, reached)
  }
}

/** By the session that holds the lock: a process that has lost the lock cannot move the cursor. */
async function moveCursor(lane: Lane, session: Session, position: bigint): Promise<void> {
  const { listener, home, owned } = lane
  if (!owned || owned.position === position) return
  await session.query(
    `insert into platform.cursor (consumer, source, home, position) values ($1, $2, $3, $4)
     on conflict (consumer, source, home) do update set position = excluded.position, moved_at = clock_timestamp()`,
    [listener.name, listener.source.name, home, position],
  )
  owned.position = position
}

/** Takes the lane's lock for as long as the session lives, and reads from where the last owner came. */
async function takeOver(lane: Lane, session: Session): Promise<boolean> {
  const { listener, home } = lane
  const keys = [listener.name, listener.source.name, home]
  lane.owned = undefined
  const lock = await session.query<{ taken: boolean }>(
    `select pg_try_advisory_lock(hashtextextended(jsonb_build_array('outbox', $1::text, $2::text, $3::int)::text, 0)) as taken`,
    keys,
  )
  if (lock.rows[0]?.taken !== true) {
    lane.restUntil = performance.now() + contendMs
    return false
  }
  const { rows } = await session.query<{ position: bigint }>(
    'select position from platform.cursor where consumer = $1 and source = $2 and home = $3',
    keys,
  )
  lane.owned = { session, position: rows[0]?.position ?? 0n }
  return true
}
