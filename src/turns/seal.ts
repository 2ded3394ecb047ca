import { setTimeout as sleep } from 'node:timers/promises'
import { assert, type Uuid } from '#kernel'
import { createGatherer, type Database, type Log } from '#platform'
import type { EndedTurn, Keeper } from './plan.ts'
import type { Charge, Conclusion, Settlement } from './slots.ts'
import { storeConclusion } from './stored.ts'
import { endTurns, markSettled, type Sealing as StoredSealing } from './store/turns.ts'

export type Sealing = {
  readonly ended: EndedTurn
  readonly conclusion: Conclusion
  /** Ends the turn only if this process began it; absent: whoever did. */
  readonly process?: Uuid
  /** What the log does not hold yet, up to and with the ending. */
  readonly chunk: { readonly firstSeq: number; readonly events: readonly unknown[] }
}

export type Sealer = {
  /**
   * Ends a turn for good, together with those that end meanwhile; tries until the database has taken it. `elsewhere`: it was
   * ended by another process, or never began.
   */
  seal(sealing: Sealing): Promise<'sealed' | 'elsewhere'>
  /** Settles by the conclusion and notes it. Rejects after a few attempts; the reaper tries again. */
  settle(conclusion: Conclusion): Promise<Settlement>
  /** Resolves once everything settled so far is noted. */
  idle(): Promise<void>
}

const settleAttemptsMax = 4

export function createSealer(options: {
  readonly db: Database
  readonly log: Log
  readonly charge: Charge
  readonly keepers: readonly Keeper[]
}): Sealer {
  const { db, log, charge, keepers } = options
  const write = (group: readonly Sealing[]) =>
    db.transact<unknown, ReadonlySet<Uuid>>(async (trx) => {
      const over = await endTurns(trx, group.map(stored))
      const ended = group.map((each) => each.ended).filter(({ turn }) => over.has(turn))
      for (const keep of keepers) if (ended.length > 0) await keep(trx, ended)
      return over
    })
  const sealing = createGatherer<Sealing, 'sealed' | 'elsewhere'>(async (group) => {
    const over = await write(group)
    return group.map(({ ended }) => (over.has(ended.turn) ? 'sealed' : 'elsewhere'))
  })
  const marking = createGatherer<{ turn: Uuid; settlement: Settlement }, void>(async (group) => {
    await markSettled(db, group)
    return group.map(() => undefined)
  })
  return {
    seal: async (each) => {
      for (let attempt = 0; ; attempt++) {
        try {
          return await sealing.add(each)
        } catch (err) {
          log.error({ err, turn: each.ended.turn }, 'a turn could not be ended; it is tried again')
          await sleep(pauseMs(attempt), undefined, { ref: false })
        }
      }
    },
    settle: async (conclusion) => {
      const settlement = await settleSoon(charge, conclusion, log)
      checkSettlement(conclusion, settlement)
      marking
        .add({ turn: conclusion.turn, settlement })
        .catch((err: unknown) => log.warn({ err, turn: conclusion.turn }, 'a settlement is noted later, by the reaper'))
      return settlement
    },
    idle: async () => {
      await sealing.idle()
      await marking.idle()
    },
  }
}

const pauseMs = (attempt: number): number => Math.min(100 * 2 ** attempt, 10_000)

async function settleSoon(charge: Charge, conclusion: Conclusion, log: Log): Promise<Settlement> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await charge.settle(conclusion)
    } catch (err) {
      log.error({ err, turn: conclusion.turn }, 'a turn could not be settled; it is tried again')
      if (attempt + 1 === settleAttemptsMax) throw err
      await sleep(pauseMs(attempt), undefined, { ref: false })
    }
  }
}

/** The one bound that turns themselves can check: nobody is charged more than was quoted. */
function checkSettlement({ quote, turn }: Conclusion, { charged }: Settlement): void {
  assert(charged >= 0n && charged <= quote.atMost, `turn ${turn} is charged ${charged} of at most ${quote.atMost}`)
}

function stored({ ended, conclusion, process, chunk }: Sealing): StoredSealing {
  return {
    ended,
    process: process ?? null,
    conclusion: storeConclusion(conclusion),
    lastSeq: chunk.firstSeq + chunk.events.length - 1,
    chunk: { firstSeq: chunk.firstSeq, events: JSON.stringify(chunk.events) },
  }
}
