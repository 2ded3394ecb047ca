import type { Money } from '#kernel'

/** What a run asks of a model. `model` is the house's name, `provider/name`; backends get the part behind the slash. */
export type ModelRequest = {
  readonly model: string
  readonly messages: readonly {
    readonly role: 'system' | 'user' | 'assistant'
    readonly content: string
    readonly name?: string
  }[]
  readonly maxOutputTokens: number
  readonly temperature?: number
  /** A pseudonym, so that a provider can tell users apart and no more. */
  readonly user?: string
  readonly signal: AbortSignal
}

/**
 * `usage` is what the provider says and counts hidden reasoning as output; it may be missing, come once at most, and
 * is whole and not negative. Whether to believe it, the caller decides by what was delivered.
 */
export type ModelEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'usage'; readonly inputTokens: number; readonly outputTokens: number }
  | { readonly type: 'end'; readonly reason: 'stop' | 'length' | 'refused' }

/** What a million tokens cost the house, and which row of the cost list says so. */
export type ModelCost = {
  readonly version: number
  readonly inputPerMillion: Money<'USD'>
  readonly outputPerMillion: Money<'USD'>
}
