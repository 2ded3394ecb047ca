import { z } from 'zod'
import { job, type Room } from '#platform'
import { operations, type Deps } from './handlers.ts'

/** The share of models in the house: the desk's operations, and a look at the providers' lists twice a day. */
export function modelsRoom(deps: Deps): Room {
  const lookAgain = job({
    name: 'models.look-again',
    payload: z.object({}),
    cron: { expression: '41 5,17 * * *', payload: {} },
    retry: { limit: 0, delaySeconds: 1 },
    run: (_, { signal }) => deps.models.desk.refreshAll(signal),
  })
  return { name: 'models', http: operations(deps), jobs: [lookAgain] }
}
