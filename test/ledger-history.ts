import { money, uuidv7, type Uuid } from '#kernel'
import type { Account } from '#ledger'
import {
  fund,
  grantFree,
  grantPlan,
  hour,
  ok,
  order,
  points,
  reserve,
  settle,
  settleInPart,
  usd,
} from './ledger-house.ts'
import type { House } from './ledger-house.ts'
import { earnings, gifts, messages, payouts, wallet } from './market/flows.ts'

const day = 24 * hour

/** What a history has left behind that tests want to name. */
export type History = { readonly ada: Account; readonly grace: Account; readonly hold: Uuid; readonly order: Uuid }

/**
 * A history in which everything that the ledger can do has happened, some of it in a second home: top-ups, lots of each
 * class, a hold over several lots that was extended and settled in part and is still open, holds settled, released and
 * expired, a lot that ran out, an order reversed in part, an exchange, effective dates and facts.
 */
export async function richHistory(house: House): Promise<History> {
  const { clock } = house
  const ada = await fund(house, 'ada', 100n)
  const grace = await fund(house, 'grace', 200n)
  await fund(house, 'linus', 50n, 2)
  clock.advance(1000)
  await grantFree(house, ada, 5n, new Date(clock.now().getTime() + 2 * hour))
  await grantFree(house, ada, 30n, new Date(clock.now().getTime() + day))
  await grantPlan(house, ada, 20n, new Date(clock.now().getTime() + 30 * day))
  await give(house, grace, ada, 10n)
  clock.advance(1000)
  const hold = await holdOverLots(house, ada)
  await grantFree(house, ada, 4n, new Date(clock.now().getTime() + day))
  clock.advance(1000)
  const settled = uuidv7()
  ok(await reserve(house, grace, 10n, { key: settled }))
  ok(await settle(house, grace, settled, 6n))
  ok(await reserve(house, grace, 25n, { holdMs: hour }))
  clock.advance(hour)
  await house.ledger.sweep()
  clock.advance(2 * hour)
  await runOutLots(house)
  const bought = await order(house, { effectiveAt: new Date('2026-11-30T23:59:00Z') })
  ok(bought.answer)
  const part = { numerator: 1n, denominator: 3n }
  ok(await house.ledger.reverse({ key: uuidv7(), journal: bought.key, room: 'shop', part }))
  clock.advance(1000)
  await exchange(house)
  ok(await reserve(house, grace, 3n, { holdMs: day }))
  return { ada, grace, hold, order: bought.key }
}

async function give(house: House, giver: Account, receiver: Account, amount: bigint): Promise<void> {
  ok(
    await house.ledger.post(gifts.templates['gift.given'], {
      key: uuidv7(),
      accounts: { giver, receiver },
      amounts: { points: points(amount) },
      lotExpiresAt: new Date('2027-12-01'),
    }),
  )
}

/** Reserves 40 out of two free lots and a plan's, settles 38, extends by 25: two lots and what is loose stay held. */
async function holdOverLots(house: House, account: Account): Promise<Uuid> {
  const hold = uuidv7()
  ok(await reserve(house, account, 40n, { key: hold, holdMs: day }))
  ok(await settleInPart(house, account, hold, 38n))
  ok(
    await house.ledger.post(messages.templates['message.extended'], {
      key: uuidv7(),
      hold,
      holdMs: 2 * day,
      accounts: { wallet: account },
      amounts: { more: points(26n) },
    }),
  )
  return hold
}

async function runOutLots(house: House): Promise<void> {
  const ken = await fund(house, 'ken', 1n)
  await grantFree(house, ken, 9n, new Date(house.clock.now().getTime() + 1000))
  house.clock.advance(2000)
  for (const lot of await house.ledger.expiredLots(10)) {
    ok(
      await house.ledger.post(wallet.templates['wallet.lot_expired'], {
        key: uuidv7(),
        lot: lot.id,
        accounts: { wallet: ken, breakage: await house.account('points.breakage') },
        amounts: { rest: points(lot.remaining - lot.held) },
      }),
    )
  }
}

async function exchange(house: House): Promise<void> {
  const pending = await house.account('creator.pending', { user: 'grace' })
  const available = await house.account('creator.available', { user: 'grace' })
  const accounts = { pending, available }
  const matured = { matured: usd(50_000_000n) }
  ok(await house.ledger.post(earnings.templates['earnings.matured'], { key: uuidv7(), accounts, amounts: matured }))
  const hold = uuidv7()
  const reserved = { key: hold, holdMs: hour, accounts: { available }, amounts: { amount: usd(50_000_000n) } }
  ok(await house.ledger.post(payouts.templates['payout.reserved'], reserved))
  ok(
    await house.ledger.post(payouts.templates['payout.exchanged'], {
      key: uuidv7(),
      hold,
      accounts: {
        available,
        position: await house.account('fx.position', { unit: 'USD' }),
        spread: await house.account('revenue.spread', { unit: 'USD' }),
        foreignPosition: await house.account('fx.position', { unit: 'CNY' }),
        foreignClearing: await house.account('payout.clearing', { unit: 'CNY' }),
      },
      amounts: { exchanged: usd(49_700_000n), spreadKept: usd(250_000n), paidOut: money('CNY', 353_367_000n) },
      facts: { rate: '7.11', rateId: 'r1' },
    }),
  )
}
