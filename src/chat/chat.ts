import type { Bots } from '#bots'
import { refuse, type Clock, type Refusal, type Uuid } from '#kernel'
import type { Database, Log } from '#platform'
import type { Turns } from '#turns'
import type { Sent } from './contract.ts'
import { createUseCounter, keepAnswers } from './keeping.ts'
import { createSending, type Again, type AskRefusal, type Send } from './sending.ts'
import { conversationOf, type Standing } from './store/conversations.ts'

export type Chat = {
  /** Asks bots something, in a conversation that is there or begins with it. */
  send(owner: Uuid, send: Send): Promise<Sent | Refusal<AskRefusal | 'empty_text' | 'broken_text'>>
  /** Asks a question that is there once more. */
  again(owner: Uuid, again: Again): Promise<Sent | Refusal<AskRefusal>>
  /** A conversation of this owner that is not deleted. */
  own(owner: Uuid, conversation: string): Promise<Standing | Refusal<'unknown_conversation'>>
  /** Waits for what is done beside turns. */
  close(): Promise<void>
}

export type ChatOptions = {
  /** The handle of the answer path, which reaches the schemas of turns and chat alone. */
  readonly answers: Database
  readonly turns: Turns
  readonly bots: Pick<Bots, 'runnable' | 'recordUse'>
  readonly clock: Clock
  readonly log: Log
}

export const unknownConversation = refuse(
  'unknown_conversation',
  'This conversation is not here: it was deleted, or it belongs to somebody else.',
)

/** Opens the room and takes its place as a keeper of turns. */
export function openChat(options: ChatOptions): Chat {
  const { answers, turns, bots, log } = options
  turns.keep(keepAnswers)
  const uses = createUseCounter({
    record: (bot, count) => bots.recordUse(bot as Uuid, count),
    failed: (err) => log.warn({ err }, 'the use of a bot was not counted'),
  })
  const own = async (owner: Uuid, conversation: string) => {
    const standing = await conversationOf(answers, conversation)
    return standing && standing.owner === owner && !standing.deleted ? standing : unknownConversation
  }
  return { ...createSending({ ...options, uses }), own, close: uses.idle }
}
