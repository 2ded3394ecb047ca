import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal, money, uuidv7, type Uuid } from '#kernel'
import { messages, wallet } from '../../test/market/flows.ts'
import { buy, openMoneyHouse, reserve, settle, type MoneyHouse } from '../../test/purse.ts'
import { expireLots } from './lots.ts'
import { dailyGrant } from './rules.ts'
import { openWallet } from './wallet.ts'

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

await test('who looks after midnight while yesterday’s points are still being granted gets those of the day too', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  house.clock.set(new Date('2026-11-24T23:59:59.999Z'))
  const lock = await house.db.pool.connect()
  await lock.query('begin; lock table wallet.person in share mode')
  const late = house.wallet.accountsFor(person)
  const waiting = `select from pg_locks where relation = 'wallet.person'::regclass and not granted`
  while ((await lock.query(waiting)).rowCount === 0) continue
  house.clock.set(new Date('2026-11-25T00:00:00Z'))
  const early = house.wallet.accountsFor(person)
  // Both ask in turn who the person is: once this has its answer, the one before it has.
  await house.wallet.caps(person)
  await lock.query('commit')
  lock.release()
  await Promise.all([late, early])
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

await test('what a reversal puts back into a lot that is over goes to breakage again', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const { points } = await house.wallet.accountsFor(person)
  house.clock.advance(day)
  for (let times = 0; times < 2; times++) {
    await expireLots(house.ledger)
    const [newest] = await house.ledger.statement(points)
    assert.deepEqual([newest?.template, newest?.balance], ['wallet.lot_expired', 0n])
    const journal = newest?.journal ?? assert.fail()
    assert.ok(!isRefusal(await house.ledger.reverse({ key: uuidv7(), journal, room: 'wallet' })))
  }
  await Promise.all([expireLots(house.ledger), expireLots(house.ledger)])
  assert.equal(await expireLots(house.ledger), 0)
  assert.equal((await house.ledger.statement(points)).length, 6, 'granted, three times over, twice taken back')
})

await test('caps that are set at once, by several processes, come to one of them less what was used', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  const wallets = [house.wallet, openWallet(house), openWallet(house)]
  await house.wallet.setCaps(person, { day: 2_000n })
  await settle(house, await reserve(house, person, 300n), 300n)
  const asked = Array.from({ length: 12 }, (_, at) => 1_000n + BigInt(at))
  await Promise.all(asked.map((day, at) => (wallets[at % wallets.length] ?? house.wallet).setCaps(person, { day })))
  for (const wallet of wallets) {
    const { caps, left } = await wallet.caps(person)
    assert.equal(left.day, (caps.day ?? 0n) - 300n)
  }
  assert.ok((await house.ledger.prove()).holds)
})

await test('what a process that died left of an older setting is put right by the next look, or setting', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  await house.wallet.setCaps(person, { day: 1_000n })
  const { allowances } = await house.wallet.accountsFor(person)
  const owner = { type: 'user', id: person } as const
  const accounts = {
    control: await house.ledger.open({ kind: 'wallet.allowance_control', owner, subject: 'day:2026-11-24' }),
    allowance: allowances.day ?? assert.fail(),
  }
  const base = () => ({ key: uuidv7(), accounts })
  const { templates } = wallet
  const less = { amounts: { less: money('POINTS', 700n) } }
  assert.ok(!isRefusal(await house.ledger.post(templates['wallet.allowance_lowered'], { ...base(), ...less })))
  assert.ok(isRefusal((await reserve(house, person, 1_000n)).answer))
  assert.equal(await leftOfDay(house, person), 1_000n)
  const allowed = { amounts: { allowed: money('POINTS', 500n) } }
  assert.ok(!isRefusal(await house.ledger.post(templates['wallet.allowance_opened'], { ...base(), ...allowed })))
  const held = await reserve(house, person, 1_400n)
  await house.wallet.setCaps(person, { day: 1_000n })
  assert.ok(isRefusal((await reserve(house, person, 1n)).answer))
  await settle(house, held, 40n)
  assert.ok(isRefusal((await reserve(house, person, 961n)).answer))
  assert.ok(!isRefusal((await reserve(house, person, 960n)).answer))
  assert.ok((await house.ledger.prove()).holds)
})

await test('a cap that is not named stays as it is', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  await house.wallet.setCaps(person, { message: 50n, day: 500n, month: 900n })
  await house.wallet.setCaps(person, { day: 400n })
  assert.deepEqual((await house.wallet.caps(person)).caps, { message: 50n, day: 400n, month: 900n })
  await house.wallet.setCaps(person, { message: null, month: null })
  assert.deepEqual((await house.wallet.caps(person)).caps, { message: null, day: 400n, month: null })
})

await test('a cap that is lowered holds for the answer that runs, and counts what that comes to', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  await buy(house, person, 50_000n)
  await house.wallet.setCaps(person, { day: 30_000n })
  const held = await reserve(house, person, 1_000n)
  await house.wallet.setCaps(person, { day: 2_000n })
  assert.equal(await leftOfDay(house, person), 1_000n)
  assert.ok(isRefusal(await extend(house, held, 19_000n)), 'the day would come to 20,000')
  assert.ok(!isRefusal(await extend(house, held, 1_000n)))
  assert.ok(isRefusal((await reserve(house, person, 1n)).answer))
  await settle(house, held, 40n)
  assert.equal(await leftOfDay(house, person), 1_960n)
  assert.ok((await house.ledger.prove()).holds)
})

await test('a cap below what an answer holds leaves nothing, and then what that gives back above it', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  await house.wallet.setCaps(person, { day: 1_000n })
  const held = await reserve(house, person, 700n)
  await house.wallet.setCaps(person, { day: 300n })
  await house.wallet.setCaps(person, { day: 500n })
  assert.equal(await leftOfDay(house, person), 0n)
  assert.ok(isRefusal((await reserve(house, person, 1n)).answer))
  await settle(house, held, 40n)
  assert.ok(isRefusal((await reserve(house, person, 461n)).answer))
  assert.equal(await leftOfDay(house, person), 460n)
  await house.wallet.setCaps(person, { day: null })
  await house.wallet.setCaps(person, { day: 600n })
  assert.equal(await leftOfDay(house, person), 560n)
})

await test('a cap that is raised lets the answer that runs go on', async () => {
  await using house = await openMoneyHouse()
  const person = house.someone()
  await house.wallet.setCaps(person, { day: 300n })
  const held = await reserve(house, person, 300n)
  assert.ok(isRefusal(await extend(house, held, 200n)))
  await house.wallet.setCaps(person, { day: 600n })
  assert.ok(!isRefusal(await extend(house, held, 200n)))
  assert.equal(await leftOfDay(house, person), 100n)
})

async function leftOfDay(house: MoneyHouse, person: Uuid) {
  return (await house.wallet.caps(person)).left.day
}

function extend(house: MoneyHouse, held: Awaited<ReturnType<typeof reserve>>, more: bigint) {
  return house.ledger.post(messages.templates['message.extended'], {
    key: uuidv7(),
    hold: held.key,
    accounts: { wallet: held.points, ...held.allowances },
    amounts: { more: money('POINTS', more) },
    holdMs: 600_000,
  })
}

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
