import { setTimeout as sleep } from 'node:timers/promises'
import type { Uuid } from '#kernel'
import type { Database, Log } from '#platform'
import type { LiveTurn } from './live.ts'
import { appendChunks } from './store/log.ts'

export type Flusher = {
  /** Has what the turn said written within `flushMs`, together with what others say meanwhile. */
  readonly note: (live: LiveTurn) => void
  /** Takes the turn out; afterwards `live.logged` stands still. What is not written then is written with its end. */
  readonly release: (live: LiveTurn) => Promise<void>
}

const chunksMax = 500

/**
 * Writes what all turns of this process say, one insert at a time. `lost` is called when the log does not take it: this
 * process counts as gone.
 */
export function createFlusher(options: {
  readonly db: Database
  readonly log: Log
  readonly flushMs: number
  /** Undefined while this process runs nothing under a name that counts. */
  readonly process: () => Uuid | undefined
  readonly lost: (process: Uuid) => void
}): Flusher {
  const { db, log, flushMs } = options
  const dirty = new Set<LiveTurn>()
  let flushing: Promise<void> | undefined
  let waiting = false

  function schedule(): void {
    if (waiting || flushing || dirty.size === 0) return
    waiting = true
    setTimeout(() => {
      waiting = false
      flushing = flush().finally(() => {
        flushing = undefined
        schedule()
      })
    }, flushMs).unref()
  }

  async function flush(): Promise<void> {
    const taken = [...dirty].slice(0, chunksMax)
    for (const live of taken) dirty.delete(live)
    // A turn that is closed now was abandoned: it belongs to a name that counts no more.
    const parts = taken
      .filter((live) => !live.closed && live.events.length > live.logged)
      .map((live) => ({ live, from: live.logged, to: live.events.length }))
    const process = options.process()
    if (parts.length === 0 || process === undefined) return
    try {
      const written = await appendChunks(
        db,
        process,
        parts.map(({ live, from, to }) => ({
          turn: live.id,
          firstSeq: from + 1,
          lastSeq: to,
          events: JSON.stringify(live.events.slice(from, to)),
        })),
      )
      if (!written) return options.lost(process)
      for (const { live, to } of parts) live.logged = to
    } catch (err) {
      log.warn({ err, turns: parts.length }, 'the log of turns could not be written; it is tried again')
      for (const { live } of parts) if (!released.has(live)) dirty.add(live)
      await sleep(flushMs * 4, undefined, { ref: false })
    }
  }

  const released = new WeakSet<LiveTurn>()
  return {
    note: (live) => {
      if (released.has(live)) return
      dirty.add(live)
      schedule()
    },
    release: async (live) => {
      released.add(live)
      dirty.delete(live)
      await flushing
    },
  }
}
