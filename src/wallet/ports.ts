import type { Refusal } from '#kernel'

/** What bots are called today, by their handles; unknown ones are missing. */
export type BotNames = (handles: readonly string[]) => Promise<ReadonlyMap<string, { readonly name: string }>>

/**
 * Payments by card, shaped for Stripe's PaymentIntents. A card's number never reaches us from a real provider: `card` is
 * what its own form made of it. Every call may be repeated under its key and then answers the same.
 */
export type CardPayments = {
  readonly provider: string
  /** True for play money; a live install refuses such a provider at start. */
  readonly sandbox: boolean
  /** Cards to try, where the provider is a sandbox. */
  readonly samples: readonly { readonly card: string; readonly words: string }[]
  /** Throws when the provider cannot be reached or does not answer; what became of it is then asked by `look`. */
  create(order: CardOrder): Promise<CardPayment>
  /** What has become of a payment, whether or not `create` ever answered. Undefined: the provider never heard of it. */
  look(payment: PaymentRef): Promise<CardPayment | undefined>
  /** The person's answer to a question that is asked in our page. Absent where the bank asks in its own. */
  readonly answer?: (payment: PaymentRef, answer: 'approve' | 'decline') => Promise<CardPayment>
  /** Gives all of it back; a payment that was given back before stays so. */
  refund(payment: PaymentRef): Promise<void>
  /** Reads and verifies what the provider sends by itself. Undefined: an event that is none of ours. */
  parseWebhook(raw: string, headers: Headers): CardEvent | undefined | Refusal<'bad_signature'>
}

/** `key` is our top-up's id: the idempotency key of the payment and its name in all that follows. */
export type CardOrder = { readonly key: string; readonly cents: bigint; readonly card: string }

/** A payment as we know it: by our key, and by the provider's name for it once it has told us one. */
export type PaymentRef = { readonly key: string; readonly reference: string | null; readonly cents: bigint }

export type CardPayment = {
  readonly key: string
  /** The provider's own name of the payment. */
  readonly reference: string
  /** The card in words, without its number. */
  readonly method: string
  readonly state: 'asks' | 'succeeded' | 'failed' | 'refunded' | 'disputed'
  readonly ask?: { readonly words: string; readonly open: string | null }
  /** In words for the buyer. */
  readonly failure?: string
  /** What the provider keeps of it, in micro-dollars. */
  readonly feeMicroUsd?: bigint
  readonly disputeFeeMicroUsd?: bigint
}

/** The news of a webhook is the payment as it stands now. Events may come twice, late, and in any order. */
export type CardEvent = { readonly id: string; readonly payment: CardPayment }
