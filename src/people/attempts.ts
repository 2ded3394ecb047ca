import type { Clock, Refusal } from '#kernel'
import type { Database } from '#platform'
import { judgeAttempts, type Limit } from './rules.ts'
import { countAttempt, forgiveAttempt } from './store/attempts.ts'

export type Attempts = {
  /** Counts first and judges then, so that a thousand guesses at once are a thousand. */
  count(limits: readonly Limit[]): Promise<Refusal<'too_many'> | undefined>
  /** What turned out right was no guess. */
  forgive(limits: readonly Limit[]): Promise<void>
}

export function createAttempts({ db, clock }: { readonly db: Database; readonly clock: Clock }): Attempts {
  const rows = db.tables<unknown>()
  return {
    count: async (limits) => {
      const now = clock.now()
      return judgeAttempts(limits, await countAttempt(rows, limits, now), now)
    },
    forgive: (limits) => forgiveAttempt(rows, limits),
  }
}
