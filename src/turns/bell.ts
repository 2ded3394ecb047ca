import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Log } from '#platform'

export const channels = { log: 'turns_log', stop: 'turns_stop' } as const

export type Bell = {
  /** Begins to listen; later calls change nothing. */
  start(): void
  stop(): Promise<void>
}

const reconnectMsMax = 5_000

/**
 * Hears of other processes by NOTIFY. It only wakes: what it misses while the connection is lost is found in the tables, which
 * is why every new connection rings once by itself.
 */
export function createBell(options: {
  readonly db: Database
  readonly log: Log
  /** Undefined payload: anything may have happened. */
  readonly ring: (channel: string, payload: string | undefined) => void
}): Bell {
  const { db, log, ring } = options
  const pool = db.single()
  let running: Promise<void> | undefined
  const stopped = new AbortController()
  const stopping = Promise.withResolvers<void>()

  async function listen(): Promise<void> {
    for (let failures = 0; !stopped.signal.aborted; failures++) {
      try {
        const client = await pool.connect()
        try {
          const lost = Promise.withResolvers<void>()
          client.on('error', () => lost.resolve())
          client.on('end', () => lost.resolve())
          client.on('notification', ({ channel, payload }) => ring(channel, payload ?? ''))
          await client.query(`listen ${channels.log}; listen ${channels.stop}`)
          failures = 0
          ring(channels.log, undefined)
          await Promise.race([lost.promise, stopping.promise])
        } finally {
          client.release(true)
        }
      } catch (err) {
        log.warn({ err }, 'news of turns in other processes are out of reach; they are asked for instead')
      }
      const pauseMs = Math.min(100 * 2 ** failures, reconnectMsMax)
      await sleep(pauseMs, undefined, { ref: false, signal: stopped.signal }).catch(() => undefined)
    }
    await pool.end()
  }

  return {
    start: () => {
      if (!stopped.signal.aborted) running ??= listen()
    },
    stop: async () => {
      stopped.abort()
      stopping.resolve()
      await running
    },
  }
}
