import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal, uuidv7, type Uuid } from '#kernel'
import { disputedAfterMs, openMoneyHouse, reserve, settle, type MoneyHouse } from '../../test/purse.ts'
import { readHistory } from './history.ts'
import { openProgress } from './progress.ts'
import { dailyGrant, topUpsPerHourMax, unheardMs } from './rules.ts'
import { openTopUps } from './top-ups.ts'

const card = {
  succeeds: '4242 4242 4242 4242',
  asks: '4000002500003155',
  declined: '4000000000000002',
  disputed: '4000000000000259',
  silent: '4000000000000341',
}
const cents = 300n
const bought = 100_000n

async function topUp(house: MoneyHouse, person: Uuid, number: string, id = uuidv7()) {
  const row = await openTopUps(house).start(person, { id, cents, card: number })
  assert.ok(!isRefusal(row), 'the top-up begins')
  return row
}

await test('a top-up brings its points once, however often it is asked for', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const id = uuidv7()
  const rows = await Promise.all(Array.from({ length: 8 }, () => topUp(house, person, card.succeeds, id)))
  assert.ok(rows.every(({ state }) => state === 'succeeded'))
  const { available, free } = await house.wallet.balance(person)
  assert.deepEqual([available, free], [bought, 0n])
  const fees = await house.ledger.open({ kind: 'cash.fees', unit: 'USD', owner: 'system', subject: 'sandbox' })
  assert.equal((await house.ledger.balance(fees)).posted, -387_000n)
  const stranger = await openTopUps(house).start(house.someone(), { id, cents, card: card.succeeds })
  assert.ok(isRefusal(stranger) && stranger.refused === 'key_reused')
})

await test('a declined card says so and costs nothing', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const row = await topUp(house, person, card.declined)
  assert.equal(row.state, 'failed')
  assert.match(row.failure ?? '', /declined this card/)
  assert.equal((await house.wallet.balance(person)).available, 0n)
})

await test('a bank that asks is answered, and the answer decides', async () => {
  await using house = await openMoneyHouse()
  const topUps = openTopUps(house)
  for (const [answer, state, points] of [
    ['decline', 'failed', 0n],
    ['approve', 'succeeded', bought],
  ] as const) {
    const person = house.someone()
    const row = await topUp(house, person, card.asks)
    assert.equal(row.state, 'asks')
    const looked = await topUps.answer(row, 'look')
    assert.ok(!isRefusal(looked) && looked.state === 'asks')
    const answered = await topUps.answer(row, answer)
    assert.ok(!isRefusal(answered) && answered.state === state)
    await topUps.answer(row, answer)
    assert.equal((await house.wallet.balance(person)).available, points)
  }
})

await test('a provider that does not answer loses nothing: the top-up is looked at again', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const topUps = openTopUps(house)
  const id = uuidv7()
  const answer = await topUps.start(person, { id, cents, card: card.silent })
  assert.ok(isRefusal(answer) && answer.refused === 'provider_unavailable')
  assert.equal((await topUps.find(id))?.state, 'started')
  house.clock.advance(unheardMs + 1)
  assert.equal(await topUps.reconcile(), 1)
  assert.equal((await topUps.find(id))?.state, 'failed')
})

await test('what was noted and not posted before a crash is posted by the next look', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const id = uuidv7()
  const reference = `sandbox:succeeds:4242:${house.clock.now().getTime()}`
  await house.db.pool.query(
    `insert into wallet.top_up (id, person, provider, cents, points, state, reference, started_at, looked_at)
    values ($1, $2, 'sandbox', 300, 100000, 'succeeded', $3, $4, $4)`,
    [id, person, reference, house.clock.now()],
  )
  house.clock.advance(120_000)
  assert.equal(await openTopUps(house).reconcile(), 1)
  assert.equal((await house.wallet.balance(person)).available, bought)
  house.clock.advance(120_000)
  assert.equal(await openTopUps(house).reconcile(), 0)
})

await test('what nobody answered for is asked about however long ago it was', async () => {
  await using house = await openMoneyHouse()
  await house.db.pool.query(
    `insert into wallet.top_up (id, person, provider, cents, points, state, started_at, looked_at)
    values ($1, $2, 'sandbox', 300, 100000, 'started', $3, $3)`,
    [uuidv7(), house.someone(), house.clock.now()],
  )
  house.clock.advance(30 * 86_400_000)
  assert.equal(await openTopUps(house).reconcile(), 1)
})

await test('what was left lying is asked about ever more rarely, and never stands before what is paid', async () => {
  await using house = await openMoneyHouse()
  const [person, id, now] = [house.someone(), uuidv7(), house.clock.now().getTime()]
  const monthOld = new Date(now - 30 * 86_400_000)
  await house.db.pool.query(
    `insert into wallet.top_up (id, person, provider, cents, points, state, started_at, looked_at)
    select uuidv7(), $1, 'sandbox', 300, 100000, 'asks', $2, $2 from generate_series(1, 300)`,
    [house.someone(), monthOld],
  )
  await house.db.pool.query(
    `insert into wallet.top_up (id, person, provider, cents, points, state, reference, started_at, looked_at)
    values ($1, $2, 'sandbox', 300, 100000, 'succeeded', $3, $4, $4)`,
    [id, person, `sandbox:succeeds:4242:${now}`, house.clock.now()],
  )
  house.clock.advance(120_000)
  const topUps = openTopUps(house)
  assert.equal(await topUps.reconcile(), 200)
  assert.equal((await topUps.find(id))?.postedState, 'succeeded')
  assert.equal(await topUps.reconcile(), 101)
  house.clock.advance(2 * 86_400_000)
  assert.equal(await topUps.reconcile(), 1, 'the one that is new')
  house.clock.advance(86_400_000 + 3_600_000)
  assert.equal(await topUps.reconcile(), 200, 'a tenth of a month later')
})

await test('a refund that the provider does not take at once is asked for again until it does', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const row = await topUp(house, person, card.succeeds)
  let isUp = false
  const refund = async () => {
    if (!isUp) throw new Error('the provider is down')
  }
  const topUps = openTopUps({ ...house, cards: { ...house.cards, refund } })
  const given = await topUps.refund(row)
  assert.ok(!isRefusal(given))
  assert.deepEqual([given.state, given.postedState], ['refunded', 'succeeded'])
  assert.equal((await house.wallet.balance(person)).available, 0n)
  isUp = true
  house.clock.advance(120_000)
  await topUps.reconcile()
  assert.equal((await topUps.find(row.id))?.postedState, 'refunded')
  assert.ok((await house.ledger.prove()).holds)
})

await test('a webhook is believed by its signature alone, and twice is once', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const topUps = openTopUps(house)
  const row = await topUp(house, person, card.asks)
  const reference = `sandbox:succeeds:3155:${house.clock.now().getTime()}`
  const raw = JSON.stringify({ id: 'event-1', key: row.id, reference, cents: String(cents) })
  assert.equal(await topUps.hear(raw, new Headers({ 'sandbox-signature': 'aa' })), false)
  assert.equal((await house.wallet.balance(person)).available, 0n)
  const headers = new Headers(house.cards.sign(raw))
  assert.ok(await topUps.hear(raw, headers))
  assert.ok(await topUps.hear(raw, headers))
  assert.equal((await house.wallet.balance(person)).available, bought)
})

await test('a dispute takes back what is there, leaves the rest as debt, and the next top-up repays it', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const topUps = openTopUps(house)
  const row = await topUp(house, person, card.disputed)
  await settle(house, await reserve(house, person, dailyGrant + 40_000n), dailyGrant + 40_000n)
  house.clock.advance(disputedAfterMs)
  assert.equal(await topUps.reconcile(), 1)
  assert.equal((await topUps.find(row.id))?.state, 'disputed')
  assert.deepEqual(await moneyOf(house, person), { available: 0n, debt: 40_000n })
  assert.equal((await house.wallet.accountsFor(person)).inDebt, true)
  const next = await topUp(house, person, card.succeeds)
  assert.equal(next.repaid, 40_000n)
  assert.deepEqual(await moneyOf(house, person), { available: 60_000n, debt: 0n })
  assert.equal((await house.wallet.accountsFor(person)).inDebt, false)
  assert.ok((await house.ledger.prove()).holds)
})

async function moneyOf(house: MoneyHouse, person: Uuid) {
  const { available, debt } = await house.wallet.balance(person)
  return { available, debt }
}

await test('news that come in the wrong order come to the same', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const topUps = openTopUps(house)
  const row = await topUp(house, person, card.asks)
  const reference = `sandbox:disputed:0259:${house.clock.now().getTime()}`
  for (const state of ['disputed', undefined]) {
    const raw = JSON.stringify({ id: uuidv7(), key: row.id, reference, cents: String(cents), ...(state && { state }) })
    await topUps.hear(raw, new Headers(house.cards.sign(raw)))
  }
  assert.equal((await topUps.find(row.id))?.state, 'disputed')
  assert.deepEqual(await moneyOf(house, person), { available: 0n, debt: 0n })
  assert.ok((await house.ledger.prove()).holds)
})

await test('a refund gives back a whole top-up, and none whose points are spent', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const topUps = openTopUps(house)
  const row = await topUp(house, person, card.succeeds)
  const held = await reserve(house, person, dailyGrant + 1n)
  const spent = await topUps.refund(row)
  assert.ok(isRefusal(spent) && spent.refused === 'points_spent')
  await settle(house, held, 1n)
  const given = await topUps.refund(row)
  assert.ok(!isRefusal(given) && given.state === 'refunded')
  const again = await topUps.refund(given)
  assert.ok(isRefusal(again) && again.refused === 'not_refundable')
  assert.deepEqual(await moneyOf(house, person), { available: dailyGrant - 1n, debt: 0n })
  assert.ok((await house.ledger.prove()).holds)
})

await test('the history says what happened, a line for each journal, whatever the size of its pages', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  await house.wallet.accountsFor(person)
  await topUp(house, person, card.succeeds)
  const held = await reserve(house, person, dailyGrant + 500n)
  await settle(house, held, dailyGrant + 500n)
  const whole = await readHistory(house.ledger, held.points, { limit: 10 })
  const told = whole.lines.map(({ template, points, balance }) => [template, points, balance])
  assert.deepEqual(told, [
    ['message.settled', -3_500n, 99_500n],
    ['wallet.topped_up', 100_000n, 103_000n],
    ['wallet.daily_points', 3_000n, 3_000n],
  ])
  const paged = []
  for (let before: bigint | undefined; ; before = paged.at(-1)?.at) {
    const page = await readHistory(house.ledger, held.points, { before, limit: 1 })
    paged.push(...page.lines)
    if (!page.more) break
  }
  assert.deepEqual(paged, whole.lines)
})

await test('a fee that the provider states anew does not stand in the way of a dispute', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  let fee = 387_000n
  const look: MoneyHouse['cards']['look'] = async (payment) => {
    const known = await house.cards.look(payment)
    return known && { ...known, feeMicroUsd: fee }
  }
  const topUps = openTopUps({ ...house, cards: { ...house.cards, look } })
  const row = await topUps.start(person, { id: uuidv7(), cents, card: card.disputed })
  assert.ok(!isRefusal(row) && row.postedState === 'succeeded')
  fee += 10_000n
  house.clock.advance(disputedAfterMs)
  await topUps.reconcile()
  assert.equal((await topUps.find(row.id))?.postedState, 'disputed')
  assert.equal((await house.wallet.balance(person)).available, 0n)
})

await test('free points that are over and not yet swept away make nobody a debtor', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const topUps = openTopUps(house)
  await house.wallet.accountsFor(person)
  const row = await topUp(house, person, card.disputed)
  house.clock.advance(86_400_000)
  await topUps.reconcile()
  assert.equal((await topUps.find(row.id))?.postedState, 'disputed')
  assert.deepEqual(await moneyOf(house, person), { available: 0n, debt: 0n })
  assert.ok((await house.ledger.prove()).holds)
})

await test('news that is heard while other news is noted is not lost', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const progress = openProgress(house)
  const started = await topUp(house, person, card.asks)
  const paid = { key: started.id, reference: 'sandbox:succeeds:4242:0', method: 'A card' }
  // Both were heard when the row still stood where it began.
  await progress.apply(started, { ...paid, state: 'succeeded' })
  const heard = await progress.apply(started, { ...paid, state: 'disputed' })
  assert.deepEqual([heard.state, heard.postedState], ['disputed', 'disputed'])
  assert.deepEqual(await moneyOf(house, person), { available: 0n, debt: 0n })
  assert.ok((await house.ledger.prove()).holds)
})

await test('a payment that was declined, paid and given back brings no points, in whatever order that is heard', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const progress = openProgress(house)
  const declined = await topUp(house, person, card.declined)
  const paid = { key: declined.id, reference: 'sandbox:succeeds:4242:0', method: 'A card' }
  const given = await progress.apply(declined, { ...paid, state: 'refunded' })
  const late = await progress.apply(given, { ...paid, state: 'succeeded' })
  assert.deepEqual([late.state, late.postedState], ['refunded', 'refunded'])
  assert.deepEqual(await moneyOf(house, person), { available: 0n, debt: 0n })
  assert.ok((await house.ledger.prove()).holds)
})

await test('cards that are tried out all at once meet the limit of the hour', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const topUps = openTopUps(house)
  const orders = Array.from({ length: 3 * topUpsPerHourMax }, () => ({ id: uuidv7(), cents, card: card.declined }))
  const answers = await Promise.all(orders.map((order) => topUps.start(person, order)))
  const refused = answers.filter((answer) => isRefusal(answer) && answer.refused === 'too_many')
  assert.equal(refused.length, 2 * topUpsPerHourMax)
})
