import type { Uuid } from '#kernel'
import type { Database } from '#platform'

/** Deletes what was logged before an instant, of turns that ended before it and are settled; at most `limit` rows. */
export async function deleteLog({ pool }: Database, before: Date, limit: number): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from turns.event where ctid = any(array(
       select e.ctid from turns.event e join turns.turn t on t.home = e.home and t.id = e.turn
       where e.written_at < $1 and t.ended_at < $1 and t.settled_at is not null limit $2))`,
    [before, limit],
  )
  return rowCount ?? 0
}

/** Deletes the texts of calls that ended before an instant; at most `limit`. */
export async function deleteCalls({ pool }: Database, before: Date, limit: number): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from turns.call where ctid = any(array(select ctid from turns.call where ended_at < $1 limit $2))`,
    [before, limit],
  )
  return rowCount ?? 0
}

export type TurnRecord = {
  readonly id: string
  readonly started_at: Date
  readonly ended_at: Date | null
  readonly ending: string | null
  readonly charged: bigint | null
  readonly texts: readonly string[] | null
}

export async function recordsOf({ pool }: Database, payer: Uuid): Promise<readonly TurnRecord[]> {
  const { rows } = await pool.query<TurnRecord>(
    `select t.id, t.started_at, t.ended_at, t.ending, t.charged,
       (select array_agg(c.text order by c.place) from turns.call c where c.home = t.home and c.turn = t.id) as texts
     from turns.turn t where t.payer = $1 order by t.started_at, t.id`,
    [payer],
  )
  return rows
}

/** Deletes all that was said in ended turns of this payer; answers how many have not ended. */
export async function eraseTexts({ pool }: Database, payer: Uuid): Promise<number> {
  const { rows } = await pool.query<{ running: number }>(
    `with ended as (select home, id from turns.turn where payer = $1 and ended_at is not null),
       events as (delete from turns.event e using ended where e.home = ended.home and e.turn = ended.id),
       calls as (delete from turns.call c using ended where c.home = ended.home and c.turn = ended.id)
     select count(*)::int as running from turns.turn where payer = $1 and ended_at is null`,
    [payer],
  )
  return rows[0]?.running ?? 0
}
