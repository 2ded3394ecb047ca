import type { Bots } from '#bots'
import type { Clock, Uuid } from '#kernel'
import type { Database, Log } from '#platform'
import type { Turns } from '#turns'
import { createUseCounter, keepAnswers } from './keeping.ts'
import { createSending, type Sending } from './sending.ts'

export type Chat = Sending & {
  /** Waits for what is done beside turns. */
  close(): Promise<void>
}

export type ChatOptions = {
  /** The handle of the answer path, which reaches the schemas of turns and chat alone. */
  readonly answers: Database
  readonly turns: Pick<Turns, 'start' | 'keep'>
  readonly bots: Pick<Bots, 'runnable' | 'recordUse'>
  readonly clock: Clock
  readonly log: Log
}

/** Opens the room and takes its place as a keeper of turns. */
export function openChat(options: ChatOptions): Chat {
  const { turns, bots, log } = options
  turns.keep(keepAnswers)
  const uses = createUseCounter({
    record: (bot, count) => bots.recordUse(bot as Uuid, count),
    failed: (err) => log.warn({ err }, 'the use of a bot was not counted'),
  })
  return {
    ...createSending({ ...options, uses }),
    close: () => uses.idle(),
  }
}
