import { z } from 'zod'
import { job, type Log, type Room } from '#platform'
import { createAttempts } from './attempts.ts'
import { createAuth } from './auth.ts'
import { eraseLeftOver } from './closing.ts'
import { accountHandlers } from './handlers/account.ts'
import { entryHandlers } from './handlers/entry.ts'
import { exportHandlers } from './handlers/export.ts'
import { linkHandlers } from './handlers/links.ts'
import { sessionHandlers } from './handlers/sessions.ts'
import { userHandlers } from './handlers/users.ts'
import { cookieKey, type People, type PeopleOptions } from './people.ts'
import type { Personal } from './personal.ts'
import type { Reception } from './reception.ts'
import { sweep } from './store/sessions.ts'

type RoomOptions = PeopleOptions & {
  readonly log: Log
  readonly people: People
  /** What the other rooms keep of a person: exported and erased with the account. */
  readonly personal: readonly Personal[]
}

const nothing = z.object({})

export function peopleRoom(options: RoomOptions): Room {
  const { db, clock, log, people, personal } = options
  const key = cookieKey(options)
  const auth = createAuth({ ...options, key })
  const reception: Reception = { db, clock, log, key, people, auth, attempts: createAttempts({ db, clock }), personal }
  const erase = job({
    name: 'people.erase-closed',
    payload: nothing,
    cron: { expression: '* * * * *', payload: {} },
    run: (_, { signal }) => eraseLeftOver(reception, signal),
  })
  const forget = job({
    name: 'people.sweep-ended',
    payload: nothing,
    cron: { expression: '41 * * * *', payload: {} },
    run: () => sweep(db.tables(), clock.now()),
  })
  return {
    name: 'people',
    http: [
      ...entryHandlers(reception),
      ...linkHandlers(reception),
      ...sessionHandlers(reception),
      ...accountHandlers(reception),
      ...exportHandlers(reception),
      ...userHandlers(reception),
    ],
    jobs: [erase, forget],
    greet: async (url) => {
      const path = await people.claimLink()
      return path && `Nobody runs this install yet. Open this once to become its operator: ${url}${path}`
    },
  }
}
