import { uuidv7, type Uuid } from '#kernel'
import type { Database, Log } from '#platform'
import { endProcess, insertProcess, renewLease } from './store/processes.ts'

export type Stop = { readonly turn: string; readonly cause: 'stopped' | 'account_closed' }

export type Membership = {
  /** The name under which this process runs turns now; enters it first if need be. */
  readonly enter: () => Promise<Uuid>
  /** The same, once entered and while it counts. */
  readonly current: () => Uuid | undefined
  /** This name no longer counts: the next `enter` makes a new one. */
  readonly lose: (name: Uuid) => void
  readonly leave: () => Promise<void>
}

/**
 * A process's lease on its turns, renewed while it lives, over a connection of its own: starts that wait for a ledger may hold
 * all the others, and are no reason to be taken for gone. `lost` is told the name that another process has marked as gone;
 * `beat` runs after every renewal, with turns that somebody elsewhere asked to end.
 */
export function createMembership(options: {
  readonly db: Database
  readonly log: Log
  readonly heartbeatMs: number
  readonly leaseMs: number
  lost(name: Uuid): void
  beat(stops: readonly Stop[]): Promise<void>
}): Membership {
  const { db, log, heartbeatMs, leaseMs } = options
  const pool = db.single()
  let name: Uuid | undefined
  let entering: Promise<Uuid> | undefined
  let beating: NodeJS.Timeout | undefined

  async function enter(): Promise<Uuid> {
    const made = uuidv7()
    await insertProcess({ pool }, made, leaseMs)
    name = made
    beating ??= setInterval(() => void beat(), heartbeatMs).unref()
    return made
  }

  async function beat(): Promise<void> {
    const mine = name
    if (mine === undefined) return
    try {
      const { alive, stops } = await renewLease({ pool }, mine, leaseMs)
      if (!alive) lose(mine)
      await options.beat(stops)
    } catch (err) {
      log.warn({ err }, 'the lease on turns could not be renewed; it is tried again')
    }
  }

  function lose(lost: Uuid): void {
    if (lost !== name) return
    name = undefined
    options.lost(lost)
  }

  return {
    enter: async () => {
      if (name !== undefined) return name
      entering ??= enter().finally(() => (entering = undefined))
      return entering
    },
    current: () => name,
    lose,
    leave: async () => {
      // A name that is only now being entered would stay behind, and a turn would begin under it.
      await entering?.catch(() => undefined)
      clearInterval(beating)
      beating = undefined
      const left = name
      name = undefined
      try {
        if (left !== undefined) await endProcess({ pool }, left)
      } finally {
        if (!pool.ending) await pool.end()
      }
    },
  }
}
