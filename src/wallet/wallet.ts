import { isRefusal, money, type Clock, type Uuid } from '#kernel'
import type { Account, Ledger } from '#ledger'
import { createGatherer, type Database } from '#platform'
import { openAllowances } from './allowances.ts'
import { walletChart } from './chart.ts'
import type { CapChange, Caps } from './contract.ts'
import { expireLotsOf } from './lots.ts'
import { singleFlight } from './once.ts'
import { dailyGrant, grantKey, nextMidnight, periodAt, type Period } from './rules.ts'
import { markGranted, personsOf, writeCaps } from './store.ts'

/** What a hold takes from, all in one journal. An allowance is there where the person has set that cap. */
export type Purse = {
  readonly points: Account
  readonly allowances: { readonly day?: Account; readonly month?: Account }
  /** In points; null is no cap. */
  readonly messageCap: bigint | null
  /** While true nothing may be spent. */
  readonly inDebt: boolean
}

export type WalletBalance = {
  readonly available: bigint
  readonly held: bigint
  readonly posted: bigint
  /** Of what is available, what expires at midnight UTC and what never does. Plan and gift points are neither. */
  readonly free: bigint
  readonly bought: bigint
  readonly debt: bigint
}

type CapsLeft = { readonly caps: Caps; readonly left: { readonly [P in Period]: bigint | null } }

export type Wallet = {
  /** Grants today's free points, opens today's and this month's allowances, and says what may be spent from. */
  accountsFor(user: Uuid): Promise<Purse>
  /** The account of points, opened if need be; grants nothing. */
  pointsOf(user: Uuid): Promise<Account>
  /** Reads; grants nothing. */
  balance(user: Uuid): Promise<WalletBalance>
  /** The caps and what they leave; puts right what a process that died left of an older setting. */
  caps(user: Uuid): Promise<CapsLeft>
  /** Sets the caps that are named; the others stay as they are. Answers that run are held to them too. */
  setCaps(user: Uuid, caps: CapChange): Promise<void>
}

export function openWallet(options: { readonly db: Database; readonly ledger: Ledger; readonly clock: Clock }): Wallet {
  const { db, ledger, clock } = options
  const once = singleFlight()
  const persons = createGatherer((asked: readonly Uuid[]) => personsOf(db, asked))
  const allowances = openAllowances({ ledger, capsOf: (user) => persons.add(user) })
  const pointsOf = (user: Uuid) => ledger.open({ kind: 'wallet.points', owner: { type: 'user', id: user } })

  const grant = async (user: Uuid, points: Account, now: Date) => {
    const day = periodAt(now, 'day')
    await expireLotsOf(ledger, points, now)
    const answer = await ledger.post(walletChart.templates['wallet.daily_points'], {
      key: grantKey(user, day.start),
      accounts: { issued: await ledger.open({ kind: 'points.issued', owner: 'system' }), wallet: points },
      amounts: { points: money('POINTS', dailyGrant) },
      lotExpiresAt: nextMidnight(now),
    })
    // The key stands for another amount where the grant was changed in the course of the day: it was given.
    if (!isRefusal(answer) || answer.refused === 'key_reused') await markGranted(db, user, day.name)
  }

  const debtOf = async (user: Uuid): Promise<bigint> => {
    const { posted } = await ledger.balance(
      await ledger.open({ kind: 'points.debt', owner: { type: 'user', id: user } }),
    )
    return posted < 0n ? -posted : 0n
  }

  return {
    pointsOf,
    accountsFor: async (user) => {
      const now = clock.now()
      const [points, row] = await Promise.all([pointsOf(user), persons.add(user)])
      if (row.grantedOn === null || row.grantedOn < periodAt(now, 'day').name)
        await once(grantKey(user, periodAt(now, 'day').start), () => grant(user, points, now))
      // The mark spares the question; it is written before a dispute is posted, so the ledger has the last word.
      const inDebt = row.inDebt && (await debtOf(user)) > 0n
      return { points, allowances: await allowances.of(user, row, now), messageCap: row.messageCap, inDebt }
    },
    balance: async (user) => {
      const account = await pointsOf(user)
      const [balance, lots, debt] = await Promise.all([ledger.balance(account), ledger.lots(account), debtOf(user)])
      const now = clock.now()
      const spendable = lots.filter(({ expiresAt }) => expiresAt > now)
      const sum = (some: typeof lots) => some.reduce((total, { remaining, held }) => total + remaining - held, 0n)
      const free = sum(spendable.filter(({ lotClass }) => lotClass === 'free'))
      const loose = balance.available - sum(spendable)
      return { ...balance, free, bought: loose > 0n ? loose : 0n, debt }
    },
    caps: async (user) => {
      const now = clock.now()
      const row = await persons.add(user)
      const { day, month } = await allowances.checked(user, row, now)
      const left = async (account?: Account) => (account ? (await ledger.balance(account)).available : null)
      return {
        caps: { message: row.messageCap, day: row.day?.points ?? null, month: row.month?.points ?? null },
        left: { day: await left(day), month: await left(month) },
      }
    },
    setCaps: async (user, caps) => {
      await writeCaps(db, user, caps)
      await allowances.checked(user, await persons.add(user), clock.now())
    },
  }
}
