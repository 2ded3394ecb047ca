import { z } from 'zod'
import { job, type Room } from '#platform'
import { conversationHandlers, listHandlers, turnHandlers, type HandlerDeps } from './handlers.ts'
import { keptDeletedMs } from './rules.ts'
import { purge } from './store/conversations.ts'

const purgedTogether = 100
const roundsMax = 1_000

/** The room's share of the house: conversations, their turns, and the end of what was deleted. */
export function chatRoom(deps: HandlerDeps): Room {
  const { answers, chat, clock } = deps
  const purgeDeleted = job({
    name: 'chat.purge-deleted',
    payload: z.object({}),
    cron: { expression: '17 * * * *', payload: {} },
    run: async (_, { signal }) => {
      const before = new Date(clock.now().getTime() - keptDeletedMs)
      for (let round = 0; round < roundsMax && !signal.aborted; round++)
        if ((await purge(answers, { before, limit: purgedTogether })) < purgedTogether) return
    },
  })
  return {
    name: 'chat',
    http: [...listHandlers(deps), ...conversationHandlers(deps), ...turnHandlers(deps)],
    jobs: [purgeDeleted],
    stop: () => chat.close(),
  }
}
