import { createHmac, timingSafeEqual } from 'node:crypto'
import { refuse, type Clock } from '#kernel'
import type { CardEvent, CardPayment, CardPayments, PaymentRef } from '#wallet'

type Conduct = 'succeeds' | 'declined' | 'no_funds' | 'asks' | 'disputed' | 'silent'

/** Cards as Stripe numbers its test cards. There is no money behind them, and no other number is taken. */
const cards: Readonly<Record<string, { readonly conduct: Conduct; readonly words: string }>> = {
  '4242424242424242': { conduct: 'succeeds', words: 'Succeeds' },
  '4000002500003155': { conduct: 'asks', words: 'Asks for a second step first' },
  '4000000000000002': { conduct: 'declined', words: 'Is declined' },
  '4000000000009995': { conduct: 'no_funds', words: 'Has not enough on it' },
  '4000000000000259': { conduct: 'disputed', words: 'Succeeds, and is disputed after ten minutes' },
  '4000000000000341': { conduct: 'silent', words: 'The provider does not answer' },
}

export const disputedAfterMs = 600_000
/** As such providers usually take: 2.9 % and 30 cents; $15 for a dispute. */
const feeOf = (cents: bigint) => cents * 290n + 300_000n
const disputeFeeMicroUsd = 15_000_000n
const signatureName = 'sandbox-signature'

export type SandboxCards = CardPayments & {
  /** The header that a webhook of this sandbox bears. */
  sign(raw: string): Readonly<Record<string, string>>
}

/**
 * Payments without money, for demos. It keeps nothing: what a payment will come to is written in its reference, so that it
 * says the same after a restart. Refused by a live install.
 */
export function openSandboxCards({ clock, key }: { readonly clock: Clock; readonly key: Buffer }): SandboxCards {
  const signature = (raw: string) => createHmac('sha256', key).update(raw).digest('hex')
  return {
    provider: 'sandbox',
    sandbox: true,
    samples: Object.entries(cards).map(([number, { words }]) => ({
      card: number.replace(/(.{4})(?=.)/g, '$1 '),
      words,
    })),
    create: async (order) => {
      const number = order.card.replaceAll(/[\s-]/g, '')
      const conduct = cards[number]?.conduct
      if (conduct === 'silent') throw new Error('the sandbox was told not to answer')
      const reference = `sandbox:${conduct ?? 'unknown'}:${number.slice(-4)}:${clock.now().getTime()}`
      return paymentBy({ key: order.key, reference, cents: order.cents }, clock.now())
    },
    look: async (payment) => (payment.reference === null ? undefined : paymentBy(payment, clock.now())),
    answer: async (payment, answer) => {
      const known = paymentBy(payment, clock.now())
      if (known.state !== 'asks') return known
      const { ask: _, ...rest } = known
      if (answer === 'approve') return { ...rest, state: 'succeeded', feeMicroUsd: feeOf(payment.cents) }
      return { ...rest, state: 'failed', failure: 'You declined the second step. Nothing was paid.' }
    },
    refund: async () => undefined,
    parseWebhook: (raw, headers) => {
      const given = Buffer.from(headers.get(signatureName) ?? '', 'hex')
      const expected = Buffer.from(signature(raw), 'hex')
      if (given.length !== expected.length || !timingSafeEqual(given, expected))
        return refuse('bad_signature', 'The signature of this event is not the sandbox’s.')
      return eventOf(raw, clock.now())
    },
    sign: (raw) => ({ [signatureName]: signature(raw) }),
  }
}

/** What a payment has come to by now, read from its reference. */
function paymentBy({ key, reference, cents }: PaymentRef, now: Date): CardPayment {
  const [, conduct = 'unknown', last4 = '', madeAt = '0'] = (reference ?? '').split(':')
  const payment = { key, reference: reference ?? '', method: `Sandbox card ending in ${last4}, no real money` }
  const paid = { ...payment, state: 'succeeded', feeMicroUsd: feeOf(cents) } as const
  const failed = (failure: string) => ({ ...payment, state: 'failed', failure }) as const
  if (conduct === 'succeeds') return paid
  if (conduct === 'asks')
    return { ...payment, state: 'asks', ask: { words: 'The sandbox bank asks: is this payment yours?', open: null } }
  if (conduct === 'declined') return failed('The bank declined this card. Try another one.')
  if (conduct === 'no_funds') return failed('There is not enough on this card. Try a smaller amount or another card.')
  if (conduct !== 'disputed') return failed('The sandbox knows its own cards only. Choose one of those shown.')
  const isDisputed = now.getTime() - Number(madeAt) >= disputedAfterMs
  return isDisputed ? { ...paid, state: 'disputed', disputeFeeMicroUsd } : paid
}

/** `{ id, key, reference, cents, state? }`: an event may say a state that the reference alone would not come to. */
function eventOf(raw: string, now: Date): CardEvent | undefined {
  const told = JSON.parse(raw) as { id?: string; key?: string; reference?: string; cents?: string; state?: string }
  if (!told.id || !told.key || !told.reference || !told.cents) return undefined
  const payment = paymentBy({ key: told.key, reference: told.reference, cents: BigInt(told.cents) }, now)
  if (told.state === 'refunded') return { id: told.id, payment: { ...payment, state: 'refunded' } }
  if (told.state === 'disputed') return { id: told.id, payment: { ...payment, state: 'disputed', disputeFeeMicroUsd } }
  return { id: told.id, payment }
}
