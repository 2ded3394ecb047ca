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

/**
 * Lets every room erase its part of a closed account, one after the other as they are listed. A room that fails does not
 * keep the others from it.
 */
export async function eraseEverywhere({ db, clock, log, personal }: Closing, user: Uuid): Promise<void> {
  let failed = 0
  for (const part of personal) {
    try {
      await part.erase(user)
    } catch (err) {
      failed++
      log.error({ err, room: part.room, user }, 'a room could not erase its part')
    }
  }
  if (failed === 0) await noteErased(db.tables(), user, clock.now())
}

/** Goes on with what a crash or a failing room left over. */
export async function eraseLeftOver(closing: Closing, signal: AbortSignal): Promise<void> {
  for (const user of await usersToErase(closing.db.tables(), usersMax)) {
    if (signal.aborted) return
    await eraseEverywhere(closing, user)
  }
}
