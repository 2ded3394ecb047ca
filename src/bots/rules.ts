import type { Money, Uuid } from '#kernel'

/** All that a run needs to know of a bot, read at one instant: this version, at this price. */
export type RunnableBot = {
  readonly id: Uuid
  readonly handle: string
  readonly name: string
  /** Null: the house's own, which earns nobody anything. */
  readonly creator: Uuid | null
  readonly version: number
  readonly kind: 'prompt' | 'guide'
  /** As the room of models names it. Null for kinds that need none. */
  readonly model: string | null
  readonly systemPrompt: string
  readonly maxOutputTokens: number
  readonly temperature: number | null
  /** At most three decimals of a dollar, so that one message is a whole number of micro-dollars. */
  readonly price: { readonly version: number; readonly usdPerThousand: Money<'USD'> }
}
