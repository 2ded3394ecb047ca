import { isRefusal, isUuid, refuse, type Refusal, type Uuid } from '#kernel'
import { pointsFor, topUpCents } from './contract.ts'
import type { CardPayments } from './ports.ts'
import { openProgress, paymentOf, type ProgressDeps } from './progress.ts'
import { topUpsPerHourMax } from './rules.ts'
import { beginTopUp, topUpById, topUpsToLookAt, type TopUp } from './store-top-ups.ts'

type TopUpOrder = { readonly id: Uuid; readonly cents: bigint; readonly card: string }
type StartRefusal = 'out_of_range' | 'key_reused' | 'provider_unavailable' | 'too_many'
type RefundRefusal = 'not_refundable' | 'points_spent' | 'provider_unavailable'

export type TopUps = {
  readonly cards: CardPayments | null
  start(person: Uuid, order: TopUpOrder): Promise<TopUp | Refusal<StartRefusal>>
  /** The person's answer where the bank asks in our page, else a look at what has become of it. */
  answer(topUp: TopUp, answer: 'approve' | 'decline' | 'look'): Promise<TopUp | Refusal<'provider_unavailable'>>
  /** Gives back a whole top-up whose points are still there. */
  refund(topUp: TopUp): Promise<TopUp | Refusal<RefundRefusal>>
  find(id: Uuid): Promise<TopUp | undefined>
  /** What a webhook says. False: the signature is wrong. */
  hear(raw: string, headers: Headers): Promise<boolean>
  /** Asks the provider about what is open and posts what is not posted. Answers how many it looked at. */
  reconcile(): Promise<number>
}

const lookedAtMax = 200

export function openTopUps(deps: ProgressDeps): TopUps {
  const { db, clock, log, cards } = deps
  const progress = openProgress(deps)

  const start = async (person: Uuid, { id, cents, card }: TopUpOrder): Promise<TopUp | Refusal<StartRefusal>> => {
    if (!cards) return refuse('provider_unavailable', 'This house takes no cards yet. Ask its operator for points.')
    if (cents < topUpCents.min || cents > topUpCents.max)
      return refuse('out_of_range', 'A top-up is between $0.50 and $5,000.00.')
    const now = clock.now()
    const intent = { id, person, provider: cards.provider, cents, points: pointsFor(cents), startedAt: now }
    const hour = { since: new Date(now.getTime() - 3_600_000), max: topUpsPerHourMax }
    const row = await beginTopUp(db, intent, hour)
    if (row === 'too_many')
      return refuse('too_many', `That is ${topUpsPerHourMax} top-ups within an hour. Try again in a while.`)
    if (row.person !== person || row.cents !== cents)
      return refuse('key_reused', 'This id already stands for another top-up. Begin a new one.')
    return row.state === 'started' ? progress.hear(row, () => cards.create({ key: id, cents, card })) : row
  }

  const refund = async (row: TopUp): Promise<TopUp | Refusal<RefundRefusal>> => {
    if (row.state !== 'succeeded' || row.postedState !== 'succeeded')
      return refuse('not_refundable', 'Only a top-up that succeeded and was not given back can be refunded.')
    if ((await progress.sales.loose(row.person)) < row.points)
      return refuse('points_spent', 'Some of its points are spent. A top-up is refunded whole or not at all.')
    const given = { ...paymentOf(row), reference: row.reference ?? '', method: row.method, state: 'refunded' } as const
    return progress.hear(row, async () => given)
  }

  return {
    cards,
    start,
    refund,
    find: (id) => topUpById(db, id),
    answer: (row, answer) => {
      const reply = cards?.answer
      if (row.state !== 'asks' || answer === 'look' || !reply) return progress.look(row)
      return progress.hear(row, () => reply(paymentOf(row), answer))
    },
    hear: async (raw, headers) => {
      const event = cards?.parseWebhook(raw, headers)
      if (event === undefined) return true
      if (isRefusal(event)) return false
      const row = isUuid(event.payment.key) ? await topUpById(db, event.payment.key) : undefined
      if (row) await progress.apply(row, event.payment)
      else log.warn({ event: event.id }, 'a card event names a top-up that is none of ours')
      return true
    },
    reconcile: async () => {
      const rows = await topUpsToLookAt(db, clock.now(), lookedAtMax)
      for (const row of rows) {
        await progress.look(row).catch((err: unknown) => log.error({ err, topUp: row.id }, 'a top-up does not go on'))
      }
      return rows.length
    },
  }
}
