import type { ModelEvent, ModelRequest } from './rules.ts'

/** Where a backend is reached. `key` is the secret as the provider gave it; absent for engines that ask for none. */
export type ModelAddress = { readonly baseUrl: string; readonly key?: string }

/** Why a provider did not answer, as a closed list; rules.ts turns it into words for the reader. */
export type FailureKind =
  | 'key'
  | 'quota'
  | 'rate'
  | 'unavailable'
  | 'unknown_model'
  | 'too_long'
  | 'garbage'
  | 'timeout'
  | 'refused'

/**
 * What a backend knows of a failure. `detail` is for the operator and the log, never for readers. It comes whole, with whatever
 * the provider repeats: this room takes the key out before it cuts, since half a key would not be found.
 */
export type BackendFailure = {
  readonly type: 'failed'
  readonly kind: FailureKind
  readonly detail: string
  readonly retryAfterMs?: number
}

/** The last event is `end` or `failed`, and nothing follows it. Failures are values: only a bug is thrown. */
export type BackendEvent = ModelEvent | BackendFailure

/** One way to reach models. Adapters implement it: any OpenAI-compatible endpoint, and in demos the sandbox. */
export type ModelBackend = {
  /** When `request.signal` fires, ends the connection and returns; what comes after is of no interest. */
  stream(address: ModelAddress, request: ModelRequest): AsyncIterable<BackendEvent>
  /** The names the provider offers, as it writes them. */
  list(address: ModelAddress, signal: AbortSignal): Promise<readonly string[] | BackendFailure>
}
