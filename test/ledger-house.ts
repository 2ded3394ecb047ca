import assert from 'node:assert/strict'
import {
  isRefusal,
  money,
  settableClock,
  uuidv7,
  type Refusal,
  type SettableClock,
  type Unit,
  type Uuid,
} from '#kernel'
import { openLedger, type Account, type Chart, type Ledger, type Posted } from '#ledger'
import type { Database } from '#platform'
import { flows, messages, shop, subscriptions, wallet } from './market/flows.ts'
import { World } from './world.ts'

/** What the ledger's tests share: a ledger over a database of its own, and the flows' commonest journals. */

export const hour = 3_600_000
export const points = (minor: bigint) => money('POINTS', minor)
export const usd = (minor: bigint) => money('USD', minor)

export type House = AsyncDisposable & {
  readonly ledger: Ledger
  readonly clock: SettableClock
  readonly db: Database
  readonly url: string
  query<Row>(sql: string, values?: unknown[]): Promise<Row[]>
  /** The account of this kind; a user's where an id is given, else the house's own. */
  account(kind: string, of?: { unit?: Unit; user?: string; subject?: string; home?: number }): Promise<Account>
}

/** A house of its own. At the end its ledger must prove, unless the test is about one that does not. */
export async function openHouse(
  options: { charts?: readonly Chart[]; atEnd?: 'proves' | 'corrupted' } = {},
): Promise<House> {
  const database = await World.database()
  const clock = settableClock(new Date('2026-12-01T09:00:00Z'))
  const ledger = await openLedger({ db: database.db, charts: options.charts ?? flows, clock })
  return {
    ledger,
    clock,
    db: database.db,
    url: database.url,
    query: async <Row>(sql: string, values?: unknown[]) => (await database.db.pool.query(sql, values)).rows as Row[],
    account: (kind, { user, ...rest } = {}) =>
      ledger.open({ kind, owner: user === undefined ? 'system' : { type: 'user', id: user }, ...rest }),
    [Symbol.asyncDispose]: async () => {
      await using _ = database
      await ledger.close()
      if (options.atEnd !== 'corrupted') await assertProves(ledger)
    },
  }
}

export async function assertProves(ledger: Ledger): Promise<void> {
  const { claims } = await ledger.prove()
  assert.deepEqual(
    claims.filter((claim) => claim.breaches.length > 0),
    [],
  )
}

export function ok(answer: Posted | Refusal): Posted {
  assert.ok(!isRefusal(answer), `refused: ${JSON.stringify(answer)}`)
  return answer
}

export function refused(answer: unknown, code: string): void {
  assert.equal(isRefusal(answer) ? (answer as Refusal).refused : 'posted', code)
}

/** Everything that a refusal must leave alone: all rows of the tables that posting writes. */
export async function everything(db: Pick<Database, 'pool'>['pool'] | { query: Database['pool']['query'] }) {
  const tables = ['account', 'lot', 'hold', 'batch', 'journal', 'leg', 'reversed']
  const content: Record<string, string[]> = {}
  for (const table of tables) {
    const { rows } = await db.query<{ row: string }>(`select t::text as row from ledger.${table} t order by 1`)
    content[table] = rows.map(({ row }) => row)
  }
  return content
}

/** Runs what is to be refused, and holds that it wrote nothing at all. */
export async function writesNothing(house: House, work: () => Promise<void>): Promise<void> {
  const before = await everything(house.db.pool)
  await work()
  assert.deepEqual(await everything(house.db.pool), before)
}

/** A wallet with so many bought points, which no lot covers. */
export async function fund(house: House, user: string, amount: bigint, home = 1): Promise<Account> {
  const account = await house.account('wallet.points', { user, home })
  const cash = { unit: 'USD', home } as const
  ok(
    await house.ledger.post(wallet.templates['wallet.topped_up'], {
      key: uuidv7(),
      accounts: {
        clearing: await house.account('cash.clearing', cash),
        deferred: await house.account('deferred.points', cash),
        issued: await house.account('points.issued', { home }),
        wallet: account,
        control: await house.account('sale.control', cash),
        refundable: await house.account('sale.refundable', { ...cash, user, subject: uuidv7() }),
      },
      amounts: { paid: usd(amount * 1000n), points: points(amount) },
    }),
  )
  return account
}

/** Free points for the day, as a lot. */
export async function grantFree(house: House, account: Account, amount: bigint, lotExpiresAt: Date): Promise<bigint> {
  const issued = await house.account('points.issued')
  const amounts = { points: points(amount) }
  const template = wallet.templates['wallet.daily_points']
  const key = uuidv7()
  ok(await house.ledger.post(template, { key, accounts: { issued, wallet: account }, amounts, lotExpiresAt }))
  const [row] = await house.query<{ lot: bigint }>('select cr_lot as lot from ledger.leg where journal = $1', [key])
  return row?.lot ?? 0n
}

/** A plan's month of points, as a lot. */
export async function grantPlan(house: House, account: Account, amount: bigint, lotExpiresAt: Date): Promise<void> {
  ok(
    await house.ledger.post(subscriptions.templates['subscription.month_paid'], {
      key: uuidv7(),
      accounts: {
        clearing: await house.account('cash.clearing', { unit: 'USD' }),
        deferred: await house.account('deferred.plans', { unit: 'USD' }),
        issued: await house.account('points.issued'),
        wallet: account,
      },
      amounts: { paid: usd(9_990_000n), points: points(amount) },
      lotExpiresAt,
    }),
  )
}

export function reserve(
  { ledger }: House,
  account: Account,
  amount: bigint,
  { key = uuidv7(), holdMs = hour }: { key?: Uuid; holdMs?: number } = {},
) {
  const template = messages.templates['message.reserved']
  return ledger.post(template, { key, accounts: { wallet: account }, amounts: { price: points(amount) }, holdMs })
}

/** Pays out of a hold and gives the rest of it back. */
export async function settle(house: House, account: Account, hold: Uuid, amount: bigint) {
  const consumed = await house.account('points.consumed')
  return house.ledger.post(messages.templates['message.settled'], {
    key: uuidv7(),
    hold,
    accounts: { wallet: account, consumed },
    amounts: { points: points(amount) },
  })
}

/** Pays out of a hold, which stays open for the rest; the creator earns a thousandth of a dollar for each point. */
export async function settleInPart(house: House, account: Account, hold: Uuid, amount: bigint) {
  return house.ledger.post(messages.templates['message.settled_in_part'], {
    key: uuidv7(),
    hold,
    accounts: {
      wallet: account,
      consumed: await house.account('points.consumed'),
      expense: await house.account('creators.expense'),
      creator: await house.account('creator.pending', { user: 'grace' }),
    },
    amounts: { points: points(amount), earned: usd(amount * 1000n) },
  })
}

/** An order of 108 millionths of a dollar: 100 for the merchant, 7 for the house, 1 for who brought the buyer. */
export async function order(house: House, options: { key?: Uuid; effectiveAt?: Date } = {}) {
  const accounts = {
    clearing: await house.account('cash.clearing', { unit: 'USD' }),
    merchant: await house.account('merchant.pending', { unit: 'USD', user: 'mary' }),
    revenue: await house.account('revenue.commission', { unit: 'USD' }),
    affiliate: await house.account('affiliate.pending', { unit: 'USD', user: 'alan' }),
  }
  const key = options.key ?? uuidv7()
  const answer = await house.ledger.post(shop.templates['order.completed'], {
    ...options,
    key,
    accounts,
    amounts: { net: usd(100n), commission: usd(7n), share: usd(1n) },
    facts: { order: 'o-1', lines: [1, 2] },
  })
  return { key, accounts, answer }
}
