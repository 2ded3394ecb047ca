import type { Database } from '#platform'
import { claims, type ClaimResult, type Proof } from './proof.ts'

export async function recordProof(db: Database, proof: Proof): Promise<void> {
  const breaches = proof.claims.flatMap(({ claim, breaches: found }) => found.map((breach) => `${claim}: ${breach}`))
  await db.pool.query(
    'insert into ledger.proof (at, holds, breaches, journals) values ($1, $2, $3, $4) on conflict (at) do nothing',
    [proof.at, proof.holds, breaches, proof.counted.journals],
  )
}

/** The newest proof, with every claim that it checked. */
export type LastProof = Omit<Proof, 'counted'> & { readonly journals: bigint }

type Row = Pick<LastProof, 'at' | 'holds' | 'journals'> & { readonly breaches: readonly string[] }

export async function lastProof(db: Database): Promise<LastProof | undefined> {
  const { rows } = await db.pool.query<Row>(
    'select at, holds, breaches, journals from ledger.proof order by at desc limit 1',
  )
  const [row] = rows
  return (
    row && { at: row.at, holds: row.holds, journals: row.journals, claims: claims.map((one) => resultOf(one, row)) }
  )
}

/** Breaches are kept as lines, each led by the name of its claim. */
function resultOf({ name, says }: (typeof claims)[number], { breaches }: Row): ClaimResult {
  const lead = `${name}: `
  const found = breaches.filter((line) => line.startsWith(lead)).map((line) => line.slice(lead.length))
  return { claim: name, says, breaches: found }
}
