import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { LogEvent } from '../events.ts'
import type { Quote } from '../slots.ts'
import { asUuid, readQuote } from '../stored.ts'
import type { PlannedCall } from './turns.ts'

type Connections = Pick<Database, 'pool'>

export async function insertProcess({ pool }: Connections, id: Uuid, leaseMs: number): Promise<void> {
  await pool.query(
    `insert into turns.process (id, lease_until) values ($1, clock_timestamp() + $2 * interval '1 millisecond')`,
    [id, leaseMs],
  )
}

type Beat = {
  /** False: another process has marked this one as gone. */
  readonly alive: boolean
  /** Turns of this process that somebody asked to end. */
  readonly stops: readonly { readonly turn: Uuid; readonly cause: 'stopped' | 'account_closed' }[]
}

export async function renewLease({ pool }: Connections, id: Uuid, leaseMs: number): Promise<Beat> {
  const { rows } = await pool.query<{ turn: string | null; cause: 'stopped' | 'account_closed' }>(
    `with renewed as (
       update turns.process set lease_until = clock_timestamp() + $2 * interval '1 millisecond'
       where id = $1 and ended_at is null returning id
     )
     select t.id as turn, t.stop_cause as cause from renewed
     left join turns.turn t on t.process = renewed.id and t.ended_at is null and t.stop_cause is not null`,
    [id, leaseMs],
  )
  const stops = rows.flatMap(({ turn, cause }) => (turn === null ? [] : [{ turn: asUuid(turn), cause }]))
  return { alive: rows.length > 0, stops }
}

export async function endProcess({ pool }: Connections, id: Uuid): Promise<void> {
  await pool.query(`update turns.process set ended_at = clock_timestamp() where id = $1 and ended_at is null`, [id])
}

/** Marks every process whose lease has run out; forgets those that left no turn behind. */
export async function markGone({ pool }: Database): Promise<void> {
  await pool.query(
    `update turns.process set ended_at = clock_timestamp() where id in (
       select id from turns.process where ended_at is null and lease_until < clock_timestamp() for update skip locked)`,
  )
  await pool.query(
    `delete from turns.process p where ended_at < clock_timestamp() - interval '1 hour'
       and not exists (select from turns.turn t where t.process = p.id and t.ended_at is null)`,
  )
}

export type Orphan = {
  readonly id: Uuid
  readonly payer: Uuid
  readonly conversation: Uuid | null
  readonly quote: Quote
  readonly calls: readonly PlannedCall[]
  readonly events: readonly LogEvent[]
}

/** Turns that nobody runs any more, with all that their log holds. */
export async function readOrphans({ pool }: Database, limit: number): Promise<readonly Orphan[]> {
  const { rows } = await pool.query<{
    id: string
    payer: string
    conversation: string | null
    quote: unknown
    calls: readonly PlannedCall[]
    events: readonly (readonly LogEvent[])[] | null
  }>(
    `select t.id, t.payer, t.conversation, t.quote, t.calls,
       (select json_agg(e.events order by e.first_seq) from turns.event e where e.home = t.home and e.turn = t.id) as events
     from turns.turn t left join turns.process p on p.id = t.process
     where t.ended_at is null and (p.id is null or p.ended_at is not null) limit $1`,
    [limit],
  )
  return rows.map(({ id, payer, conversation, quote, calls, events }) => ({
    id: asUuid(id),
    payer: asUuid(payer),
    conversation: conversation === null ? null : asUuid(conversation),
    quote: readQuote(quote),
    calls,
    events: (events ?? []).flat(),
  }))
}

export type Unsettled = {
  readonly id: string
  readonly payer: string
  readonly quote: unknown
  readonly conclusion: unknown
}

/**
 * Turns that ended so long ago that whoever ended them should have settled them. Drawn by lot, so that many that cannot be
 * settled do not stand before the others for ever.
 */
export async function readUnsettled(
  { pool }: Database,
  { olderThanMs, limit }: { readonly olderThanMs: number; readonly limit: number },
): Promise<readonly Unsettled[]> {
  const { rows } = await pool.query<Unsettled>(
    `select id, payer, quote, conclusion from turns.turn
     where ended_at is not null and settled_at is null and ended_at < clock_timestamp() - $1 * interval '1 millisecond'
     order by random() limit $2`,
    [olderThanMs, limit],
  )
  return rows
}
