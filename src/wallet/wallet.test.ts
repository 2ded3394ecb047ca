import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal } from '#kernel'
import { openMoneyHouse, reserve, settle } from '../../test/purse.ts'
import { expireLots } from './lots.ts'
import { dailyGrant } from './rules.ts'
import { writeCaps } from './store.ts'

const day = 86_400_000

await test('the first look of a day grants its points, once however many look', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  assert.equal((await house.wallet.balance(person)).available, 0n)
  await Promise.all(Array.from({ length: 50 }, () => house.wallet.accountsFor(person)))
  const { available, free, bought } = await house.wallet.balance(person)
  assert.deepEqual([available, free, bought], [dailyGrant, dailyGrant, 0n])
  await house.wallet.accountsFor(person)
  assert.equal((await house.wallet.balance(person)).available, dailyGrant)
})

await test('free points are gone at midnight, and the next day brings its own', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const { points } = await house.wallet.accountsFor(person)
  house.clock.set(new Date('2026-11-24T23:59:59.999Z'))
  assert.equal((await house.wallet.balance(person)).available, dailyGrant)
  house.clock.set(new Date('2026-11-25T00:00:00Z'))
  assert.equal((await house.wallet.balance(person)).available, 0n)
  assert.equal(await expireLots(house.ledger), 1)
  assert.equal(await expireLots(house.ledger), 0)
  assert.equal((await house.ledger.balance(points)).posted, 0n)
  await house.wallet.accountsFor(person)
  assert.equal((await house.wallet.balance(person)).available, dailyGrant)
})

await test('who comes before the job finds yesterday put away first, so that the history reads in order', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  await house.wallet.accountsFor(person)
  house.clock.advance(day)
  const { points } = await house.wallet.accountsFor(person)
  const told = (await house.ledger.statement(points)).map(({ template, balance }) => [template, balance])
  assert.deepEqual(told, [
    ['wallet.daily_points', dailyGrant],
    ['wallet.lot_expired', 0n],
    ['wallet.daily_points', dailyGrant],
  ])
})

await test('what expires while it is held goes to breakage only once it comes back', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  house.clock.set(new Date('2026-11-24T23:55:00Z'))
  const held = await reserve(house, person, 1_000n)
  house.clock.set(new Date('2026-11-25T00:01:00Z'))
  await expireLots(house.ledger)
  assert.equal((await house.ledger.balance(held.points)).posted, 1_000n)
  await settle(house, held, 400n)
  await expireLots(house.ledger)
  assert.equal((await house.ledger.balance(held.points)).posted, 0n)
  assert.ok((await house.ledger.prove()).holds)
})

await test('equal rests of one lot that come back one after another all go to breakage', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  house.clock.set(new Date('2026-11-24T23:55:00Z'))
  const held = [await reserve(house, person, 1_000n), await reserve(house, person, 1_000n)]
  house.clock.set(new Date('2026-11-25T00:01:00Z'))
  for (const each of held) {
    await expireLots(house.ledger)
    await settle(house, each, 400n)
  }
  await expireLots(house.ledger)
  assert.equal(await expireLots(house.ledger), 0)
  const [{ points } = assert.fail()] = held
  assert.equal((await house.ledger.balance(points)).posted, 0n)
})

await test('caps that are set at once each carry over what the setting before them had used', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const caps = { message: null, month: null }
  await house.wallet.setCaps(person, { ...caps, day: 2_000n })
  await settle(house, await reserve(house, person, 300n), 300n)
  const asked = Array.from({ length: 8 }, (_, at) => 1_000n + BigInt(at))
  await Promise.all(asked.map((day) => house.wallet.setCaps(person, { ...caps, day })))
  const { caps: set, left } = await house.wallet.caps(person)
  assert.equal(left.day, (set.day ?? 0n) - 300n)
})

await test('a cap is written over no other setting than the one that was read', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const write = (points: bigint, setting: number) =>
    writeCaps(house.db, person, {
      message: null,
      changed: [{ period: 'day', points, setting, used: 0n, name: '2026-11-24' }],
    })
  assert.deepEqual([await write(1_000n, 1), await write(2_000n, 1), await write(3_000n, 2)], [true, false, true])
  assert.equal((await house.wallet.caps(person)).caps.day, 3_000n)
})

await test('a thousand race past neither the points nor a cap', async () => {
  await using house = await openMoneyHouse()
  const [poor, capped] = [house.someone(), house.someone()]
  await house.wallet.setCaps(capped, { message: null, day: 1_000n, month: 100_000n })
  for (const [person, price] of [
    [poor, dailyGrant / 10n],
    [capped, 100n],
  ] as const) {
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => reserve(house, person, price)))
    const served = answers.filter(({ answer }) => !isRefusal(answer))
    const refused = answers.filter(({ answer }) => isRefusal(answer) && answer.refused === 'insufficient_funds')
    assert.deepEqual([served.length, refused.length], [10, 990])
  }
  assert.ok((await house.ledger.prove()).holds)
})

await test('a cap counts what is spent, gives back what is not, and begins anew with its period', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  await house.wallet.setCaps(person, { message: 50n, day: 500n, month: 900n })
  const held = await reserve(house, person, 500n)
  assert.deepEqual((await house.wallet.caps(person)).left, { day: 0n, month: 400n })
  await settle(house, held, 300n)
  assert.deepEqual((await house.wallet.caps(person)).left, { day: 200n, month: 600n })
  house.clock.advance(day)
  assert.deepEqual((await house.wallet.caps(person)).left, { day: 500n, month: 600n })
  house.clock.set(new Date('2026-12-01T00:00:00Z'))
  assert.deepEqual((await house.wallet.caps(person)).left, { day: 500n, month: 900n })
})

await test('a cap that is changed remembers what its period has used', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const caps = { message: null, month: null }
  await house.wallet.setCaps(person, { ...caps, day: 1_000n })
  await settle(house, await reserve(house, person, 700n), 700n)
  await house.wallet.setCaps(person, { ...caps, day: 500n })
  assert.deepEqual((await house.wallet.caps(person)).left, { day: 0n, month: null })
  assert.ok(isRefusal((await reserve(house, person, 1n)).answer))
  await house.wallet.setCaps(person, { ...caps, day: 900n })
  assert.equal((await house.wallet.caps(person)).left.day, 200n)
  await house.wallet.setCaps(person, { ...caps, day: 900n })
  assert.equal((await house.wallet.caps(person)).left.day, 200n)
  await house.wallet.setCaps(person, { ...caps, day: null })
  assert.ok(!isRefusal((await reserve(house, person, 1_000n)).answer))
  assert.ok((await house.ledger.prove()).holds)
})
