import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal, money, uuidv7, type Uuid } from '#kernel'
import { createOutbox } from '#platform'
import { messages } from '../../test/market/flows.ts'
import { openMoneyHouse, reserve, type MoneyHouse } from '../../test/purse.ts'
import { openEarnings } from './earnings.ts'
import { earningsRoom } from './room.ts'
import { byBot, byDay, oldestPending } from './store.ts'

const bot = uuidv7()
const nobody = { signedIn: async () => assert.fail('nobody asks over HTTP here') }
const day = 86_400_000

function openRoom(house: MoneyHouse) {
  const earnings = openEarnings(house)
  const room = earningsRoom({ ...house, people: nobody, earnings })
  return { earnings, outbox: createOutbox({ db: house.db, log: house.log, listeners: room.on ?? [] }) }
}

type Sale = { readonly creator: Uuid; readonly paid?: bigint; readonly free?: bigint; readonly unfunded?: bigint }

/** Posts what a settled message of one call posts to a creator. */
async function sell(house: MoneyHouse, { creator, paid = 0n, free = 0n, unfunded = 0n }: Sale): Promise<void> {
  const { ledger } = house
  const held = await reserve(house, house.someone(), 10n)
  const earnings = openEarnings(house)
  const usd = (kind: string) => ledger.open({ kind, owner: 'system' })
  const funded = await ledger.post(messages.templates['message.budget_funded'], {
    key: uuidv7(),
    accounts: { funds: await usd('operator.funds'), budget: await usd('creators.free_budget') },
    amounts: { amount: money('USD', free + 1n) },
  })
  const answer = await ledger.post(messages.templates['message.settled'], {
    key: uuidv7(),
    hold: held.key,
    accounts: {
      wallet: held.points,
      consumed: await ledger.open({ kind: 'points.consumed', owner: 'system' }),
      expense: await usd('creators.expense'),
      budget: await usd('creators.free_budget'),
      ...(paid > 0n ? { creators: [await earnings.pendingOf(creator, 'paid')] } : {}),
      ...(free > 0n ? { freeCreators: [await earnings.pendingOf(creator, 'free')] } : {}),
    },
    amounts: {
      points: money('POINTS', 5n),
      ...(paid > 0n ? { earned: [money('USD', paid)] } : {}),
      ...(free > 0n ? { earnedFree: [money('USD', free)] } : {}),
    },
    facts: {
      calls: [{ bot, creator, earned: String(paid), earnedFree: String(free), unfunded: String(unfunded) }],
    },
  })
  assert.ok(!isRefusal(funded) && !isRefusal(answer))
}

await test('each settled message is counted once, though its event comes twice', async () => {
  await using house = await openMoneyHouse()
  const creator = house.someone()
  await sell(house, { creator, paid: 4_000n, free: 1_000n })
  await sell(house, { creator, paid: 2_000n, unfunded: 500n })
  for (const _ of ['first', 'again']) {
    const { outbox } = openRoom(house)
    await outbox.drain()
    await outbox.stop(1_000)
    await house.db.pool.query('delete from platform.consumer')
  }
  const sums = { messages: 2, paid: 6_000n, free: 1_000n, unfunded: 500n }
  assert.deepEqual(await byDay(house.db, creator, '2026-11-01'), [{ day: '2026-11-24', ...sums }])
  assert.deepEqual(await byBot(house.db, creator, '2026-11-01'), [{ bot, ...sums }])
  assert.deepEqual(await byDay(house.db, house.someone(), '2026-11-01'), [])
})

await test('bought points mature after 14 whole days, free ones after 30, each once', async () => {
  await using house = await openMoneyHouse()
  const creator = house.someone()
  const { earnings, outbox } = openRoom(house)
  await sell(house, { creator, paid: 4_000n, free: 1_000n })
  await outbox.drain()
  const available = async () => (await house.ledger.balance(await earnings.availableOf(creator))).posted
  const at = async (instant: string) => {
    house.clock.set(new Date(instant))
    await Promise.all([earnings.mature(), earnings.mature()])
    return available()
  }
  assert.equal(await at('2026-12-08T23:59:59Z'), 0n)
  assert.equal(await at('2026-12-09T00:00:00Z'), 4_000n)
  assert.equal(await at('2026-12-24T23:59:59Z'), 4_000n)
  assert.equal(await at('2026-12-25T00:00:00Z'), 5_000n)
  assert.equal((await house.ledger.balance(await earnings.pendingOf(creator, 'paid'))).posted, 0n)
  assert.equal((await house.ledger.balance(await earnings.pendingOf(creator, 'free'))).posted, 0n)
  assert.deepEqual(await oldestPending(house.db, creator), [])
  assert.ok((await house.ledger.prove()).holds)
})

await test('an event that comes after its day has matured matures too', async () => {
  await using house = await openMoneyHouse()
  const creator = house.someone()
  const { earnings, outbox } = openRoom(house)
  await sell(house, { creator, paid: 4_000n })
  await outbox.drain()
  await sell(house, { creator, paid: 300n })
  house.clock.advance(15 * day)
  assert.equal(await earnings.mature(), 1)
  await outbox.drain()
  assert.equal(await earnings.mature(), 1)
  assert.equal(await earnings.mature(), 0)
  assert.equal((await house.ledger.balance(await earnings.availableOf(creator))).posted, 4_300n)
})

await test('what was written down and not posted is posted by the next run', async () => {
  await using house = await openMoneyHouse()
  const creator = house.someone()
  const { earnings, outbox } = openRoom(house)
  await sell(house, { creator, paid: 4_000n })
  await outbox.drain()
  house.clock.advance(15 * day)
  await earnings.mature()
  await house.db.pool.query('update earnings.maturing set posted_at = null')
  assert.equal(await earnings.mature(), 1)
  assert.equal((await house.ledger.balance(await earnings.availableOf(creator))).posted, 4_000n)
})
