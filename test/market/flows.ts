import { chart, type Kind } from '#ledger'
import { earningsChart } from '../../src/earnings/chart.ts'
import { messagesChart } from '../../src/revenue/messages/chart.ts'
import { walletChart } from '../../src/wallet/chart.ts'

/**
 * The twelve flows of money that the house is built for: the charts of the rooms that stand (and of them nothing but the
 * charts), and those of the rooms that will own the rest. The ledger's tests, its market and its benchmark post these.
 */

/** Flows 2, 3, 5 and 7: one wallet of points with its lots, the daily grant, top-ups, refunds and chargebacks. */
export const wallet = walletChart

/** What creators have earned: pending until the risk window has passed, then available. */
export const earnings = earningsChart

/** Two shapes that the ledger must bear and the room itself has no use for: parts of a hold, and a price without one. */
const otherMessages = chart(
  'messages',
  {},
  {
    'message.settled_in_part': {
      accounts: {
        wallet: 'wallet.points',
        consumed: 'points.consumed',
        expense: 'creators.expense',
        creator: 'creator.pending',
      },
      amounts: { points: 'POINTS', earned: 'USD' },
      legs: [
        { op: 'settle', from: 'wallet', to: 'consumed', amount: 'points' },
        { op: 'move', from: 'expense', to: 'creator', amount: 'earned' },
      ],
    },
    'message.paid': {
      accounts: {
        wallet: 'wallet.points',
        consumed: 'points.consumed',
        expense: 'creators.expense',
        creator: 'creator.pending',
      },
      amounts: { points: 'POINTS', earned: 'USD' },
      legs: [
        { op: 'move', from: 'wallet', to: 'consumed', amount: 'points' },
        { op: 'move', from: 'expense', to: 'creator', amount: 'earned' },
      ],
    },
  },
)

/** Flow 1: the price of a message, held before it is served and settled for what was delivered; flow 12: its remainder. */
export const messages = {
  ...messagesChart,
  templates: { ...messagesChart.templates, ...otherMessages.templates },
}

const rooms = ['wallet', 'messages', 'subscriptions', 'gifts', 'shop', 'ads', 'earnings', 'payouts'] as const
type Room = (typeof rooms)[number]

function kind(
  units: Kind['units'],
  overdraft: Kind['overdraft'],
  debitedBy: readonly Room[],
  creditedBy: readonly Room[],
): Kind {
  return { units, overdraft, debitedBy, creditedBy }
}

const cash = ['USD', 'EUR', 'CNY', 'JPY', 'GBP'] as const

/** Flow 4: a subscriber's month; flow 8: the bounty for bringing one, capped by an account and not by code. */
export const subscriptions = chart(
  'subscriptions',
  {
    'deferred.plans': kind(cash, 'allowed', ['subscriptions'], ['subscriptions']),
    'bounty.cap': kind(['USD'], 'never', ['subscriptions'], ['subscriptions']),
    'bounty.control': kind(['USD'], 'allowed', ['subscriptions'], ['subscriptions']),
  },
  {
    'subscription.month_paid': {
      accounts: {
        clearing: 'cash.clearing',
        deferred: 'deferred.plans',
        issued: 'points.issued',
        wallet: 'wallet.points',
      },
      amounts: { paid: 'USD', points: 'POINTS' },
      legs: [
        { op: 'move', from: 'clearing', to: 'deferred', amount: 'paid' },
        { op: 'move', from: 'issued', to: 'wallet', amount: 'points', lot: 'plan' },
      ],
    },
    'bounty.cap_opened': {
      accounts: { control: 'bounty.control', cap: 'bounty.cap' },
      amounts: { cap: 'USD' },
      legs: [{ op: 'move', from: 'control', to: 'cap', amount: 'cap' }],
    },
    'bounty.earned': {
      accounts: {
        cap: 'bounty.cap',
        control: 'bounty.control',
        expense: 'creators.expense',
        creators: ['creator.pending'],
      },
      amounts: { total: 'USD', shares: ['USD'] },
      legs: [
        { op: 'move', from: 'cap', to: 'control', amount: 'total' },
        { op: 'move', from: 'expense', to: 'creators', amount: 'shares' },
      ],
    },
  },
)

/** Flow 6: points given, to someone known at once or under a hold until a stranger claims them. */
export const gifts = chart(
  'gifts',
  {},
  {
    'gift.given': {
      accounts: { giver: 'wallet.points', receiver: 'wallet.points' },
      amounts: { points: 'POINTS' },
      legs: [{ op: 'move', from: 'giver', to: 'receiver', amount: 'points', draw: 'loose', lot: 'gift' }],
    },
    'gift.set_aside': {
      accounts: { giver: 'wallet.points' },
      amounts: { points: 'POINTS' },
      legs: [{ op: 'reserve', from: 'giver', amount: 'points' }],
    },
    'gift.claimed': {
      accounts: { giver: 'wallet.points', receiver: 'wallet.points' },
      amounts: { points: 'POINTS' },
      legs: [{ op: 'settle', from: 'giver', to: 'receiver', amount: 'points' }],
    },
  },
)

/** Flow 9: an order, its commission and its affiliate; refunds reverse it in part. */
export const shop = chart(
  'shop',
  {
    'merchant.pending': kind(cash, 'allowed', ['shop'], ['shop']),
    'revenue.commission': kind(cash, 'allowed', ['shop'], ['shop']),
    'affiliate.pending': kind(cash, 'allowed', ['shop'], ['shop']),
  },
  {
    'order.completed': {
      accounts: {
        clearing: 'cash.clearing',
        merchant: 'merchant.pending',
        revenue: 'revenue.commission',
        affiliate: 'affiliate.pending',
      },
      amounts: { net: 'USD', commission: 'USD', share: 'USD' },
      optional: ['affiliate', 'share'],
      legs: [
        { op: 'move', from: 'clearing', to: 'merchant', amount: 'net' },
        { op: 'move', from: 'clearing', to: 'revenue', amount: 'commission' },
        { op: 'move', from: 'clearing', to: 'affiliate', amount: 'share' },
      ],
    },
  },
)

/** Flow 10: a prepaid campaign, charged by the minute for what was rated. */
export const ads = chart(
  'ads',
  {
    'campaign.funds': kind(['USD'], 'never', ['ads'], ['ads']),
    'revenue.ads': kind(['USD'], 'allowed', ['ads'], ['ads']),
  },
  {
    'campaign.funded': {
      accounts: { clearing: 'cash.clearing', campaign: 'campaign.funds' },
      amounts: { paid: 'USD' },
      legs: [{ op: 'move', from: 'clearing', to: 'campaign', amount: 'paid' }],
    },
    'campaign.minute_rated': {
      accounts: { campaign: 'campaign.funds', creator: 'creator.pending', revenue: 'revenue.ads' },
      amounts: { creatorShare: 'USD', houseShare: 'USD' },
      legs: [
        { op: 'move', from: 'campaign', to: 'creator', amount: 'creatorShare' },
        { op: 'move', from: 'campaign', to: 'revenue', amount: 'houseShare' },
      ],
    },
  },
)

/** Flow 11: a payout, set aside until the bank confirms, exchanged at a stated rate where the creator wants other money. */
export const payouts = chart(
  'payouts',
  {
    'payout.clearing': kind(cash, 'allowed', ['payouts'], ['payouts']),
    'fx.position': kind(cash, 'allowed', ['payouts'], ['payouts']),
    'revenue.spread': kind(cash, 'allowed', ['payouts'], ['payouts']),
  },
  {
    'payout.reserved': {
      accounts: { available: 'creator.available' },
      amounts: { amount: 'USD' },
      legs: [{ op: 'reserve', from: 'available', amount: 'amount' }],
    },
    'payout.confirmed': {
      accounts: { available: 'creator.available', clearing: 'payout.clearing' },
      amounts: { amount: 'USD' },
      legs: [{ op: 'settle', from: 'available', to: 'clearing', amount: 'amount' }],
    },
    'payout.returned': {
      accounts: { available: 'creator.available', clearing: 'payout.clearing' },
      amounts: { amount: 'USD' },
      legs: [{ op: 'move', from: 'clearing', to: 'available', amount: 'amount' }],
    },
    'payout.rejected': {
      accounts: { available: 'creator.available' },
      amounts: {},
      legs: [{ op: 'release', from: 'available' }],
    },
    // Two units in one journal, each balanced in itself: the position holds what the exchange owes in one and is owed in
    // the other, rounding included; the spread is its own leg.
    'payout.exchanged': {
      accounts: {
        available: 'creator.available',
        position: 'fx.position',
        spread: 'revenue.spread',
        foreignPosition: 'fx.position',
        foreignClearing: 'payout.clearing',
      },
      amounts: { exchanged: 'USD', spreadKept: 'USD', paidOut: 'CNY' },
      optional: ['spread', 'spreadKept'],
      legs: [
        { op: 'settle', from: 'available', to: 'position', amount: 'exchanged' },
        { op: 'settle', from: 'available', to: 'spread', amount: 'spreadKept' },
        { op: 'release', from: 'available' },
        { op: 'move', from: 'foreignPosition', to: 'foreignClearing', amount: 'paidOut' },
      ],
    },
  },
)

export const flows = [wallet, messages, subscriptions, gifts, shop, ads, earnings, payouts] as const
