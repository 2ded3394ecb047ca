import { z } from 'zod'
import { job, type Room } from '#platform'
import type { Turns } from './turns.ts'

const nothing = z.object({})

export function turnsRoom({ turns }: { readonly turns: Turns }): Room {
  const reap = job({
    name: 'turns.reap',
    payload: nothing,
    cron: { expression: '* * * * *', payload: {} },
    run: async () => void (await turns.reap()),
  })
  return { name: 'turns', jobs: [reap], stop: (deadlineMs) => turns.close(deadlineMs) }
}
