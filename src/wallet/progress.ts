import { assert, refuse, type Clock, type Refusal, type Uuid } from '#kernel'
import type { Ledger } from '#ledger'
import type { Database, Log } from '#platform'
import type { CardPayment, CardPayments, PaymentRef } from './ports.ts'
import { mayFollow, unheardMs, type TopUpState } from './rules.ts'
import { openSales, type Sales } from './sales.ts'
import { markDebt } from './store.ts'
import { aloneFor, notePayment, notePosted, noteUnheard, topUpById, type TopUp } from './store-top-ups.ts'

export type ProgressDeps = {
  readonly db: Database
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Log
  /** Null: this install takes no cards. */
  readonly cards: CardPayments | null
}

type Unavailable = Refusal<'provider_unavailable'>

export type Progress = {
  readonly sales: Sales
  /** Notes and posts what the provider answers; a provider that does not answer is a refusal, never a loss. */
  hear(row: TopUp, ask: () => Promise<CardPayment | undefined>): Promise<TopUp | Unavailable>
  /** Notes and posts what a payment has come to. */
  apply(row: TopUp, payment: CardPayment): Promise<TopUp>
  /** Asks what has become of a payment. */
  look(row: TopUp): Promise<TopUp | Unavailable>
}

export const paymentOf = ({ id, reference, cents }: TopUp): PaymentRef => ({ key: id, reference, cents })

/** How a top-up goes on, whichever way its news came: first the row says so, then the ledger. */
export function openProgress({ db, ledger, clock, log, cards }: ProgressDeps): Progress {
  const sales = openSales(ledger)
  const inTurn = oneAtATime()

  const read = async (id: Uuid): Promise<TopUp> => {
    const row = await topUpById(db, id)
    assert(row, 'a top-up never goes away')
    return row
  }

  /** Posts all that the state says and the ledger does not have yet. */
  const post = ({ id, person }: TopUp): Promise<void> =>
    inTurn(() =>
      aloneFor(db, person, async () => {
        const row = await read(id)
        if (row.postedState === row.state || !isPosted(row.state)) return
        const repaid = await sales.postSale(row)
        if (row.state !== 'succeeded') await sales.postTakenBack(row)
        if (row.state === 'refunded' && !(await giveBack(row))) return
        await notePosted(db, id, row.state, repaid)
        await markDebt(db, person, (await sales.debt(person)) > 0n ? 'owes' : 'owes nothing')
      }),
    )

  /** Given back by us just now, or at the provider's own desk: refunding twice is refunding once. False: try later. */
  const giveBack = async (row: TopUp): Promise<boolean> => {
    try {
      await cards?.refund(paymentOf(row))
      return true
    } catch (err) {
      log.warn({ err, topUp: row.id }, 'the card provider did not take a refund yet')
      return false
    }
  }

  const apply = async (row: TopUp, payment: CardPayment): Promise<TopUp> => {
    // Other news may be noted since the row was read. States only go on, so there are as many tries as states at most.
    for (let standing = row; mayFollow(standing.state, payment.state); standing = await read(row.id))
      if (await notePayment(db, standing, payment)) break
    await post(row)
    return read(row.id)
  }

  const hear = async (row: TopUp, ask: () => Promise<CardPayment | undefined>): Promise<TopUp | Unavailable> => {
    let payment: CardPayment | undefined
    try {
      payment = await ask()
    } catch (err) {
      log.warn({ err, topUp: row.id }, 'the card provider did not answer')
      return refuse(
        'provider_unavailable',
        'The card provider does not answer. Look again in a moment: nothing is lost.',
      )
    }
    if (payment) return apply(row, payment)
    if (row.state === 'started' && clock.now().getTime() - row.startedAt.getTime() > unheardMs)
      await noteUnheard(db, row.id, 'The card provider never heard of it, so nothing was paid. Begin a new top-up.')
    await post(row)
    return read(row.id)
  }

  return { sales, hear, apply, look: (row) => hear(row, async () => cards?.look(paymentOf(row))) }
}

const isPosted = (state: TopUpState) => state === 'succeeded' || state === 'refunded' || state === 'disputed'

/** A queue of one: what waits for a lock holds a connection, and there are few of those. */
function oneAtATime(): <Answer>(work: () => Promise<Answer>) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }
}
