import { capsOf, holdMs, knownHold, lotEnd, points, post, remember, share, usd, type Desk, type Doing } from './desk.ts'
import * as flows from './flows.ts'
import type { Step } from './step.ts'

/** What is done with points: bought, given, granted, held, spent, refunded. */
export const pointDoings: readonly Doing[] = [
  [7, topUp],
  [5, daily],
  [4, allow],
  [3, planMonth],
  [5, give],
  [14, reserve],
  [8, extend],
  [8, settleInPart],
  [14, settle],
  [3, release],
  [4, payNow],
  [1, fundBudget],
  [2, refund],
  [2, chargeBack],
  [1, providerFee],
  [3, claimGift],
  [5, expireLot],
]

const wallets = flows.wallet.templates
const messages = flows.messages.templates
const gifts = flows.gifts.templates

function topUp({ dice, places, key }: Desk): Step {
  const { clearing, deferred, issued, control } = places.house
  const bought = 50n + dice.amount(400)
  const accounts = { clearing, deferred, issued, control, refundable: dice.pick(places.sales) }
  const debt = dice.chance(0.2) ? { debt: dice.pick(places.debts) } : {}
  const repaid = dice.chance(0.3) ? points(dice.amount(30)) : undefined
  return post(wallets['wallet.topped_up'], {
    key: key(),
    accounts: { ...accounts, wallet: dice.pick(places.wallets), ...debt },
    amounts: { paid: usd(bought * 300n), points: points(bought), repaid },
    facts: { provider: 'sandbox', rate: ['1', 300] },
  })
}

function daily(desk: Desk): Step {
  const { dice, places } = desk
  return post(wallets['wallet.daily_points'], {
    key: desk.key(),
    accounts: { issued: places.house.issued, wallet: dice.pick(places.wallets) },
    amounts: { points: points(10n + dice.amount(90)) },
    lotExpiresAt: lotEnd(desk, 1),
  })
}

function allow({ dice, places, key }: Desk): Step {
  const accounts = { control: places.house.allowanceControl, allowance: dice.pick([...places.days, ...places.months]) }
  if (dice.chance(0.3))
    return post(wallets['wallet.allowance_lowered'], {
      key: key(),
      accounts,
      amounts: { less: points(dice.amount(80)) },
    })
  const amounts = { allowed: points(100n + dice.amount(400)) }
  return post(wallets['wallet.allowance_opened'], { key: key(), accounts, amounts })
}

function planMonth(desk: Desk): Step {
  const { dice, places } = desk
  const { clearing, plans: deferred, issued } = places.house
  return post(flows.subscriptions.templates['subscription.month_paid'], {
    key: desk.key(),
    accounts: { clearing, deferred, issued, wallet: dice.pick(places.wallets) },
    amounts: { paid: usd(9_990_000n), points: points(100n + dice.amount(200)) },
    lotExpiresAt: lotEnd(desk, 30),
    effectiveAt: new Date(desk.now().getTime() - dice.below(86_400_000)),
  })
}

function give(desk: Desk): Step {
  const { dice, places } = desk
  const [giver, receiver] = [dice.pick(places.wallets), dice.pick(places.wallets)]
  const amounts = { points: points(dice.amount(120)) }
  const key = desk.key()
  if (dice.chance(0.6))
    return post(gifts['gift.given'], { key, accounts: { giver, receiver }, amounts, lotExpiresAt: lotEnd(desk, 60) })
  remember(desk, { id: key, account: giver, purpose: 'gift', amount: amounts.points.minor })
  return post(gifts['gift.set_aside'], { key, accounts: { giver }, amounts, holdMs: holdMs(desk) })
}

function claimGift(desk: Desk): Step | undefined {
  const hold = knownHold(desk, 'gift')
  if (!hold) return undefined
  const receiver = desk.dice.pick(desk.places.wallets)
  const amounts = { points: points(share(desk, hold)) }
  return post(gifts['gift.claimed'], {
    key: desk.key(),
    hold: hold.id,
    accounts: { giver: hold.account, receiver },
    amounts,
  })
}

function reserve(desk: Desk): Step {
  const { dice, places } = desk
  const account = dice.pick(places.wallets)
  const key = desk.key()
  const amount = dice.amount(150)
  const caps = capsOf(desk, account)
  remember(desk, { id: key, account, caps, purpose: 'message', amount })
  const amounts = { price: points(amount) }
  return post(messages['message.reserved'], {
    key,
    accounts: { wallet: account, ...caps },
    amounts,
    holdMs: holdMs(desk),
  })
}

function extend(desk: Desk): Step | undefined {
  const hold = knownHold(desk, 'message')
  if (!hold) return undefined
  const accounts = { wallet: hold.account, ...hold.caps }
  const order = { key: desk.key(), hold: hold.id, holdMs: holdMs(desk), accounts }
  if (desk.dice.chance(0.3)) return post(messages['message.prolonged'], { ...order, amounts: {} })
  const more = desk.dice.amount(60)
  hold.amount += more
  return post(messages['message.extended'], { ...order, amounts: { more: points(more) } })
}

function settleInPart(desk: Desk): Step | undefined {
  const hold = knownHold(desk, 'message')
  if (!hold) return undefined
  const { consumed, expense } = desk.places.house
  const creator = desk.dice.pick(desk.places.pending)
  return post(messages['message.settled_in_part'], {
    key: desk.key(),
    hold: hold.id,
    accounts: { wallet: hold.account, consumed, expense, creator },
    amounts: { points: points(share(desk, hold)), earned: usd(desk.dice.amount(5000)) },
  })
}

function settle(desk: Desk): Step | undefined {
  const { dice, places, key } = desk
  const hold = knownHold(desk, 'message')
  if (!hold) return undefined
  const { consumed, allowanceControl: control, expense, budget, remainder } = places.house
  const creators = [dice.pick(places.pending), dice.pick(places.pending)]
  const accounts = { wallet: hold.account, ...hold.caps, control, consumed, expense, budget, remainder, creators }
  const amounts = {
    points: points(share(desk, hold)),
    earned: [usd(dice.amount(9000)), usd(dice.amount(9000))],
    rounding: usd(BigInt(dice.below(3))),
  }
  hold.isOver = true
  const free = dice.chance(0.3)
    ? { freeCreators: [dice.pick(places.pending)], earnedFree: [usd(dice.amount(40_000))] }
    : undefined
  return post(messages['message.settled'], {
    key: key(),
    hold: hold.id,
    accounts: free ? { ...accounts, freeCreators: free.freeCreators } : accounts,
    amounts: free ? { ...amounts, earnedFree: free.earnedFree } : amounts,
  })
}

function release(desk: Desk): Step | undefined {
  const hold = knownHold(desk, 'message')
  if (!hold) return undefined
  hold.isOver = true
  return post(messages['message.released'], {
    key: desk.key(),
    hold: hold.id,
    accounts: { wallet: hold.account, ...hold.caps },
    amounts: {},
  })
}

function payNow({ dice, places, key }: Desk): Step {
  const { consumed, expense } = places.house
  return post(messages['message.paid'], {
    key: key(),
    accounts: { wallet: dice.pick(places.wallets), consumed, expense, creator: dice.pick(places.pending) },
    amounts: { points: points(dice.amount(200)), earned: usd(dice.amount(9000)) },
  })
}

function fundBudget({ dice, places: { house }, key }: Desk): Step {
  const accounts = { funds: house.funds, budget: house.budget }
  return post(messages['message.budget_funded'], {
    key: key(),
    accounts,
    amounts: { amount: usd(dice.amount(500_000)) },
  })
}

function refund({ dice, places, key }: Desk): Step {
  const { deferred, clearing, issued, control } = places.house
  const accounts = { deferred, clearing, issued, control, wallet: dice.pick(places.wallets) }
  const bought = dice.amount(300)
  return post(wallets['wallet.refunded'], {
    key: key(),
    accounts: { ...accounts, refundable: dice.pick(places.sales) },
    amounts: { paid: usd(bought * 300n), points: points(bought) },
  })
}

function chargeBack({ dice, places, key }: Desk): Step {
  const { deferred, clearing, issued, control, fees } = places.house
  const accounts = { deferred, clearing, issued, control, fees, debt: dice.pick(places.debts) }
  const [recovered, owed] = [BigInt(dice.below(100)), BigInt(dice.below(50))]
  return post(wallets['wallet.charged_back'], {
    key: key(),
    accounts: { ...accounts, wallet: dice.pick(places.wallets), refundable: dice.pick(places.sales) },
    amounts: {
      paid: usd((recovered + owed + 1n) * 300n),
      recovered: points(recovered),
      owed: points(owed),
      disputeFee: usd(15_000_000n),
    },
  })
}

function providerFee({ dice, places: { house }, key }: Desk): Step {
  const accounts = { fees: house.fees, clearing: house.clearing }
  return post(wallets['wallet.provider_fee'], { key: key(), accounts, amounts: { fee: usd(dice.amount(90_000)) } })
}

export function expireLot({ dice, places, endedLots, key }: Desk): Step | undefined {
  const lots = endedLots()
  const lot = lots.length > 0 ? dice.pick(lots) : undefined
  const wallet = places.wallets.find((account) => account.id === lot?.account)
  if (!lot || !wallet) return undefined
  const rest = dice.chance(0.8) ? lot.remaining : dice.amount(40)
  return post(wallets['wallet.lot_expired'], {
    key: key(),
    lot: lot.id,
    accounts: { wallet, breakage: places.house.breakage },
    amounts: { rest: points(rest) },
  })
}
