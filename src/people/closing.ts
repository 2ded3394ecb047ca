import type { Clock, Uuid } from '#kernel'
import type { Database, Log } from '#platform'
import type { Personal } from './personal.ts'
import { noteErased, usersToErase } from './store/users.ts'

type Closing = {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly personal: readonly Personal[]
}

const usersMax = 100

/** Lets every room erase its part of a closed account. A room that fails does not keep the others from it. */
export async function eraseEverywhere({ db, clock, log, personal }: Closing, user: Uuid): Promise<void> {
  const done = await Promise.allSettled(personal.map((part) => part.erase(user)))
  const failed = done.flatMap((each, at) => (each.status === 'rejected' ? [{ at, err: each.reason as unknown }] : []))
  for (const { at, err } of failed)
    log.error({ err, room: personal[at]?.room, user }, 'a room could not erase its part')
  if (failed.length === 0) await noteErased(db.tables(), user, clock.now())
}

/** Goes on with what a crash or a failing room left over. */
export async function eraseLeftOver(closing: Closing, signal: AbortSignal): Promise<void> {
  for (const user of await usersToErase(closing.db.tables(), usersMax)) {
    if (signal.aborted) return
    await eraseEverywhere(closing, user)
  }
}
