import type { RunnableBot } from '#bots'
import type { Uuid } from '#kernel'
import type { ModelEvent } from '#models'
import type { Json, Tool } from './slots.ts'

/** What was said before, oldest first; the last is what is to be answered. `name` tells bots in one conversation apart. */
export type HistoryMessage = {
  readonly role: 'user' | 'assistant'
  readonly content: string
  readonly name?: string
}

/** One bot asked once. `signal` fires when the answer is no longer wanted, whatever the reason. */
export type RuntimeCall = {
  readonly call: Uuid
  readonly bot: RunnableBot
  readonly history: readonly HistoryMessage[]
  /** Stands for the asker towards this bot, and leads to nobody. */
  readonly user: string
  /** The class that the slot `priority` gave the turn. */
  readonly priority: string
  readonly tools: readonly Tool[]
  readonly signal: AbortSignal
}

/**
 * What a bot says. After `waiting` (in a line, before it began) comes another or `started`; a runtime without a line says
 * neither. `replace` takes the place of all that was said so far. `end` is last.
 */
export type BotEvent =
  | ModelEvent
  | { readonly type: 'waiting'; readonly position: number; readonly estimateMs: number | null }
  | { readonly type: 'started' }
  | { readonly type: 'replace'; readonly text: string }
  | { readonly type: 'part'; readonly kind: string; readonly data: Json }
  | { readonly type: 'suggest'; readonly text: string }

/**
 * One way to run bots. An answer that just ends without `end` is taken for broken off. Failures are thrown as BotFailure;
 * anything else thrown is a bug, which ends the call the same way and is logged.
 */
export type BotRuntime = {
  readonly kind: string
  run(call: RuntimeCall): AsyncIterable<BotEvent>
}

/** A bot did not answer, or broke off. `words` are for the reader and say what to do. */
export class BotFailure extends Error {
  override readonly name = 'BotFailure'
  readonly kind: 'failed' | 'refused' | 'timed_out' | 'expired_waiting'
  readonly words: string

  constructor(kind: BotFailure['kind'], words: string, options?: ErrorOptions) {
    super(words, options)
    this.kind = kind
    this.words = words
  }
}
