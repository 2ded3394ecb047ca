import { derivedId, isRefusal, money, shareDown, type Refusal, type Uuid } from '#kernel'
import { openLedger, OutcomeUnknown, type Account, type Ledger, type LedgerLimits, type Posted } from '#ledger'
import type { Database } from '#platform'
import { flows, gifts, messages, shop, wallet } from '../flows.ts'

/** Few wallets and many deals, so that every process meets every other on the same accounts. */
const wallets = 12
export const dealsMax = 6000
const holdMs = 600_000
const day = new Date('2026-12-01T00:00:00Z')

export type Street = AsyncDisposable & {
  readonly db: Database
  readonly ledger: Ledger
  /** For what lasts with the next commit: a batch is answered early only if all of it may be. */
  readonly hasty: Ledger
  readonly wallets: readonly Account[]
  readonly system: Readonly<
    Record<'clearing' | 'deferred' | 'issued' | 'control' | 'consumed' | 'expense' | 'revenue', Account>
  >
  readonly refundable: Account
  readonly merchant: Account
  readonly creator: Account
}

/** What was answered early and is relied upon: rows that are committed after it, as a room's are that relies on a hold. */
export const reliance = 'create table public.relied (journal uuid not null)'

export async function openStreet(db: Database, limits: Partial<LedgerLimits> = {}): Promise<Street> {
  const [ledger, hasty] = [
    await openLedger({ db, charts: flows, limits }),
    await openLedger({ db, charts: flows, limits }),
  ]
  const system = (kind: string, unit?: 'USD') => ledger.open({ kind, owner: 'system', ...(unit ? { unit } : {}) })
  const people = await Promise.all(
    Array.from({ length: wallets }, (_, at) =>
      ledger.open({ kind: 'wallet.points', owner: { type: 'user', id: `u${at}` } }),
    ),
  )
  return {
    db,
    ledger,
    hasty,
    [Symbol.asyncDispose]: async () => void (await Promise.all([ledger.close(), hasty.close()])),
    wallets: people,
    system: {
      clearing: await system('cash.clearing', 'USD'),
      deferred: await system('deferred.points', 'USD'),
      issued: await system('points.issued'),
      control: await system('sale.control', 'USD'),
      consumed: await system('points.consumed'),
      expense: await system('creators.expense'),
      revenue: await system('revenue.commission', 'USD'),
    },
    refundable: await ledger.open({ kind: 'sale.refundable', unit: 'USD', owner: 'system', subject: 'all' }),
    merchant: await ledger.open({ kind: 'merchant.pending', unit: 'USD', owner: { type: 'organisation', id: 'm' } }),
    creator: await ledger.open({ kind: 'creator.pending', owner: { type: 'user', id: 'c' } }),
  }
}

/** One thing to ask of the ledger. What is asked is a function of deal, step and variant alone, whoever asks it. */
export type Ask = { readonly deal: number; readonly step: number; readonly variant: number }

export function keyOf({ deal, step }: Ask): Uuid {
  return derivedId(day, 'crash', String(deal), String(step))
}

export function stepsOf(deal: number): number {
  return deal % 5 >= 2 ? 2 : 1
}

/** Asks it. The variant makes the body another one under the same key. */
export function ask(street: Street, one: Ask): Promise<Posted | Refusal> {
  const { deal, variant } = one
  const amount = BigInt(1 + ((deal * 7) % 40) + variant)
  const points = money('POINTS', amount)
  const payer = street.wallets[deal % wallets] as Account
  const other = street.wallets[(deal + 1 + (deal % 5)) % wallets] as Account
  const key = keyOf(one)
  if (deal % 5 === 0) return topUp(street, { key, wallet: payer, amount })
  if (deal % 5 === 1) {
    const lotExpiresAt = new Date('2027-06-01T00:00:00Z')
    const accounts = { giver: payer, receiver: other }
    return street.ledger.post(gifts.templates['gift.given'], { key, accounts, amounts: { points }, lotExpiresAt })
  }
  return deal % 5 === 4 ? order(street, one, amount) : message(street, one, { payer, amount })
}

function topUp({ ledger, system, refundable }: Street, given: { key: Uuid; wallet: Account; amount: bigint }) {
  const { clearing, deferred, issued, control } = system
  return ledger.post(wallet.templates['wallet.topped_up'], {
    key: given.key,
    accounts: { clearing, deferred, issued, control, wallet: given.wallet, refundable },
    amounts: { paid: money('USD', given.amount * 10_000n), points: money('POINTS', given.amount * 3n) },
  })
}

/** A hold and its end: settled in part with the rest given back, or released. */
function message(street: Street, one: Ask, { payer, amount }: { payer: Account; amount: bigint }) {
  const { ledger, system, creator } = street
  const key = keyOf(one)
  const hold = keyOf({ ...one, step: 0 })
  const price = money('POINTS', amount)
  const accounts = { wallet: payer }
  if (one.step === 0) {
    const input = { key, holdMs, accounts, amounts: { price }, lasts: 'with_next_commit' } as const
    return relied(street, () => street.hasty.post(messages.templates['message.reserved'], input))
  }
  if (one.deal % 5 === 3)
    return ledger.post(messages.templates['message.released'], { key, hold, accounts, amounts: {} })
  const { part } = shareDown(price, { numerator: 2n, denominator: 3n })
  return ledger.post(messages.templates['message.settled'], {
    key,
    hold,
    accounts: { ...accounts, consumed: system.consumed, expense: system.expense, creators: [creator] },
    amounts: { points: part.minor > 0n ? part : price, earned: [money('USD', amount * 18n)] },
  })
}

/**
 * Posts what is answered before it is on disk, and then commits a row of one's own if the journal is there to rely on: what the
 * server forgot when it fell in between is posted again. Only what is relied on is acknowledged.
 */
async function relied(street: Street, post: () => Promise<Posted | Refusal>): Promise<Posted | Refusal> {
  for (;;) {
    const answer = await post()
    if (isRefusal(answer)) return answer
    const { rowCount } = await street.db.pool
      .query(
        `insert into public.relied (journal) select j.id from ledger.journal j
        join ledger.batch b on b.home = j.home and b.seq = j.batch where j.home = 1 and j.id = $1 and b.posted_at = $2`,
        [answer.journal, answer.postedAt],
      )
      .catch((fault: unknown) => {
        throw new OutcomeUnknown(answer.journal, fault)
      })
    if (rowCount === 1) return answer
  }
}

function order({ ledger, system, merchant }: Street, one: Ask, amount: bigint): Promise<Posted | Refusal> {
  const key = keyOf(one)
  if (one.step === 1) {
    const part = { numerator: 1n, denominator: BigInt(2 + one.variant) }
    return ledger.reverse({ key, journal: keyOf({ ...one, step: 0 }), room: 'shop', part })
  }
  return ledger.post(shop.templates['order.completed'], {
    key,
    accounts: { clearing: system.clearing, merchant, revenue: system.revenue },
    amounts: { net: money('USD', amount * 90_000n), commission: money('USD', amount * 10_000n) },
  })
}

/** An answer in a form that can be written down and compared. */
export function told(answer: Posted | Refusal): { answer: string; postedAt: string | null } {
  if (isRefusal(answer)) return { answer: answer.refused, postedAt: null }
  return { answer: 'posted', postedAt: answer.postedAt.toISOString() }
}
