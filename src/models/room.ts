import { z } from 'zod'
import { job, type Room } from '#platform'
import { operations, type Deps } from './handlers.ts'
import type { Models } from './models.ts'

/** The share of models in the house: the desk's operations, and a look at the providers' lists twice a day. */
export function modelsRoom(deps: Deps): Room {
  const lookAgain = job({
    name: 'models.look-again',
    payload: z.object({}),
    cron: { expression: '41 5,17 * * *', payload: {} },
    retry: { limit: 0, delaySeconds: 1 },
    run: (_, { signal }) => deps.models.desk.refreshAll(signal),
  })
  return { name: 'models', http: operations(deps), jobs: [lookAgain], greet: (url) => offerEngines(deps.models, url) }
}

/** What runs on this machine and is not connected yet, said in the terminal at start. */
async function offerEngines({ desk }: Models, url: string): Promise<string | undefined> {
  const found = await desk.findEngines(AbortSignal.timeout(1000))
  const names = found.filter(({ provider }) => provider === null).map(({ name }) => name)
  if (names.length === 0) return undefined
  return `${names.join(' and ')} on this machine can answer: connect at ${url}/desk/models`
}
