import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal, money, settableClock, uuidv7, type Refusal, type SettableClock } from '#kernel'
import { openLedger, type Account, type Ledger, type Posted } from '#ledger'
import { flows, gifts, messages, payouts, shop, wallet } from '../../test/market/flows.ts'
import { World } from '../../test/world.ts'

const points = (minor: bigint) => money('POINTS', minor)
const usd = (minor: bigint) => money('USD', minor)
const hour = 3_600_000

type House = AsyncDisposable & { ledger: Ledger; clock: SettableClock; query: <Row>(sql: string) => Promise<Row[]> }

async function openHouse(): Promise<House> {
  const database = await World.database()
  const clock = settableClock(new Date('2026-12-01T09:00:00Z'))
  const ledger = await openLedger({ db: database.db, charts: flows, clock })
  return {
    ledger,
    clock,
    query: async <Row>(sql: string) => (await database.db.pool.query(sql)).rows as Row[],
    [Symbol.asyncDispose]: async () => {
      await ledger.close()
      const proof = await ledger.prove()
      assert.deepEqual(
        proof.claims.filter((claim) => claim.breaches.length > 0),
        [],
      )
      await database[Symbol.asyncDispose]()
    },
  }
}

const system = (ledger: Ledger, kind: string, unit?: 'USD' | 'CNY') =>
  ledger.open({ kind, owner: 'system', ...(unit ? { unit } : {}) })
const walletOf = (ledger: Ledger, id: string) => ledger.open({ kind: 'wallet.points', owner: { type: 'user', id } })

/** A wallet with so many loose points, given as gifts from the house's own issue. */
async function fund(ledger: Ledger, id: string, amount: bigint): Promise<Account> {
  const account = await walletOf(ledger, id)
  const user = { type: 'user', id } as const
  ok(
    await ledger.post(wallet.templates['wallet.topped_up'], {
      key: uuidv7(),
      accounts: {
        clearing: await system(ledger, 'cash.clearing', 'USD'),
        deferred: await system(ledger, 'deferred.points', 'USD'),
        issued: await system(ledger, 'points.issued'),
        wallet: account,
        control: await system(ledger, 'sale.control', 'USD'),
        refundable: await ledger.open({ kind: 'sale.refundable', unit: 'USD', owner: user, subject: uuidv7() }),
      },
      amounts: { paid: usd(amount * 1000n), points: points(amount) },
    }),
  )
  return account
}

async function grantLot(ledger: Ledger, account: Account, amount: bigint, lotExpiresAt: Date): Promise<void> {
  const issued = await system(ledger, 'points.issued')
  ok(
    await ledger.post(wallet.templates['wallet.daily_points'], {
      key: uuidv7(),
      accounts: { issued, wallet: account },
      amounts: { points: points(amount) },
      lotExpiresAt,
    }),
  )
}

function ok(answer: Posted | Refusal): Posted {
  assert.ok(!isRefusal(answer), `refused: ${JSON.stringify(answer)}`)
  return answer
}

function refused(answer: Posted | Refusal, code: string): void {
  assert.equal(isRefusal(answer) ? answer.refused : 'posted', code)
}

async function reserve(ledger: Ledger, account: Account, amount: bigint, holdMs = hour, key = uuidv7()) {
  return ledger.post(messages.templates['message.reserved'], {
    key,
    accounts: { wallet: account },
    amounts: { price: points(amount) },
    holdMs,
  })
}

async function settleAll(ledger: Ledger, account: Account, hold: ReturnType<typeof uuidv7>, amount: bigint) {
  const consumed = await system(ledger, 'points.consumed')
  return ledger.post(messages.templates['message.settled'], {
    key: uuidv7(),
    hold,
    accounts: { wallet: account, consumed },
    amounts: { points: points(amount) },
  })
}

test('a repeat answers as the first did; another body under the same key is refused', async () => {
  await using house = await openHouse()
  const { ledger, clock } = house
  const account = await fund(ledger, 'ada', 100n)
  const key = uuidv7()
  const first = ok(await reserve(ledger, account, 40n, hour, key))
  clock.advance(5000)
  assert.deepEqual(ok(await reserve(ledger, account, 40n, hour, key)), first)
  refused(await reserve(ledger, account, 41n, hour, key), 'key_reused')
  assert.deepEqual(await ledger.balance(account), { posted: 100n, held: 40n, available: 60n })
})

test('what lasts with the next commit is seen at once, counts for others, and has the same body', async () => {
  await using house = await openHouse()
  const { ledger } = house
  const account = await fund(ledger, 'ada', 100n)
  const key = uuidv7()
  const hold = (lasts?: 'at_once' | 'with_next_commit') =>
    ledger.post(messages.templates['message.reserved'], {
      key,
      accounts: { wallet: account },
      amounts: { price: points(60n) },
      holdMs: hour,
      ...(lasts ? { lasts } : {}),
    })
  const first = ok(await hold('with_next_commit'))
  assert.deepEqual(ok(await hold()), first)
  assert.deepEqual(ok(await hold('with_next_commit')), first)
  refused(await reserve(ledger, account, 41n), 'insufficient_funds')
  const usual = `select setting = reset_val as usual from pg_settings where name = 'synchronous_commit'`
  assert.deepEqual(await house.query(usual), [{ usual: true }])
})

test('a message: reserved, extended, settled in part, settled; the rest goes back', async () => {
  await using house = await openHouse()
  const { ledger } = house
  const account = await fund(ledger, 'ada', 100n)
  const consumed = await system(ledger, 'points.consumed')
  const expense = await system(ledger, 'creators.expense', 'USD')
  const creator = await ledger.open({ kind: 'creator.pending', owner: { type: 'user', id: 'grace' } })
  const hold = uuidv7()
  ok(await reserve(ledger, account, 30n, hour, hold))
  ok(
    await ledger.post(messages.templates['message.extended'], {
      key: uuidv7(),
      hold,
      holdMs: 2 * hour,
      accounts: { wallet: account },
      amounts: { more: points(20n) },
    }),
  )
  assert.equal((await ledger.hold(account, hold))?.amount, 50n)
  ok(
    await ledger.post(messages.templates['message.settled_in_part'], {
      key: uuidv7(),
      hold,
      accounts: { wallet: account, consumed, expense, creator },
      amounts: { points: points(10n), earned: usd(1234n) },
    }),
  )
  refused(await settleAll(ledger, account, hold, 41n), 'exceeds_hold')
  ok(await settleAll(ledger, account, hold, 25n))
  refused(await settleAll(ledger, account, hold, 1n), 'hold_resolved')
  refused(await settleAll(ledger, account, uuidv7(), 1n), 'unknown_hold')
  assert.deepEqual(await ledger.balance(account), { posted: 65n, held: 0n, available: 65n })
  assert.equal((await ledger.balance(creator)).posted, 1234n)
  const [newest, older] = await ledger.statement(account)
  assert.equal(newest?.balance, 65n)
  assert.equal(newest?.amount, -25n)
  assert.equal(older?.balance, 90n)
})

test('a hold ends at its instant though nobody swept it, and the money is spendable in the same call', async () => {
  await using house = await openHouse()
  const { ledger, clock } = house
  const account = await fund(ledger, 'ada', 100n)
  const hold = uuidv7()
  ok(await reserve(ledger, account, 90n, hour, hold))
  refused(await reserve(ledger, account, 20n), 'insufficient_funds')
  clock.advance(hour)
  assert.deepEqual(await ledger.balance(account), { posted: 100n, held: 0n, available: 100n })
  refused(await settleAll(ledger, account, hold, 1n), 'hold_expired')
  ok(await reserve(ledger, account, 100n))
  refused(await settleAll(ledger, account, hold, 1n), 'hold_expired')
  assert.equal(await ledger.sweep(), 0)
  clock.advance(hour)
  assert.equal(await ledger.sweep(), 1)
})

test('lots are spent in order; a lot that expires while held stays good for its hold and for nothing else', async () => {
  await using house = await openHouse()
  const { ledger, clock } = house
  const account = await fund(ledger, 'ada', 50n)
  const midnight = new Date(clock.now().getTime() + hour)
  await grantLot(ledger, account, 30n, midnight)
  const hold = uuidv7()
  ok(await reserve(ledger, account, 40n, 3 * hour, hold))
  assert.deepEqual((await ledger.hold(account, hold))?.parts, [
    { amount: 30n, lotClass: 'free' },
    { amount: 10n, lotClass: null },
  ])
  clock.advance(2 * hour)
  ok(await settleAll(ledger, account, hold, 20n))
  // ten of the lot went back to a lot whose time has passed
  assert.deepEqual(await ledger.balance(account), { posted: 60n, held: 0n, available: 50n })
  refused(await reserve(ledger, account, 51n), 'insufficient_funds')
  const [lot] = await ledger.expiredLots(10)
  assert.equal(lot?.remaining, 10n)
  ok(
    await ledger.post(wallet.templates['wallet.lot_expired'], {
      key: uuidv7(),
      lot: lot?.id ?? 0n,
      accounts: { wallet: account, breakage: await system(ledger, 'points.breakage') },
      amounts: { rest: points(10n) },
    }),
  )
  assert.deepEqual(await ledger.balance(account), { posted: 50n, held: 0n, available: 50n })
  assert.deepEqual(await ledger.expiredLots(10), [])
})

test('a reversal goes the way the money came, in parts and then the rest, and never beyond', async () => {
  await using house = await openHouse()
  const { ledger, clock } = house
  const order = uuidv7()
  const accounts = {
    clearing: await system(ledger, 'cash.clearing', 'USD'),
    merchant: await ledger.open({ kind: 'merchant.pending', unit: 'USD', owner: { type: 'organisation', id: 'm' } }),
    revenue: await ledger.open({ kind: 'revenue.commission', unit: 'USD', owner: 'system' }),
    affiliate: await ledger.open({ kind: 'affiliate.pending', unit: 'USD', owner: { type: 'user', id: 'a' } }),
  }
  ok(
    await ledger.post(shop.templates['order.completed'], {
      key: order,
      accounts,
      amounts: { net: usd(100n), commission: usd(7n), share: usd(1n) },
    }),
  )
  const key = uuidv7()
  const third = { numerator: 1n, denominator: 3n }
  const first = ok(await ledger.reverse({ key, journal: order, room: 'shop', part: third }))
  clock.advance(1000)
  assert.deepEqual(ok(await ledger.reverse({ key, journal: order, room: 'shop', part: third })), first)
  refused(await ledger.reverse({ key, journal: order, room: 'shop' }), 'key_reused')
  refused(await ledger.reverse({ key: uuidv7(), journal: order, room: 'ads' }), 'foreign_kind')
  assert.equal((await ledger.balance(accounts.merchant)).posted, 67n)
  const rest = uuidv7()
  ok(await ledger.reverse({ key: rest, journal: order, room: 'shop' }))
  ok(await ledger.reverse({ key: rest, journal: order, room: 'shop' }))
  refused(await ledger.reverse({ key: uuidv7(), journal: order, room: 'shop' }), 'nothing_to_reverse')
  refused(await ledger.reverse({ key: uuidv7(), journal: order, room: 'shop', part: third }), 'exceeds_original')
  refused(await ledger.reverse({ key: uuidv7(), journal: uuidv7(), room: 'shop' }), 'unknown_journal')
  for (const account of Object.values(accounts)) assert.equal((await ledger.balance(account)).posted, 0n)
  ok(await ledger.reverse({ key: uuidv7(), journal: rest, room: 'shop' }))
  assert.equal((await ledger.balance(accounts.revenue)).posted, 5n)
})

test('an exchange settles out of the hold in one unit and pays in another, each unit in balance', async () => {
  await using house = await openHouse()
  const { ledger } = house
  const owner = { type: 'user', id: 'grace' } as const
  const pending = await ledger.open({ kind: 'creator.pending', owner })
  const available = await ledger.open({ kind: 'creator.available', owner })
  ok(
    await ledger.post(flows[6].templates['earnings.matured'], {
      key: uuidv7(),
      accounts: { pending, available },
      amounts: { matured: usd(50_000_000n) },
    }),
  )
  const hold = uuidv7()
  ok(
    await ledger.post(payouts.templates['payout.reserved'], {
      key: hold,
      holdMs: hour,
      accounts: { available },
      amounts: { amount: usd(50_000_000n) },
    }),
  )
  ok(
    await ledger.post(payouts.templates['payout.exchanged'], {
      key: uuidv7(),
      hold,
      accounts: {
        available,
        position: await system(ledger, 'fx.position', 'USD'),
        spread: await system(ledger, 'revenue.spread', 'USD'),
        foreignPosition: await system(ledger, 'fx.position', 'CNY'),
        foreignClearing: await system(ledger, 'payout.clearing', 'CNY'),
      },
      amounts: { exchanged: usd(49_750_000n), spreadKept: usd(250_000n), paidOut: money('CNY', 353_721_000n) },
      facts: { rate: '7.11', rateId: 'r1' },
    }),
  )
  assert.deepEqual(await ledger.balance(available), { posted: 0n, held: 0n, available: 0n })
  const now = await ledger.trialBalance({ instant: new Date('2027-01-01'), by: 'posted' })
  assert.equal(
    now.filter((line) => line.unit === 'CNY').reduce((sum, line) => sum + line.balance, 0n),
    0n,
  )
})

test('many callers on one balance: exactly as many are served as it covers', async () => {
  await using house = await openHouse()
  const { ledger } = house
  const giver = await fund(ledger, 'ada', 100n)
  const receiver = await walletOf(ledger, 'grace')
  const answers = await Promise.all(
    Array.from({ length: 1000 }, () =>
      ledger.post(gifts.templates['gift.given'], {
        key: uuidv7(),
        accounts: { giver, receiver },
        amounts: { points: points(10n) },
        lotExpiresAt: new Date('2027-01-01'),
      }),
    ),
  )
  assert.equal(answers.filter((answer) => !isRefusal(answer)).length, 10)
  for (const answer of answers) if (isRefusal(answer)) assert.equal(answer.refused, 'insufficient_funds')
  assert.equal((await ledger.lots(receiver)).length, 10)
})
