import type { RunnableBot } from '#bots'
import type { Refusal, Uuid } from '#kernel'
import type { Ending } from './contract.ts'
import type { Delivered } from './rules.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** What is asked before a turn, and before anything is held. */
export type Ask = {
  readonly payer: Uuid
  readonly calls: readonly { readonly id: Uuid; readonly bot: RunnableBot; readonly inputBytes: number }[]
}

/** What a turn costs, said before it starts. It is stored with the turn, so that settling needs nothing else. */
export type Quote = {
  /** `free`: nothing · `exact`: this, if it is a whole answer · `at_most`: what is delivered, and never more than this. */
  readonly kind: 'free' | 'exact' | 'at_most'
  /** Points. */
  readonly atMost: bigint
  /** Of the versions of every price, policy and cost behind it, and of the length asked: equal digests, equal quotes. */
  readonly digest: string
  readonly parts: { readonly creator: bigint; readonly model: bigint; readonly platform: bigint }
  /** `terms` are what settlement will go by, frozen. */
  readonly calls: readonly { readonly call: Uuid; readonly atMost: bigint; readonly terms: Json }[]
}

type MeterRefusal = Refusal<'insufficient_funds' | 'over_cap' | 'hold_expired'>

/** Follows one turn while it runs and keeps what is held ahead of what is said. */
export type Meter = {
  /** Asked before text is shown: `true` lets it out. `outputTokens` is estimated from the text so far. */
  cover(progress: {
    readonly call: Uuid
    readonly outputTokens: number
    readonly bytes: number
  }): true | Promise<true | MeterRefusal>
  /** Told when a call has ended: what it costs is known then, and the rest of what was held for it serves the others. */
  ended(call: Conclusion['calls'][number]): void
  /** Asked every few minutes while the turn waits or runs. */
  prolong(): Promise<true | MeterRefusal>
  /** Whether what is held is there, by the database as it is now. Asked where it may have fallen since the hold was answered. */
  stands(): Promise<boolean>
}

/** All that a turn's settlement may depend on. A row keeps it from the moment the turn ends. */
export type Conclusion = {
  readonly turn: Uuid
  readonly payer: Uuid
  readonly quote: Quote
  readonly calls: readonly {
    readonly call: Uuid
    readonly ending: Ending
    readonly delivered: Delivered
    /** The provider's own word, unchecked; null where it gave none. */
    readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | null
  }[]
}

export type Settlement = {
  readonly charged: bigint
  readonly journal: Uuid | null
  readonly calls: readonly { readonly call: Uuid; readonly charged: bigint }[]
}

/** Where a payer is asked for one turn. What is to be known of the payer is read once, from the opening on. */
export type Till = {
  quote(calls: Ask['calls']): Promise<Quote | Refusal<'no_price' | 'over_cap'>>
  /**
   * One journal under the turn's id: asked twice, it holds once. `key_reused`: what was held under this id is given back, or is
   * too little now. Runs while the turn's rows are written, and is answered before they are committed in the same database: it
   * is enough that what is held lasts once they do.
   */
  reserve(turn: {
    readonly id: Uuid
    readonly quote: Quote
    /** How long the turn may last before `prolong` is asked. */
    readonly waitMs: number
  }): Promise<Meter | Refusal<'insufficient_funds' | 'over_cap' | 'in_debt' | 'key_reused'>>
}

/** Who may supply: exactly one room. Without one every turn is free. */
export type Charge = {
  till(payer: Uuid): Till
  /**
   * Idempotent. Asked again, by any process, until it has answered. `unbegun`: there is no such turn, and its id may still begin
   * one; whatever is held goes back, and nothing else is noted.
   */
  settle(conclusion: Conclusion, turn?: 'unbegun'): Promise<Settlement>
}

/** Who may supply: exactly one room. Without one all turns are of the class `usual`. */
export type Priority = { classOf(ask: Ask & { readonly quote: Quote }): string }

/** All must pass, asked before anything is quoted or held: paywalls, limits, age. */
export type Admit = (ask: Ask) => Promise<true | Refusal<'not_admitted'>>

/** All must pass. `before` sees what is asked, `after` the whole text of an answer, which it may take back. */
export type Guard = {
  before?(turn: { readonly payer: Uuid; readonly texts: readonly string[] }): Promise<true | Refusal<'refused_before'>>
  after?(answer: {
    readonly call: Uuid
    readonly bot: Uuid
    readonly text: string
  }): Promise<true | Refusal<'refused_after'>>
}

/** Union by name. What a model may call during an answer; what it returns may be shown as a part. */
export type Tool = {
  readonly name: string
  readonly description: string
  /** JSON Schema. */
  readonly input: Json
  run(
    input: Json,
    signal: AbortSignal,
  ): Promise<{ readonly result: Json; readonly part?: { kind: string; data: Json } }>
}

/** At most one room, told once the answer is sealed: nothing of what stands beside an answer can enter a prompt. */
export type Beside = (ended: {
  readonly turn: Uuid
  readonly payer: Uuid
  readonly subject: Uuid | null
}) => Promise<void>

/** What one room brings to every turn. */
export type SlotSupply = {
  readonly room: string
  readonly charge?: Charge
  readonly priority?: Priority
  readonly admit?: Admit
  readonly guard?: Guard
  readonly tools?: readonly Tool[]
  readonly beside?: Beside
}

/** The slots as turns use them, every one filled. */
export type Slots = {
  readonly charge: Charge
  readonly priority: Priority
  readonly admits: readonly Admit[]
  readonly guards: readonly Guard[]
  readonly tools: readonly Tool[]
  readonly beside: Beside | undefined
}

/** How several suppliers meet. Two where one is allowed, or two tools of one name, are a fault at start. */
export function meet(supplies: readonly SlotSupply[]): Slots {
  const tools = supplies.flatMap((supply) => supply.tools ?? [])
  const twice = tools.find(({ name }, at) => tools.findIndex((other) => other.name === name) !== at)
  if (twice) throw new Error(`two tools are called ${twice.name}`)
  return {
    charge: single(supplies, 'charge')?.charge ?? freeOfCharge,
    priority: single(supplies, 'priority')?.priority ?? { classOf: () => 'usual' },
    admits: supplies.flatMap(({ admit }) => admit ?? []),
    guards: supplies.flatMap(({ guard }) => guard ?? []),
    tools,
    beside: single(supplies, 'beside')?.beside,
  }
}

function single(supplies: readonly SlotSupply[], slot: 'charge' | 'priority' | 'beside'): SlotSupply | undefined {
  const [first, second] = supplies.filter((supply) => supply[slot] !== undefined)
  if (first && second) throw new Error(`${first.room} and ${second.room} both supply ${slot}, which takes one`)
  return first
}

const uncounted: Meter = {
  cover: () => true,
  ended: () => undefined,
  prolong: async () => true,
  stands: async () => true,
}

/** Without a room that charges: every turn is free, and the ledger hears nothing of it. */
const freeOfCharge: Charge = {
  till: () => ({
    quote: async (calls) => ({
      kind: 'free',
      atMost: 0n,
      digest: 'free',
      parts: { creator: 0n, model: 0n, platform: 0n },
      calls: calls.map(({ id }) => ({ call: id, atMost: 0n, terms: null })),
    }),
    reserve: async () => uncounted,
  }),
  settle: async ({ calls }) => ({
    charged: 0n,
    journal: null,
    calls: calls.map(({ call }) => ({ call, charged: 0n })),
  }),
}
