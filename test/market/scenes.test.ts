import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidv7, type Ratio, type Uuid } from '#kernel'
import { World } from '../world.ts'
import { points, post, usd } from './desk.ts'
import { messages, shop, wallet } from './flows.ts'
import { openMarket, playGroup } from './play.ts'
import type { Step } from './step.ts'

/** Short scenes that once went wrong, or easily could: each is held against the model as a seeded market is. */
const minute = 60_000
const day = 86_400_000

async function openScene() {
  const database = await World.database({ poolMax: 1 })
  const market = await openMarket(database.db, 1)
  const { house, wallets, merchants } = market.trade.places
  const [payer, merchant] = [wallets[0], merchants[0]]
  assert.ok(payer && merchant)
  return {
    ...market,
    ask: (...steps: Step[]) => playGroup(market, steps),
    grant: (amount: bigint, days: number) =>
      post(wallet.templates['wallet.daily_points'], {
        key: uuidv7(),
        accounts: { issued: house.issued, wallet: payer },
        amounts: { points: points(amount) },
        lotExpiresAt: new Date(market.clock.now().getTime() + days * day),
      }),
    reserve: (key: Uuid, amount: bigint, holdMs: number) =>
      post(messages.templates['message.reserved'], {
        key,
        accounts: { wallet: payer },
        amounts: { price: points(amount) },
        holdMs,
      }),
    extend: (hold: Uuid, amount: bigint, holdMs: number) =>
      post(messages.templates['message.extended'], {
        key: uuidv7(),
        hold,
        accounts: { wallet: payer },
        amounts: { more: points(amount) },
        holdMs,
      }),
    settle: (hold: Uuid, amount: bigint) =>
      post(messages.templates['message.settled'], {
        key: uuidv7(),
        hold,
        accounts: { wallet: payer, consumed: house.consumed },
        amounts: { points: points(amount) },
      }),
    sell: (key: Uuid, net: bigint) =>
      post(shop.templates['order.completed'], {
        key,
        accounts: { clearing: house.clearing, merchant, revenue: house.commission },
        amounts: { net: usd(net), commission: usd(7n), share: usd(0n) },
      }),
    [Symbol.asyncDispose]: async () => {
      const proof = await market.ledger.prove()
      await database[Symbol.asyncDispose]()
      assert.ok(proof.holds)
    },
  }
}

test('an extension that was refused leaves no trace between the parts that the next one joins', async () => {
  await using scene = await openScene()
  const hold = uuidv7()
  await scene.ask(scene.grant(30n, 1), scene.grant(20n, 2))
  await scene.ask(scene.reserve(hold, 10n, minute))
  // The first reaches the second lot before it fails; the second goes on in the first lot.
  const told = await scene.ask(scene.extend(hold, 100n, minute), scene.extend(hold, 5n, minute))
  assert.deepEqual(told, ['insufficient_funds', 'posted'])
  assert.deepEqual(await scene.ask(scene.settle(hold, 15n)), ['posted'])
})

test('reserved, extended, settled and asked again in one batch', async () => {
  await using scene = await openScene()
  await scene.ask(scene.grant(100n, 1))
  const hold = uuidv7()
  const settle = scene.settle(hold, 30n)
  const steps = [
    scene.reserve(hold, 20n, minute),
    scene.extend(hold, 20n, minute),
    settle,
    settle,
    scene.settle(hold, 1n),
  ]
  assert.deepEqual(await scene.ask(...steps), ['posted', 'posted', 'posted', 'posted', 'hold_resolved'])
})

test('a hold is open until its instant and over at it', async () => {
  await using scene = await openScene()
  await scene.ask(scene.grant(100n, 1))
  const [first, second] = [uuidv7(), uuidv7()]
  await scene.ask(scene.reserve(first, 20n, minute), scene.reserve(second, 20n, minute))
  scene.clock.advance(minute - 1)
  assert.deepEqual(await scene.ask(scene.settle(first, 20n)), ['posted'])
  scene.clock.advance(1)
  assert.deepEqual(await scene.ask(scene.settle(second, 20n)), ['hold_expired'])
})

test('a clock that is set back makes time stand still: what has ended does not open again', async () => {
  await using scene = await openScene()
  await scene.ask(scene.grant(100n, 1))
  const [over, fresh] = [uuidv7(), uuidv7()]
  await scene.ask(scene.reserve(over, 20n, minute))
  scene.clock.advance(2 * minute)
  await scene.ask(scene.grant(1n, 1))
  scene.clock.advance(-3 * minute)
  const told = await scene.ask(scene.settle(over, 20n), scene.reserve(fresh, 10n, minute))
  assert.deepEqual(told, ['hold_expired', 'posted'])
  // Counted from where time stood, not from where the clock was set.
  scene.clock.advance(3 * minute)
  assert.deepEqual(await scene.ask(scene.settle(fresh, 10n)), ['posted'])
})

test('a lot that ends while held is good for its hold, and an extension goes on with the next', async () => {
  await using scene = await openScene()
  await scene.ask(scene.grant(30n, 1), scene.grant(30n, 5))
  const hold = uuidv7()
  await scene.ask(scene.reserve(hold, 10n, 3 * day))
  scene.clock.advance(day)
  assert.deepEqual(await scene.ask(scene.extend(hold, 25n, minute)), ['posted'])
  assert.deepEqual(await scene.ask(scene.settle(hold, 20n)), ['posted'])
})

test('of reversals that are drawn up at once no two take back the same', async () => {
  await using scene = await openScene()
  const order = uuidv7()
  await scene.ask(scene.sell(order, 100n))
  const reverse = (part?: Ratio): Step => ({
    does: 'reverse',
    reversal: { key: uuidv7(), journal: order, room: 'shop', ...(part ? { part } : {}) },
  })
  const half = { numerator: 1n, denominator: 2n }
  const told = await scene.ask(reverse(half), reverse(half), reverse(), reverse(half))
  assert.deepEqual(told, ['posted', 'posted', 'exceeds_original', 'exceeds_original'])
  assert.deepEqual(await scene.ask(reverse(), reverse()), ['posted', 'exceeds_original'])
})
