import { money, type Ratio } from '#kernel'
import type { Account } from '#ledger'
import { capsOf, holdMs, lotEnd, points, post, usd, type Desk, type Doing } from './desk.ts'
import * as flows from './flows.ts'
import { keyOf, type PostStep, type Step } from './step.ts'

/** What nobody should ask for, and some do: by mistake, twice, or on purpose. */
export const mischief: readonly Doing[] = [
  [5, again],
  [3, sameKeyOtherBody],
  [1, strangeAmount],
  [1, tooMuch],
  [1, strangeAccount],
  [1, otherUnit],
  [1, otherHold],
  [2, otherCaps],
  [1, noTime],
  [1, otherLot],
  [1, toOneself],
]

const wallets = flows.wallet.templates
const messages = flows.messages.templates
const gifts = flows.gifts.templates

function again({ dice, asked }: Desk): Step | undefined {
  return dice.pickLate(asked)
}

function sameKeyOtherBody(desk: Desk): Step | undefined {
  const step = desk.dice.pickLate(desk.asked.filter((one) => one.does === 'post'))
  if (!step) return undefined
  if (desk.dice.chance(0.5)) return { ...step, input: { ...step.input, facts: { note: desk.dice.below(1000) } } }
  const other = strangeAmount(desk)
  return { ...other, input: { ...other.input, key: keyOf(step) } }
}

function paying({ dice, places, key }: Desk, wallet: Account, amount: bigint): PostStep {
  const { consumed, expense } = places.house
  return post(messages['message.paid'], {
    key: key(),
    accounts: { wallet, consumed, expense, creator: dice.pick(places.pending) },
    amounts: { points: points(amount), earned: usd(1n) },
  })
}

function strangeAmount(desk: Desk): PostStep {
  return paying(desk, desk.dice.pick(desk.places.wallets), desk.dice.pick([0n, -1n, -(2n ** 62n), 1n, 2n]))
}

function tooMuch({ dice, places, key }: Desk): Step {
  const { whale, whaleCampaign } = places.house
  const amount = dice.pick([3n * 10n ** 18n, 10n ** 18n, 5n * 10n ** 18n, 2n ** 63n, 2n ** 80n])
  const accounts = { clearing: whale, campaign: whaleCampaign }
  return post(flows.ads.templates['campaign.funded'], { key: key(), accounts, amounts: { paid: usd(amount) } })
}

/** Accounts are plain objects: what they say of themselves may be wrong. */
function strangeAccount(desk: Desk): Step {
  const { dice, places } = desk
  const wallet = dice.pick(places.wallets)
  const stranger = dice.pick([
    { ...wallet, id: 999_999_999n },
    { ...wallet, id: dice.pick(places.all).id },
    { ...wallet, unit: 'USD' as const },
    dice.pick(places.all),
  ])
  if (dice.chance(0.7)) return paying(desk, stranger, dice.amount(50))
  const step = paying(desk, wallet, 1n)
  const creator = { ...dice.pick(places.pending), ...dice.pick([{ home: 2 }, { id: 888_888_888n }]) }
  return { ...step, input: { ...step.input, accounts: { ...step.input.accounts, creator } } }
}

function otherUnit({ dice, places, key }: Desk): Step {
  const { payoutClearingForeign } = places.house
  const clearing: Account = dice.chance(0.5) ? payoutClearingForeign : { ...payoutClearingForeign, unit: 'USD' }
  return post(flows.payouts.templates['payout.returned'], {
    key: key(),
    accounts: { available: dice.pick(places.available), clearing },
    amounts: { amount: dice.chance(0.8) ? usd(5n) : (money('CNY', 5n) as never) },
  })
}

function otherHold(desk: Desk): Step {
  const { dice, places, holds } = desk
  const hold = dice.chance(0.5) && holds.length > 0 ? dice.pick(holds).id : desk.key()
  const accounts = { wallet: dice.pick(places.wallets) }
  const order = { key: desk.key(), hold, accounts }
  if (dice.chance(0.5)) return post(messages['message.released'], { ...order, amounts: {} })
  return post(messages['message.extended'], { ...order, amounts: { more: points(1n) }, holdMs: holdMs(desk) })
}

/** A hold's own payer, with allowances that it may be on or not: the cap was set or lifted meanwhile. */
function otherCaps(desk: Desk): Step | undefined {
  const { dice, holds } = desk
  const hold = dice.pickLate(holds.filter(({ purpose, isOver }) => purpose === 'message' && !isOver))
  if (!hold) return undefined
  const order = { key: desk.key(), hold: hold.id, accounts: { wallet: hold.account, ...capsOf(desk, hold.account) } }
  if (dice.chance(0.5)) return post(messages['message.released'], { ...order, amounts: {} })
  return post(messages['message.prolonged'], { ...order, amounts: {}, holdMs: holdMs(desk) })
}

function noTime({ dice, places, key }: Desk): Step {
  return post(messages['message.reserved'], {
    key: key(),
    accounts: { wallet: dice.pick(places.wallets) },
    amounts: { price: points(1n) },
    holdMs: -dice.below(2) * 1000,
  })
}

function otherLot({ dice, places, endedLots, key }: Desk): Step {
  return post(wallets['wallet.lot_expired'], {
    key: key(),
    lot: dice.pick([...endedLots().map(({ id }) => id), 0n, -1n, 987_654_321n]),
    accounts: { wallet: dice.pick(places.wallets), breakage: places.house.breakage },
    amounts: { rest: points(dice.amount(20)) },
  })
}

function toOneself(desk: Desk): Step {
  const wallet = desk.dice.pick(desk.places.wallets)
  return post(gifts['gift.given'], {
    key: desk.key(),
    accounts: { giver: wallet, receiver: wallet },
    amounts: { points: points(1n) },
    lotExpiresAt: lotEnd(desk, 60),
  })
}

const shares: readonly (Ratio | undefined)[] = [
  undefined,
  undefined,
  { numerator: 1n, denominator: 3n },
  { numerator: 1n, denominator: 2n },
  { numerator: 99n, denominator: 100n },
  { numerator: 0n, denominator: 1n },
  { numerator: 3n, denominator: 2n },
]

/** Takes back what was posted: mostly rightly, at times another room's, nothing, too much or again. */
export function drawReversal(desk: Desk): Step | undefined {
  const { dice, posted, asked } = desk
  const earlier = asked.filter((step) => step.does === 'reverse')
  if (dice.chance(0.15)) {
    const step = dice.pickLate(earlier)
    if (!step || dice.chance(0.5)) return step
    return { does: 'reverse', reversal: { ...step.reversal, part: { numerator: 1n, denominator: 7n } } }
  }
  const original = dice.chance(0.95) ? dice.pickLate(posted) : { key: desk.key(), room: 'wallet' }
  if (!original) return undefined
  const part = dice.pick(shares)
  const room = dice.chance(0.95) ? original.room : 'shop'
  const dated = dice.chance(0.2) ? { effectiveAt: desk.now() } : {}
  const order = { key: dice.chance(0.97) ? desk.key() : dice.pick(posted).key, journal: original.key, room }
  return { does: 'reverse', reversal: { ...order, ...(part ? { part } : {}), ...dated } }
}

/** What of a step can be named later: the room that may take it back. */
export function roomOf(step: Step): string {
  return step.does === 'post' ? step.template.room : step.reversal.room
}
