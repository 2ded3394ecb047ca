import type { ServiceClass } from './classes.ts'
import type { Engine } from './engine.ts'
import type { WaitRange } from './foresight.ts'
import type { User } from './line.ts'

/** What the rules need to know of an ask. */
export type Sized = {
  readonly class: string
  readonly user: string
  readonly inputTokens: number
  readonly outputTokensMax?: number | undefined
  readonly conversation?: string | undefined
  readonly patienceMs?: number | undefined
}

/** An ask from its arrival to its end. Only the functions of these rules change it. */
export type Entry = {
  /** Rises with each arrival, so that it is the order of arrival too. */
  readonly id: number
  readonly ask: Sized
  readonly class: ServiceClass
  readonly user: User
  readonly arrivedAt: number
  /** Infinity for the patient. */
  readonly deadline: number
  phase: 'waiting' | 'running' | 'ended'
  tries: number
  /** Tries that ended by a backend's failure. */
  failures: number
  /** Where it failed, so that the next try goes elsewhere if there is an elsewhere. */
  failedOn: readonly Engine[]
  engine: Engine | undefined
  dispatchedAt: number
  firstAt: number | undefined
  lastTokenAt: number
  /** From here the time between tokens is measured. */
  mark: { readonly at: number; readonly generated: number }
  /** Output tokens so far. */
  generated: number
  /** Output tokens that `charged` pays for: those guessed, or more if more have come. */
  outputCharged: number
  /** Cost units that its class and its user have been charged. */
  charged: number
  /** Prompt tokens ahead of its first token when it was dispatched, its own included. */
  prefillAhead: number
  /** What it was told on arrival. */
  told: WaitRange
  /** The wait to its first token as it was reckoned at an instant, before experience corrected it. */
  foretold: { readonly at: number; readonly ms: number }
}
