import type { RunnableBot } from '#bots'
import type { Uuid } from '#kernel'
import type { Kysely } from 'kysely'
import type { Ending } from './contract.ts'
import type { HistoryMessage } from './ports.ts'
import type { Json, Quote } from './slots.ts'

/** A transaction of the answer path. A room sees its own tables by `trx.withTables<ChatTables>()`. */
export type Transaction = Kysely<unknown>

/** Whose turn it is to be. */
export type TurnOf = {
  /** The client's own, so that a double click, a retry or a second tab is the same turn. */
  readonly id: Uuid
  readonly payer: Uuid
}

/** A turn as its starter wants it. */
export type TurnPlan = TurnOf & {
  readonly subject: { readonly conversation: Uuid } | null
  readonly calls: readonly {
    readonly id: Uuid
    readonly bot: RunnableBot
    readonly history: readonly HistoryMessage[]
  }[]
  /** What the payer was shown. Another digest, or more than this, and nothing starts. */
  readonly expected?: { readonly digest: string; readonly atMost: bigint }
  /** Writes the starter's own rows. Runs in the transaction of the turn's rows; is rolled back if nothing is held. */
  record?(trx: Transaction): Promise<void>
}

/** What its starter reads of a turn, and then says. */
export type Asked = Omit<TurnPlan, keyof TurnOf>

export type Started = {
  readonly turn: Uuid
  /** `already`: this id was started before, by a first click, and nothing was done now. */
  readonly state: 'started' | 'already'
  readonly quote: Quote
}

/** What is left of a call for good. */
export type EndedCall = {
  readonly id: Uuid
  readonly bot: Uuid
  readonly ending: Ending
  /** What to tell the reader below the text; null where there is nothing to say. */
  readonly words: string | null
  readonly text: string
  readonly parts: readonly { readonly kind: string; readonly data: Json }[]
  readonly suggestions: readonly string[]
}

/** A turn that has just ended. Its calls stand in the order of its plan. */
export type EndedTurn = {
  readonly turn: Uuid
  readonly payer: Uuid
  readonly conversation: Uuid | null
  readonly ending: Ending
  readonly calls: readonly EndedCall[]
}

/**
 * Copies what it keeps of turns that end, in the transaction that ends them: text, ending and charge are one fact. Several
 * turns that end together come together. Asked again for a turn after a failure, it was rolled back before.
 */
export type Keeper = (trx: Transaction, ended: readonly EndedTurn[]) => Promise<void>
