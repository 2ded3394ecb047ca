import { z } from 'zod'
import type { Clock } from '#kernel'
import { job, type Database, type Room } from '#platform'
import { catalogueHandlers, deskHandlers, studioHandlers, type Deps } from './handlers.ts'
import { sumUses } from './store/catalogue.ts'

const dayMs = 86_400_000

/** The share of bots in the house: catalogue, studio, and the sum of uses by which the catalogue is sorted. */
export function botsRoom(deps: Deps & { readonly db: Database; readonly clock: Clock }): Room {
  const { db, clock } = deps
  const count = job({
    name: 'bots.count-uses',
    payload: z.object({}),
    cron: { expression: '*/5 * * * *', payload: {} },
    run: () => sumUses(db, new Date(clock.now().getTime() - dayMs).toISOString().slice(0, 10)),
  })
  return {
    name: 'bots',
    http: [...catalogueHandlers(deps), ...studioHandlers(deps), ...deskHandlers(deps)],
    jobs: [count],
  }
}
