import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { Ending } from '../contract.ts'
import type { LogEvent } from '../events.ts'
import type { EndedCall } from '../plan.ts'
import { asUuid } from '../stored.ts'

export type Chunk = {
  readonly turn: Uuid
  readonly firstSeq: number
  readonly lastSeq: number
  readonly events: string
}

/** Payloads of NOTIFY end at 8,000 bytes: beyond so many turns readers are told to look for themselves. */
const namedMax = 200

/**
 * Adds to the log of many turns at once and wakes readers elsewhere. The lock on the process's row makes whoever marks it as
 * gone wait for this, and this see the mark: a false answer means that nothing was written. A chunk whose first write got
 * through without an answer comes again, longer: hence the conflict.
 */
export async function appendChunks({ pool }: Database, process: Uuid, chunks: readonly Chunk[]): Promise<boolean> {
  const named = chunks.length <= namedMax ? chunks.map(({ turn }) => turn).join() : ''
  const { rows } = await pool.query<{ written: number }>({
    name: 'turns.append',
    text: `with alive as (select from turns.process where id = $1 and ended_at is null for share),
      written as (
        insert into turns.event (turn, first_seq, last_seq, events)
        select e.* from unnest($2::uuid[], $3::int[], $4::int[], $5::json[]) e, alive
        on conflict (home, turn, first_seq) do update set last_seq = excluded.last_seq, events = excluded.events
        returning 1
      )
      select count(*)::int as written, pg_notify('turns_log', $6) from written`,
    values: [
      process,
      chunks.map(({ turn }) => turn),
      chunks.map(({ firstSeq }) => firstSeq),
      chunks.map(({ lastSeq }) => lastSeq),
      chunks.map(({ events }) => events),
      named,
    ],
  })
  return rows[0]?.written === chunks.length
}

export type LogRow = { readonly turn: Uuid; readonly firstSeq: number; readonly events: readonly LogEvent[] }

/** What stands in the log of each turn after a position, in order; of each at most `limit` rows. */
export async function readLog(
  { pool }: Database,
  wanted: readonly { readonly turn: Uuid; readonly after: number }[],
  limit = 100,
): Promise<readonly LogRow[]> {
  const { rows } = await pool.query<{ turn: string; first_seq: number; events: LogEvent[] }>({
    name: 'turns.read_log',
    text: `select w.turn, e.first_seq, e.events from unnest($1::uuid[], $2::int[]) w (turn, after)
      cross join lateral (
        select first_seq, events from turns.event
        where home = 1 and turn = w.turn and last_seq > w.after order by first_seq limit $3
      ) e order by w.turn, e.first_seq`,
    values: [wanted.map(({ turn }) => turn), wanted.map(({ after }) => after), limit],
  })
  return rows.map(({ turn, first_seq: firstSeq, events }) => ({ turn: asUuid(turn), firstSeq, events }))
}

export type Standing = {
  readonly turn: Uuid
  readonly ending: Ending | null
  readonly lastSeq: number | null
  readonly charged: bigint | null
  /** Its process has stopped giving signs of life, and nobody has ended it yet. */
  readonly orphaned: boolean
}

/** Where turns stand; unknown ones are missing. */
export async function readStandings({ pool }: Database, turns: readonly Uuid[]): Promise<readonly Standing[]> {
  const { rows } = await pool.query<{
    id: string
    ending: Ending | null
    last_seq: number | null
    charged: bigint | null
    orphaned: boolean
  }>({
    name: 'turns.read_standings',
    text: `select t.id, t.ending, t.last_seq, t.charged,
        t.ended_at is null and (p.id is null or p.ended_at is not null or p.lease_until < clock_timestamp()) as orphaned
      from turns.turn t left join turns.process p on p.id = t.process where t.home = 1 and t.id = any($1::uuid[])`,
    values: [turns],
  })
  return rows.map(({ id, ending, last_seq: lastSeq, charged, orphaned }) => {
    return { turn: asUuid(id), ending, lastSeq, charged, orphaned }
  })
}

export async function readCalls({ pool }: Database, turn: Uuid): Promise<readonly EndedCall[]> {
  const { rows } = await pool.query<EndedCall>(
    `select id, bot, ending, words, text, parts, suggestions from turns.call where home = 1 and turn = $1 order by place`,
    [turn],
  )
  return rows
}
