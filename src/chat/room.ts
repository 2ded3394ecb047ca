import type { Room } from '#platform'
import { conversationHandlers, listHandlers, turnHandlers, type HandlerDeps } from './handlers.ts'
import { purgeJob } from './jobs.ts'

/** The room's share of the house: conversations, their turns, and the end of what was deleted. */
export function chatRoom(deps: HandlerDeps): Room {
  return {
    name: 'chat',
    http: [...listHandlers(deps), ...conversationHandlers(deps), ...turnHandlers(deps)],
    jobs: [purgeJob(deps)],
    stop: () => deps.chat.close(),
  }
}
