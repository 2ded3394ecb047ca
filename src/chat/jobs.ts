import { z } from 'zod'
import type { Clock } from '#kernel'
import { job, type Database } from '#platform'
import { keptDeletedMs } from './rules.ts'
import { purge } from './store/conversations.ts'

const purgedTogether = 100
const roundsMax = 1_000

/** The end of what was deleted long ago. */
export function purgeJob({ answers, clock }: { readonly answers: Database; readonly clock: Clock }) {
  return job({
    name: 'chat.purge-deleted',
    payload: z.object({}),
    cron: { expression: '17 * * * *', payload: {} },
    run: async () => {
      const before = new Date(clock.now().getTime() - keptDeletedMs)
      for (let round = 0; round < roundsMax; round++)
        if ((await purge(answers, { before, limit: purgedTogether })) < purgedTogether) return
    },
  })
}
