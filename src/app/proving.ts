import type { Clock, Uuid } from '#kernel'
import { lastProof, proveNow, type LastProof, type Ledger } from '#ledger'
import type { Database, Log } from '#platform'
import { beginRun, endRun, lastRun, noteProgress, type ProofRun } from './proof-runs.ts'

export type ProofState = { readonly run: ProofRun | undefined; readonly last: LastProof | undefined }

export type Proving = {
  state(): Promise<ProofState>
  /** Begins a proof unless one is running anywhere, and returns at once. */
  start(by: Uuid): Promise<void>
  /** Breaks off the one that this process runs after its present claim, and waits for that at most so long. */
  stop(deadlineMs: number): Promise<void>
}

const heartbeatMs = 5000
/** So long nothing was heard of it: the process that ran it is gone. */
const lostMs = 60_000

/** Proofs on demand. A proof reads the whole ledger, so however many ask for one, and wherever, one runs at a time. */
export function createProving(options: {
  readonly db: Database
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Log
}): Proving {
  const { db, clock, log } = options
  const now = () => clock.now()
  let running: Promise<void> | undefined
  let closing = false

  async function prove(id: bigint): Promise<void> {
    let progress = { claimsDone: 0, claims: 0 }
    const say = () =>
      void noteProgress(db, id, { at: now(), ...progress }).catch((err: unknown) =>
        log.warn({ err }, 'the progress of a proof could not be written down'),
      )
    const beat = setInterval(say, heartbeatMs)
    try {
      await proveNow(options, (made) => {
        if (closing) throw new Error('this process is closing; ask another for a proof')
        progress = made
        say()
      })
      await endRun(db, id, { at: now(), outcome: 'proved' })
    } catch (err) {
      log.error({ err }, 'a proof came to no result')
      await endRun(db, id, { at: now(), outcome: 'failed' })
    } finally {
      clearInterval(beat)
    }
  }

  return {
    state: async () => ({ run: await lastRun(db), last: await lastProof(db) }),
    start: async (by) => {
      const id = await beginRun(db, { by, at: now(), lostBefore: new Date(now().getTime() - lostMs) })
      if (id === undefined) return
      running = prove(id)
        .catch((err: unknown) => log.error({ err }, 'the end of a proof could not be written down'))
        .finally(() => (running = undefined))
    },
    stop: async (deadlineMs) => {
      closing = true
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, deadlineMs)
      await Promise.race([running, late])
      clearTimeout(timer)
    },
  }
}
