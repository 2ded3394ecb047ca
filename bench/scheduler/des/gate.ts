import type { Call } from '../load.ts'

export type Shown = {
  readonly position: number
  readonly fromMs: number
  readonly likelyMs: number
  readonly untilMs: number
}

/** Where a call is to start now. */
export type Start = { readonly call: Call; readonly engine: number }

/**
 * Who decides, in the laboratory: the same questions for us and for the peers. Times are milliseconds of virtual time.
 */
export type Gate = {
  /** What is shown to whoever has come, or that it is turned away. */
  arrive(call: Call, now: number): Shown | 'refused'
  /** Asked until there is nobody. */
  next(now: number): Start | undefined
  first(call: Call, now: number): void
  token(call: Call, now: number): void
  done(call: Call, now: number): void
  /** The client has gone, whether it waited or was served. */
  leave(call: Call, now: number): void
  /** The engine that served it is dead. Whether the call waits again. */
  broke(call: Call, now: number): boolean
  /** Several times a second. */
  look(now: number): void
  /** L and φ of the first engine, for those who discover them. */
  readonly limit: number
}
