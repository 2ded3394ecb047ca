import type { Clock, Refusal, Uuid } from '#kernel'
import type { Database, Log, Secret } from '#platform'
import type { StartRefusal, TurnEvent } from './contract.ts'
import type { Keeper, Started, TurnPlan } from './plan.ts'
import type { BotRuntime } from './ports.ts'
import type { Limits } from './rules.ts'
import type { Ask, Quote, SlotSupply } from './slots.ts'

export type TurnsOptions = {
  /** The handle of the answer path, which reaches the schemas of turns and chat alone. */
  readonly answers: Database
  readonly clock: Clock
  readonly log: Log
  readonly secret: Secret
  readonly runtimes: readonly BotRuntime[]
  readonly slots: readonly SlotSupply[]
  readonly limits?: Partial<Limits>
}

export type Turns = {
  /** Says what would be held and charged, by the slot `charge`. */
  quote(ask: Ask): Promise<Quote | Refusal<'no_price' | 'over_cap'>>
  /**
   * Quotes, holds, and writes the turn's rows; answers once both are durable, while the bots already run. They run on when
   * nobody reads. The same id again answers `already`.
   */
  start(plan: TurnPlan): Promise<Started | Refusal<StartRefusal>>
  /** Ends what runs of this payer's turn, in whichever process it runs; true if there was such a turn, running or not. */
  stop(turn: Uuid, payer: Uuid): Promise<boolean>
  /** Ends all that runs for this payer as `account_closed`. */
  stopAllOf(payer: Uuid): Promise<void>
  /**
   * What the turn says after `afterSeq` (0: from its beginning), as it comes; ends after `settled`, or when `signal`
   * fires. Any process may be asked. An unknown turn ends at once.
   */
  events(
    turn: Uuid,
    reading: { readonly afterSeq: number; readonly signal: AbortSignal },
  ): AsyncIterable<{ readonly seq: number; readonly event: TurnEvent }>
  /** Tells which room keeps what of turns that end; before the first start. */
  keep(keeper: Keeper): void
  /** Ends turns whose process is gone, and settles what is ended and not settled. How many it touched. */
  reap(): Promise<number>
  /** Takes no more, waits for what runs, and at the deadline ends it as `shutdown`. */
  close(deadlineMs: number): Promise<void>
}

/** Opens the room. Starts nothing in the background before the first turn or reader. */
export function openTurns(_options: TurnsOptions): Turns {
  throw new Error('turns cannot run yet')
}
