import { setTimeout as sleep } from 'node:timers/promises'
import type { Personal } from '#people'
import type { Database } from '#platform'
import { eraseTexts, recordsOf } from './store/forgetting.ts'
import type { Turns } from './turns.ts'

const attemptsMax = 40
const pauseMs = 50

/** What this room knows of a person: their turns, and what was said in those of the last day. */
export function turnsPersonal({ answers, turns }: { readonly answers: Database; readonly turns: Turns }): Personal {
  return {
    room: 'turns',
    export: async (user) =>
      (await recordsOf(answers, user)).map(({ id, started_at, ended_at, ending, charged, texts }) => ({
        id,
        startedAt: started_at.toISOString(),
        endedAt: ended_at?.toISOString() ?? null,
        ending,
        charged: charged?.toString() ?? null,
        texts: texts ?? [],
      })),
    erase: async (user) => {
      await turns.stopAllOf(user)
      for (let attempt = 0; attempt < attemptsMax; attempt++) {
        if ((await eraseTexts(answers, user)) === 0) return
        await sleep(pauseMs)
      }
      throw new Error('some turns of a closed account have not ended yet')
    },
  }
}
