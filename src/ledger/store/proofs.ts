import type { Database } from '#platform'
import type { Proof } from './proof.ts'

export async function recordProof(db: Database, proof: Proof): Promise<void> {
  const breaches = proof.claims.flatMap(({ claim, breaches: found }) => found.map((breach) => `${claim}: ${breach}`))
  await db.pool.query(
    'insert into ledger.proof (at, holds, breaches, journals) values ($1, $2, $3, $4) on conflict (at) do nothing',
    [proof.at, proof.holds, breaches, proof.counted.journals],
  )
}

export type LastProof = {
  readonly at: Date
  readonly holds: boolean
  /** A line each, led by the claim that is broken. */
  readonly breaches: readonly string[]
  readonly journals: bigint
}

export async function lastProof(db: Database): Promise<LastProof | undefined> {
  const { rows } = await db.pool.query<LastProof>(
    'select at, holds, breaches, journals from ledger.proof order by at desc limit 1',
  )
  return rows[0]
}
