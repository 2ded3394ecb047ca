import type { Database, Log } from '#platform'
import { addTo, nothingSaid, type LogEvent, type Said, type Usage } from './events.ts'
import { conclude, lastEvents, type ConcludedCall } from './conclude.ts'
import { endingOf, endingTable } from './rules.ts'
import type { Sealer, Sealing } from './seal.ts'
import { readConclusion } from './stored.ts'
import { markGone, readOrphans, readUnsettled, type Orphan } from './store/processes.ts'

const atOnceMax = 50
const roundsMax = 1_000

export type Reaper = { reap(): Promise<number> }

/**
 * Ends what a process left behind that is gone, by the same table and under the same keys as that process would have, and
 * settles what ended and was not settled. Any process may run it, and several at once.
 */
export function createReaper(options: {
  readonly db: Database
  readonly log: Log
  readonly sealer: Sealer
  /** A turn that ended so recently is still being settled by whoever ended it. */
  readonly settleMs: number
}): Reaper {
  const { db, log, sealer, settleMs } = options
  let running: Promise<number> | undefined

  async function reap(): Promise<number> {
    await markGone(db)
    let touched = 0
    for (let round = 0; round < roundsMax; round++) {
      const orphans = await readOrphans(db, atOnceMax)
      if (orphans.length > 0) log.warn({ turns: orphans.length }, 'turns of a process that is gone are ended')
      await Promise.all(orphans.map(async (orphan) => endOrphan(orphan)))
      touched += orphans.length
      if (orphans.length < atOnceMax) break
    }
    return touched + (await settleLeftOver())
  }

  async function endOrphan(orphan: Orphan): Promise<void> {
    const sealing = concludeOrphan(orphan)
    if ((await sealer.seal(sealing)) === 'sealed') await sealer.settle(sealing.conclusion)
  }

  async function settleLeftOver(): Promise<number> {
    const left = (await readUnsettled(db, { olderThanMs: settleMs, limit: atOnceMax })).map(readConclusion)
    const done = await Promise.allSettled(left.map(async (conclusion) => sealer.settle(conclusion)))
    for (const [at, each] of done.entries())
      if (each.status === 'rejected') log.error({ err: each.reason, turn: left[at]?.turn }, 'a turn stays unsettled')
    await sealer.idle()
    return left.length
  }

  return { reap: () => (running ??= reap().finally(() => (running = undefined))) }
}

/**
 * Readers may have heard more than the log holds. The ending stands beyond whatever they can have heard, so that each of them
 * finds a gap before it, and is told the texts anew.
 */
const unheardMax = 2_000_000

/** What the log tells of a turn, and `killed` for whatever had not ended in it. */
export function concludeOrphan(orphan: Orphan): Sealing {
  const said = new Map<string, Said>(orphan.calls.map((call) => [call.id, nothingSaid()]))
  const endings = new Map<string, Ended>()
  for (const event of orphan.events) {
    if (event.type === 'ended') continue
    if (event.type === 'call_ended') endings.set(event.call, event)
    else addTo(said.get(event.call) ?? nothingSaid(), event)
  }
  const calls = orphan.calls.map((call) => concludeCall(call, said.get(call.id) ?? nothingSaid(), endings.get(call.id)))
  const { ended, conclusion } = conclude(orphan, calls)
  const events = lastEvents({ ended }, new Set(endings.keys()))
  return { ended, conclusion, chunk: { firstSeq: orphan.events.length + 1 + unheardMax, events } }
}

type Ended = Extract<LogEvent, { type: 'call_ended' }> & { readonly usage?: Usage }

function concludeCall(
  { id, bot }: Orphan['calls'][number],
  { text, delivered, parts, suggestions }: Said,
  ended: Ended | undefined,
): ConcludedCall {
  const ending = ended?.ending ?? endingOf('killed', delivered)
  const words = ended ? ended.words : endingTable[ending].words
  return { id, bot, ending, words, text, parts, suggestions, delivered, usage: ended?.usage ?? null }
}
