import type { Uuid } from '#kernel'
import type { Database } from '#platform'

export type ProofRun = {
  readonly asked_at: Date
  readonly claims_done: number
  readonly claims: number
  readonly ended_at: Date | null
  readonly outcome: 'proved' | 'failed' | 'lost' | null
}

export async function lastRun(db: Database): Promise<ProofRun | undefined> {
  const { rows } = await db.pool.query<ProofRun>(
    'select asked_at, claims_done, claims, ended_at, outcome from app.proof_run order by id desc limit 1',
  )
  return rows[0]
}

/** The new run's id; undefined if one is running that was heard of after `lostBefore`. */
export async function beginRun(
  db: Database,
  run: { readonly by: Uuid; readonly at: Date; readonly lostBefore: Date },
): Promise<bigint | undefined> {
  await db.pool.query(
    `update app.proof_run set ended_at = $1, outcome = 'lost' where ended_at is null and heard_at < $2`,
    [run.at, run.lostBefore],
  )
  const { rows } = await db.pool.query<{ id: bigint }>(
    `insert into app.proof_run (asked_by, asked_at, heard_at) values ($1, $2, $2)
     on conflict ((true)) where ended_at is null do nothing returning id`,
    [run.by, run.at],
  )
  return rows[0]?.id
}

/** Two of these may overtake each other: progress only rises. */
export async function noteProgress(
  db: Database,
  id: bigint,
  heard: { readonly at: Date; readonly claimsDone: number; readonly claims: number },
): Promise<void> {
  await db.pool.query(
    'update app.proof_run set heard_at = $2, claims_done = greatest(claims_done, $3), claims = $4 where id = $1',
    [id, heard.at, heard.claimsDone, heard.claims],
  )
}

export async function endRun(
  db: Database,
  id: bigint,
  end: { readonly at: Date; readonly outcome: 'proved' | 'failed' },
): Promise<void> {
  await db.pool.query('update app.proof_run set ended_at = $2, outcome = $3 where id = $1 and ended_at is null', [
    id,
    end.at,
    end.outcome,
  ])
}
