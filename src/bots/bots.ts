import type { Refusal, Uuid } from '#kernel'
import type { RunnableBot } from './rules.ts'

/** What other rooms show of a bot they know by its id, whatever became of it since. */
export type BotName = {
  readonly id: Uuid
  readonly handle: string
  readonly name: string
  readonly creator: Uuid | null
}

export type Bots = {
  /**
   * Each bot as `viewer` may run it now, in the order asked: current version, current price. A draft runs for its
   * creator, a private bot for whoever opened its link.
   */
  runnable(
    refs: readonly { readonly bot: Uuid }[],
    viewer: Uuid,
  ): Promise<(RunnableBot | Refusal<'unknown_bot' | 'bot_withdrawn'>)[]>
  /** Bots by handle, for mentions; those that do not exist are missing. Whether they may be run, `runnable` says. */
  byHandles(handles: readonly string[]): Promise<ReadonlyMap<string, BotName>>
  /** Bots by id, withdrawn ones and all. */
  names(bots: readonly Uuid[]): Promise<ReadonlyMap<Uuid, BotName>>
  /** Counts answers that were begun, for the catalogue's order. */
  recordUse(bot: Uuid, answers: number): Promise<void>
}
