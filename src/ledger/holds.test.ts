import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidv7, type Uuid } from '#kernel'
import type { Account } from '#ledger'
import { fund, hour, ok, openHouse, points, refused, writesNothing, type House } from '../../test/ledger-house.ts'
import { messages, wallet as wallets } from '../../test/market/flows.ts'

/** A hold over several accounts, as a capped message has it: the payer's points and what the day still allows. */

async function openCapped(house: House) {
  const wallet = await fund(house, 'ada', 100n)
  const control = await house.account('wallet.allowance_control')
  const allowance = async (subject: string) => {
    const account = await house.account('wallet.allowance', { user: 'ada', subject })
    const accounts = { control, allowance: account }
    const input = { key: uuidv7(), accounts, amounts: { allowed: points(100n) } }
    ok(await house.ledger.post(wallets.templates['wallet.allowance_opened'], input))
    return account
  }
  return { wallet, control, day: await allowance('day'), month: await allowance('month') }
}

type Held = { readonly wallet: Account; readonly day?: Account; readonly month?: Account }

function reserve({ ledger }: House, accounts: Held, key: Uuid) {
  const input = { key, accounts, amounts: { price: points(30n) }, holdMs: hour }
  return ledger.post(messages.templates['message.reserved'], input)
}

const release = ({ ledger }: House, accounts: Held, hold: Uuid) =>
  ledger.post(messages.templates['message.released'], { key: uuidv7(), hold, accounts, amounts: {} })

const prolong = ({ ledger }: House, accounts: Held, hold: Uuid) =>
  ledger.post(messages.templates['message.prolonged'], { key: uuidv7(), hold, holdMs: hour, accounts, amounts: {} })

test('a hold over three accounts is settled on each, and each gets its rest back', async () => {
  await using house = await openHouse()
  const { control, ...accounts } = await openCapped(house)
  const hold = uuidv7()
  ok(await reserve(house, accounts, hold))
  ok(
    await house.ledger.post(messages.templates['message.settled'], {
      key: uuidv7(),
      hold,
      accounts: { ...accounts, control, consumed: await house.account('points.consumed') },
      amounts: { points: points(12n) },
    }),
  )
  for (const account of Object.values(accounts))
    assert.deepEqual(await house.ledger.balance(account), { posted: 88n, held: 0n, available: 88n })
})

test('who names an account that the hold is not on is refused for it, and nothing is written', async () => {
  await using house = await openHouse()
  const { wallet, day, month } = await openCapped(house)
  const hold = uuidv7()
  ok(await reserve(house, { wallet }, hold))
  for (const others of [{ day }, { month }, { day, month }])
    await writesNothing(house, async () => {
      refused(await release(house, { wallet, ...others }, hold), 'unknown_hold')
      refused(await prolong(house, { wallet, ...others }, hold), 'unknown_hold')
    })
  ok(await release(house, { wallet }, hold))
})

test('why a hold is not open is told of the first account on which it is not', async () => {
  await using house = await openHouse()
  const { wallet, day, month } = await openCapped(house)
  const hold = uuidv7()
  ok(await reserve(house, { wallet, day }, hold))
  ok(await release(house, { wallet }, hold))
  refused(await prolong(house, { wallet, day, month }, hold), 'hold_resolved')
  const other = uuidv7()
  ok(await reserve(house, { wallet, day }, other))
  house.clock.advance(hour / 2)
  ok(await prolong(house, { wallet }, other))
  house.clock.advance(hour / 2)
  await house.ledger.sweep()
  refused(await prolong(house, { wallet, day, month }, other), 'hold_expired')
  refused(await prolong(house, { wallet, month }, other), 'unknown_hold')
  ok(await release(house, { wallet }, other))
})
