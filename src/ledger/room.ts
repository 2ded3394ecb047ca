import { z } from 'zod'
import { job, type Database, type HealthCheck, type Log, type Room } from '#platform'
import type { Ledger } from './ledger.ts'
import type { Proof, ProofProgress } from './store/proof.ts'
import { lastProof, recordProof } from './store/proofs.ts'

const nothing = z.object({})

/** The ledger's share of the house: it ends the holds nobody touches, proves itself every night, and says how that went. */
export function ledgerRoom({ ledger, db }: { readonly ledger: Ledger; readonly db: Database }): Room {
  const sweep = job({
    name: 'ledger.sweep-holds',
    payload: nothing,
    cron: { expression: '* * * * *', payload: {} },
    run: async (_, { signal }) => {
      while (!signal.aborted && (await ledger.sweep()) > 0) continue
    },
  })
  const prove = job({
    name: 'ledger.prove',
    payload: nothing,
    cron: { expression: '17 3 * * *', payload: {} },
    secondsMax: 4 * 3600,
    run: async (_, { log }) => void (await proveNow({ ledger, db, log })),
  })
  return { name: 'ledger', jobs: [sweep, prove], checks: [proofCheck(db)] }
}

/** Proves the ledger and writes down what was found, so that the house's health tells of it. */
export async function proveNow(
  { ledger, db, log }: { readonly ledger: Ledger; readonly db: Database; readonly log: Log },
  tell?: ProofProgress,
): Promise<Proof> {
  const proof = await ledger.prove(tell)
  await recordProof(db, proof)
  if (!proof.holds) log.error({ claims: proof.claims }, 'the ledger does not hold')
  return proof
}

/** Fails when the newest proof found a breach. That no proof was due yet is no fault. */
function proofCheck(db: Database): HealthCheck {
  return {
    name: 'ledger',
    run: async () => {
      const last = await lastProof(db)
      if (!last) return { ok: true, detail: 'first proof tonight' }
      const at = last.at.toISOString().slice(0, 16).replace('T', ' ')
      const breaches = last.claims.reduce((sum, claim) => sum + claim.breaches.length, 0)
      if (!last.holds) return { ok: false, detail: `${breaches} breaches found at ${at} UTC` }
      return { ok: true, detail: `${last.journals} journals proven at ${at} UTC` }
    },
  }
}
