import type { FailureKind } from './ports.ts'

/** A provider did not answer, or broke off. `words` are for the reader and say what to do; `message` is for the log. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure'
  readonly kind: FailureKind
  readonly words: string
  readonly retryAfterMs: number | undefined

  constructor(failure: {
    readonly kind: FailureKind
    readonly words: string
    readonly detail: string
    readonly retryAfterMs?: number | undefined
  }) {
    super(failure.detail)
    this.kind = failure.kind
    this.words = failure.words
    this.retryAfterMs = failure.retryAfterMs
  }
}
