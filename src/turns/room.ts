import { z } from 'zod'
import type { Clock } from '#kernel'
import { job, type Database, type Room } from '#platform'
import { deleteCalls, deleteLog } from './store/forgetting.ts'
import type { Turns } from './turns.ts'

const nothing = z.object({})
const hourMs = 3_600_000
const rowsMax = 5_000

type RoomOptions = { readonly turns: Turns; readonly answers: Database; readonly clock: Clock }

export function turnsRoom({ turns, answers, clock }: RoomOptions): Room {
  const ago = (ms: number) => new Date(clock.now().getTime() - ms)
  const reap = job({
    name: 'turns.reap',
    payload: nothing,
    cron: { expression: '* * * * *', payload: {} },
    run: async () => void (await turns.reap()),
  })
  const forget = job({
    name: 'turns.forget-said',
    payload: nothing,
    cron: { expression: '*/5 * * * *', payload: {} },
    run: async (_, { signal }) => {
      while (!signal.aborted && (await deleteLog(answers, ago(hourMs), rowsMax)) === rowsMax);
      while (!signal.aborted && (await deleteCalls(answers, ago(24 * hourMs), rowsMax)) === rowsMax);
    },
  })
  return { name: 'turns', jobs: [reap, forget], stop: (deadlineMs) => turns.close(deadlineMs) }
}
