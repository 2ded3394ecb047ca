import { money } from '#kernel'
import { holdMs, knownHold, post, remember, share, usd, type Desk, type Doing } from './desk.ts'
import * as flows from './flows.ts'
import type { Step } from './step.ts'

/** What is done with money: bounties, orders, campaigns, and what creators are paid. */
export const cashDoings: readonly Doing[] = [
  [3, bounty],
  [5, sell],
  [2, fundCampaign],
  [4, rateMinute],
  [4, mature],
  [3, reservePayout],
  [3, endPayout],
]

const plans = flows.subscriptions.templates
const payouts = flows.payouts.templates

function bounty({ dice, places, key }: Desk): Step {
  const { bountyControl: control, expense } = places.house
  const cap = dice.pick(places.caps)
  if (dice.chance(0.3))
    return post(plans['bounty.cap_opened'], {
      key: key(),
      accounts: { control, cap },
      amounts: { cap: usd(dice.amount(60_000)) },
    })
  const shares = [dice.amount(9000), dice.amount(9000)]
  return post(plans['bounty.earned'], {
    key: key(),
    accounts: { cap, control, expense, creators: [dice.pick(places.pending), dice.pick(places.pending)] },
    amounts: { total: usd(shares.reduce((sum, one) => sum + one)), shares: shares.map(usd) },
  })
}

function sell({ dice, places, key }: Desk): Step {
  const { clearing, commission: revenue } = places.house
  const accounts = { clearing, revenue, merchant: dice.pick(places.merchants) }
  const affiliate = dice.chance(0.5) ? { affiliate: dice.pick(places.affiliates) } : {}
  return post(flows.shop.templates['order.completed'], {
    key: key(),
    accounts: { ...accounts, ...affiliate },
    amounts: { net: usd(dice.amount(900_000)), commission: usd(dice.amount(90_000)), share: usd(dice.amount(9000)) },
  })
}

function fundCampaign({ dice, places, key }: Desk): Step {
  const accounts = { clearing: places.house.clearing, campaign: dice.pick(places.campaigns) }
  return post(flows.ads.templates['campaign.funded'], {
    key: key(),
    accounts,
    amounts: { paid: usd(dice.amount(60_000)) },
  })
}

function rateMinute({ dice, places, key }: Desk): Step {
  const accounts = { campaign: dice.pick(places.campaigns), creator: dice.pick(places.pending) }
  return post(flows.ads.templates['campaign.minute_rated'], {
    key: key(),
    accounts: { ...accounts, revenue: places.house.adRevenue },
    amounts: { creatorShare: usd(dice.amount(9000)), houseShare: usd(dice.amount(9000)) },
  })
}

function mature({ dice, places, key }: Desk): Step {
  const accounts = { pending: dice.pick(places.pending), available: dice.pick(places.available) }
  return post(flows.earnings.templates['earnings.matured'], {
    key: key(),
    accounts,
    amounts: { matured: usd(dice.amount(30_000)) },
  })
}

function reservePayout(desk: Desk): Step {
  const available = desk.dice.pick(desk.places.available)
  const amount = desk.dice.amount(40_000)
  const key = desk.key()
  remember(desk, { id: key, account: available, purpose: 'payout', amount })
  return post(payouts['payout.reserved'], {
    key,
    accounts: { available },
    amounts: { amount: usd(amount) },
    holdMs: holdMs(desk),
  })
}

function endPayout(desk: Desk): Step | undefined {
  const { dice, places } = desk
  const hold = knownHold(desk, 'payout')
  if (!hold) return undefined
  const order = { key: desk.key(), hold: hold.id }
  const available = hold.account
  const { payoutClearing: clearing, position, positionForeign, payoutClearingForeign, spread } = places.house
  const way = dice.below(10)
  if (way < 2) return post(payouts['payout.rejected'], { ...order, accounts: { available }, amounts: {} })
  const amount = share(desk, hold)
  if (way < 5)
    return post(payouts['payout.confirmed'], {
      ...order,
      accounts: { available, clearing },
      amounts: { amount: usd(amount) },
    })
  if (way < 6)
    return post(payouts['payout.returned'], {
      key: order.key,
      accounts: { available, clearing },
      amounts: { amount: usd(amount) },
    })
  hold.isOver = true
  const kept = amount / 200n
  return post(payouts['payout.exchanged'], {
    ...order,
    accounts: { available, position, spread, foreignPosition: positionForeign, foreignClearing: payoutClearingForeign },
    amounts: { exchanged: usd(amount - kept), spreadKept: usd(kept), paidOut: money('CNY', (amount - kept) * 7n + 1n) },
    facts: { rate: '7.11', rateId: 'r1' },
  })
}
