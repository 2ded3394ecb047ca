import type { Refusal } from '#kernel'
import type { WaitRange } from './rules/foresight.ts'

/** What a caller asks for: one stream on one backend of the pool. Nothing of its words is needed, only its size. */
export type Ask = {
  /** One of the pool's classes, by name. */
  readonly class: string
  /** Within a class the user who was served least goes first. */
  readonly user: string
  readonly inputTokens: number
  /** Bounds the guess of how much will be generated. */
  readonly outputTokensMax?: number
  /** Asks of one conversation go to one backend while it has room: its prefix cache knows them. */
  readonly conversation?: string
  /** Longest wait worth offering. Beyond it the ask is refused at once, with the wait that was to be expected. */
  readonly patienceMs?: number
  /** Aborting it is the same as `cancel()`. */
  readonly signal?: AbortSignal
}

export type Standing = {
  /** How many asks of the same class go first as things are; 0 is next or already granted. */
  readonly position: number
  readonly estimate: WaitRange
  /** Why the wait has grown by more than a fifth since it was last told. */
  readonly because?: 'backend_lost' | 'others_first' | 'slower'
}

/** Why there will be no ticket. `estimate` is the honest wait at that moment. */
export type AskRefusal = Refusal<'too_busy' | 'queue_full' | 'no_backend' | 'closing'> & {
  readonly estimate: WaitRange
}

/** Why a ticket ended without a grant. */
export type WaitRefusal = Refusal<'cancelled' | 'waited_too_long' | 'closing'>

/** Why there is no further grant: it had spoken, had too many tries, the ask itself was bad, or it was done before. */
export type RetryRefusal = WaitRefusal | Refusal<'broken_off' | 'tried_enough' | 'rejected' | 'done'>

export type Ticket = {
  readonly id: string
  standing(): Standing
  /** Settles once: a grant, or why there will be none. Never rejects. */
  readonly granted: Promise<Grant | WaitRefusal>
  /** The client has gone. Waiting: leaves the queue. Running: `grant.signal` aborts now and the slot is free. */
  cancel(): void
}

/**
 * `busy`: the backend said 429, 503 or 498. `unreachable`: no connection, a reset, a 5xx. `hung`: no token for too long.
 * `rejected`: the backend answered that this request is wrong, which is not the backend's failure and is not tried again.
 */
export type Failure =
  | { readonly kind: 'busy'; readonly retryAfterMs?: number }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'hung' }
  | { readonly kind: 'rejected' }

export type Usage = {
  readonly inputTokens: number
  /** Input that a prefix cache supplied: it is charged nothing. */
  readonly cachedTokens?: number
  readonly outputTokens: number
}

/**
 * Leave to stream from one backend. Exactly one of `done`, `failed` or `ticket.cancel()` ends it; what comes afterwards is
 * ignored. A grant that nobody ends is ended by the hang watch, so a slot cannot leak.
 */
export type Grant = {
  readonly backend: string
  /** 1 for the first try. */
  readonly attempt: number
  /** Rises with each leader; a backend's side may refuse an older one. */
  readonly epoch: number
  /** Give it to the upstream request. Aborts on cancel, hang (`reason` is the Failure) and close. */
  readonly signal: AbortSignal
  /** The first token of any kind, reasoning included. */
  firstToken(): void
  /** Tokens that have come since the last call, the first one included. */
  tokens(count: number): void
  done(usage?: Usage): void
  /** Before the first token the ask returns to the head of its queue and another backend is preferred. */
  failed(failure: Failure): Promise<Grant | RetryRefusal>
}
