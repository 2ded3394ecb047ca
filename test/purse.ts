import { openSandboxCards, type SandboxCards } from '#adapters/sandbox'
import { isRefusal, money, settableClock, uuidv7, type SettableClock, type Uuid } from '#kernel'
import { openLedger, type Ledger } from '#ledger'
import { createLog, type Database, type Log } from '#platform'
import { openWallet, type Wallet } from '#wallet'
import { flows, messages, wallet } from './market/flows.ts'
import { World } from './world.ts'

export type MoneyHouse = AsyncDisposable & {
  readonly db: Database
  readonly clock: SettableClock
  readonly ledger: Ledger
  readonly wallet: Wallet
  readonly cards: SandboxCards
  readonly log: Log
  /** A person of whom nobody has heard yet. */
  someone(): Uuid
}

/** When the sandbox's bank disputes what its disputed card has paid. */
export { disputedAfterMs } from '../src/adapters/sandbox/cards.ts'

export const noon = new Date('2026-11-24T12:00:00Z')

/** What the tests of rooms with money share: a ledger with every chart, a wallet and sandbox cards, at a settable noon. */
export async function openMoneyHouse(): Promise<MoneyHouse> {
  const database = await World.database()
  const clock = settableClock(noon)
  const { db } = database
  const ledger = await openLedger({ db, charts: flows, clock })
  const purses = openWallet({ db, ledger, clock })
  const cards = openSandboxCards({ clock, key: Buffer.alloc(32, 7) })
  const log = createLog({ level: 'silent' })
  return {
    db,
    clock,
    ledger,
    wallet: purses,
    cards,
    log,
    someone: () => uuidv7(),
    [Symbol.asyncDispose]: async () => {
      await ledger.close()
      await database[Symbol.asyncDispose]()
    },
  }
}

/** Holds: prices as a message would, from all accounts that the purse names. */
export async function reserve(house: MoneyHouse, person: Uuid, price: bigint, key: Uuid = uuidv7()) {
  const { points, allowances } = await house.wallet.accountsFor(person)
  const answer = await house.ledger.post(messages.templates['message.reserved'], {
    key,
    accounts: { wallet: points, ...allowances },
    amounts: { price: money('POINTS', price) },
    holdMs: 600_000,
  })
  return { key, answer, points, allowances }
}

/** Settles what was reserved, as a message without a creator would. */
export async function settle(house: MoneyHouse, held: Awaited<ReturnType<typeof reserve>>, points: bigint) {
  const { ledger } = house
  const answer = await ledger.post(messages.templates['message.settled'], {
    key: uuidv7(),
    hold: held.key,
    accounts: {
      wallet: held.points,
      ...held.allowances,
      consumed: await ledger.open({ kind: 'points.consumed', owner: 'system' }),
      control: await ledger.open({ kind: 'wallet.allowance_control', owner: 'system' }),
    },
    amounts: { points: money('POINTS', points) },
  })
  if (isRefusal(answer)) throw new Error(answer.detail)
}

/** Points that were bought, without a provider. */
export async function buy(house: MoneyHouse, person: Uuid, points: bigint): Promise<void> {
  const answer = await house.ledger.post(wallet.templates['wallet.topped_up'], {
    key: uuidv7(),
    accounts: await saleOf(house, person),
    amounts: { paid: money('USD', points * 30n), points: money('POINTS', points) },
  })
  if (isRefusal(answer)) throw new Error(answer.detail)
}

/** A bank takes back what was bought, and all of it is owed. */
export async function takeBack(house: MoneyHouse, person: Uuid, points: bigint): Promise<void> {
  const debt = await house.ledger.open({ kind: 'points.debt', owner: { type: 'user', id: person } })
  const fees = await house.ledger.open({ kind: 'cash.fees', unit: 'USD', owner: 'system' })
  await house.db.pool.query('insert into wallet.person (person, in_debt) values ($1, true)', [person])
  const answer = await house.ledger.post(wallet.templates['wallet.charged_back'], {
    key: uuidv7(),
    accounts: { ...(await saleOf(house, person)), debt, fees },
    amounts: { paid: money('USD', points * 30n), owed: money('POINTS', points) },
  })
  if (isRefusal(answer)) throw new Error(answer.detail)
}

async function saleOf({ ledger, wallet: wallets }: MoneyHouse, person: Uuid) {
  const usd = { unit: 'USD', owner: 'system' } as const
  return {
    clearing: await ledger.open({ kind: 'cash.clearing', ...usd }),
    deferred: await ledger.open({ kind: 'deferred.points', ...usd }),
    issued: await ledger.open({ kind: 'points.issued', owner: 'system' }),
    wallet: await wallets.pointsOf(person),
    control: await ledger.open({ kind: 'sale.control', ...usd }),
    refundable: await ledger.open({ kind: 'sale.refundable', subject: person, ...usd }),
  }
}
