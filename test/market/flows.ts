import { chart, type Kind } from '#ledger'

/**
 * The twelve flows of money that the house is built for, as charts of the rooms that will own them. The ledger's tests,
 * its market and its benchmark post nothing else. A room takes its chart from here when it is built.
 */

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

/** Flows 2, 3, 5 and 7: one wallet of points with its lots, the daily grant, top-ups, refunds and chargebacks. */
export const wallet = chart(
  'wallet',
  {
    'wallet.points': kind(
      ['POINTS'],
      'never',
      ['wallet', 'messages', 'gifts'],
      ['wallet', 'messages', 'subscriptions', 'gifts'],
    ),
    'points.issued': kind(['POINTS'], 'allowed', ['wallet', 'subscriptions'], ['wallet', 'subscriptions']),
    'points.breakage': kind(['POINTS'], 'allowed', ['wallet', 'subscriptions'], ['wallet', 'subscriptions', 'gifts']),
    'points.debt': kind(['POINTS'], 'allowed', ['wallet'], ['wallet']),
    'cash.clearing': kind(
      cash,
      'allowed',
      ['wallet', 'subscriptions', 'shop', 'ads'],
      ['wallet', 'subscriptions', 'shop', 'ads'],
    ),
    'cash.fees': kind(cash, 'allowed', ['wallet'], ['wallet']),
    'deferred.points': kind(cash, 'allowed', ['wallet', 'messages'], ['wallet', 'messages']),
    'sale.refundable': kind(cash, 'never', ['wallet'], ['wallet']),
    'sale.control': kind(cash, 'allowed', ['wallet'], ['wallet']),
  },
  {
    'wallet.topped_up': {
      accounts: {
        clearing: 'cash.clearing',
        deferred: 'deferred.points',
        issued: 'points.issued',
        wallet: 'wallet.points',
        control: 'sale.control',
        refundable: 'sale.refundable',
        debt: 'points.debt',
      },
      amounts: { paid: 'USD', points: 'POINTS', repaid: 'POINTS' },
      optional: ['debt', 'repaid'],
      legs: [
        { op: 'move', from: 'clearing', to: 'deferred', amount: 'paid' },
        { op: 'move', from: 'control', to: 'refundable', amount: 'paid' },
        { op: 'move', from: 'issued', to: 'wallet', amount: 'points' },
        { op: 'move', from: 'wallet', to: 'debt', amount: 'repaid', draw: 'loose' },
      ],
    },
    'wallet.provider_fee': {
      accounts: { fees: 'cash.fees', clearing: 'cash.clearing' },
      amounts: { fee: 'USD' },
      legs: [{ op: 'move', from: 'fees', to: 'clearing', amount: 'fee' }],
    },
    'wallet.daily_points': {
      accounts: { issued: 'points.issued', wallet: 'wallet.points' },
      amounts: { points: 'POINTS' },
      legs: [{ op: 'move', from: 'issued', to: 'wallet', amount: 'points', lot: 'free' }],
    },
    'wallet.lot_expired': {
      accounts: { wallet: 'wallet.points', breakage: 'points.breakage' },
      amounts: { rest: 'POINTS' },
      legs: [{ op: 'move', from: 'wallet', to: 'breakage', amount: 'rest', draw: 'lot' }],
    },
    // The refundable account of a sale is what keeps its refunds within the sale, whoever gives them.
    'wallet.refunded': {
      accounts: {
        deferred: 'deferred.points',
        clearing: 'cash.clearing',
        wallet: 'wallet.points',
        issued: 'points.issued',
        refundable: 'sale.refundable',
        control: 'sale.control',
      },
      amounts: { paid: 'USD', points: 'POINTS' },
      legs: [
        { op: 'move', from: 'refundable', to: 'control', amount: 'paid' },
        { op: 'move', from: 'wallet', to: 'issued', amount: 'points', draw: 'loose' },
        { op: 'move', from: 'deferred', to: 'clearing', amount: 'paid' },
      ],
    },
    'wallet.charged_back': {
      accounts: {
        deferred: 'deferred.points',
        clearing: 'cash.clearing',
        wallet: 'wallet.points',
        issued: 'points.issued',
        debt: 'points.debt',
        refundable: 'sale.refundable',
        control: 'sale.control',
        fees: 'cash.fees',
      },
      amounts: { paid: 'USD', recovered: 'POINTS', owed: 'POINTS', disputeFee: 'USD' },
      optional: ['recovered', 'owed'],
      legs: [
        { op: 'move', from: 'refundable', to: 'control', amount: 'paid' },
        { op: 'move', from: 'deferred', to: 'clearing', amount: 'paid' },
        { op: 'move', from: 'wallet', to: 'issued', amount: 'recovered', draw: 'loose' },
        { op: 'move', from: 'debt', to: 'issued', amount: 'owed' },
        { op: 'move', from: 'fees', to: 'clearing', amount: 'disputeFee' },
      ],
    },
  },
)

/** Flow 1: the price of a message, held before it is served and settled for what was delivered; flow 12: its remainder. */
export const messages = chart(
  'messages',
  {
    'points.consumed': kind(['POINTS'], 'allowed', ['messages'], ['messages']),
    'creators.expense': kind(
      ['USD'],
      'allowed',
      ['messages', 'subscriptions', 'ads'],
      ['messages', 'subscriptions', 'ads'],
    ),
    'creators.free_budget': kind(['USD'], 'never', ['messages'], ['messages']),
    'operator.funds': kind(['USD'], 'allowed', ['messages'], ['messages']),
    'rounding.remainder': kind(['USD'], 'allowed', ['messages', 'payouts'], ['messages', 'payouts']),
  },
  {
    'message.reserved': {
      accounts: { wallet: 'wallet.points' },
      amounts: { price: 'POINTS' },
      legs: [{ op: 'reserve', from: 'wallet', amount: 'price' }],
    },
    'message.extended': {
      accounts: { wallet: 'wallet.points' },
      amounts: { more: 'POINTS' },
      legs: [{ op: 'extend', from: 'wallet', amount: 'more' }],
    },
    'message.prolonged': {
      accounts: { wallet: 'wallet.points' },
      amounts: {},
      legs: [{ op: 'extend', from: 'wallet' }],
    },
    // The last settlement: what was delivered is paid, the rest of the hold goes back.
    'message.settled': {
      accounts: {
        wallet: 'wallet.points',
        consumed: 'points.consumed',
        expense: 'creators.expense',
        budget: 'creators.free_budget',
        creators: ['creator.pending'],
        freeCreators: ['creator.pending'],
        remainder: 'rounding.remainder',
      },
      amounts: { points: 'POINTS', earned: ['USD'], earnedFree: ['USD'], rounding: 'USD' },
      optional: ['expense', 'creators', 'earned', 'budget', 'freeCreators', 'earnedFree', 'remainder', 'rounding'],
      legs: [
        { op: 'settle', from: 'wallet', to: 'consumed', amount: 'points' },
        { op: 'release', from: 'wallet' },
        { op: 'move', from: 'expense', to: 'creators', amount: 'earned' },
        { op: 'move', from: 'budget', to: 'freeCreators', amount: 'earnedFree' },
        { op: 'move', from: 'expense', to: 'remainder', amount: 'rounding' },
      ],
    },
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
    'message.released': {
      accounts: { wallet: 'wallet.points' },
      amounts: {},
      legs: [{ op: 'release', from: 'wallet' }],
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
    'message.budget_funded': {
      accounts: { funds: 'operator.funds', budget: 'creators.free_budget' },
      amounts: { amount: 'USD' },
      legs: [{ op: 'move', from: 'funds', to: 'budget', amount: 'amount' }],
    },
  },
)

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

/** What creators have earned: pending until the risk window has passed, then available. */
export const earnings = chart(
  'earnings',
  {
    'creator.pending': kind(['USD'], 'allowed', ['earnings'], ['messages', 'subscriptions', 'ads', 'earnings']),
    'creator.available': kind(['USD'], 'never', ['earnings', 'payouts'], ['earnings', 'payouts']),
  },
  {
    'earnings.matured': {
      accounts: { pending: 'creator.pending', available: 'creator.available' },
      amounts: { matured: 'USD' },
      legs: [{ op: 'move', from: 'pending', to: 'available', amount: 'matured' }],
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
