import { chart, type Kind } from '#ledger'

function kind(
  units: Kind['units'],
  overdraft: Kind['overdraft'],
  debitedBy: readonly string[],
  creditedBy: readonly string[],
): Kind {
  return { units, overdraft, debitedBy, creditedBy }
}

/**
 * The price of a message, held before it is served and settled for what was delivered, with the remainder of rounding.
 * A hold takes from the payer's points and, where a cap is set, from the day's and the month's allowance in one journal:
 * a cap is therefore refused by the ledger and cannot be raced past.
 */
export const messagesChart = chart(
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
      accounts: { wallet: 'wallet.points', day: 'wallet.allowance', month: 'wallet.allowance' },
      amounts: { price: 'POINTS' },
      optional: ['day', 'month'],
      legs: [
        { op: 'reserve', from: 'wallet', amount: 'price' },
        { op: 'reserve', from: 'day', amount: 'price' },
        { op: 'reserve', from: 'month', amount: 'price' },
      ],
    },
    'message.extended': {
      accounts: { wallet: 'wallet.points', day: 'wallet.allowance', month: 'wallet.allowance' },
      amounts: { more: 'POINTS' },
      optional: ['day', 'month'],
      legs: [
        { op: 'extend', from: 'wallet', amount: 'more' },
        { op: 'extend', from: 'day', amount: 'more' },
        { op: 'extend', from: 'month', amount: 'more' },
      ],
    },
    'message.prolonged': {
      accounts: { wallet: 'wallet.points', day: 'wallet.allowance', month: 'wallet.allowance' },
      amounts: {},
      optional: ['day', 'month'],
      legs: [
        { op: 'extend', from: 'wallet' },
        { op: 'extend', from: 'day' },
        { op: 'extend', from: 'month' },
      ],
    },
    // The last settlement: what was delivered is paid, the rest of the hold goes back.
    'message.settled': {
      accounts: {
        wallet: 'wallet.points',
        consumed: 'points.consumed',
        day: 'wallet.allowance',
        month: 'wallet.allowance',
        control: 'wallet.allowance_control',
        expense: 'creators.expense',
        budget: 'creators.free_budget',
        creators: ['creator.pending'],
        freeCreators: ['creator.pending'],
        remainder: 'rounding.remainder',
      },
      amounts: { points: 'POINTS', earned: ['USD'], earnedFree: ['USD'], rounding: 'USD' },
      optional: [
        'day',
        'month',
        'control',
        'expense',
        'creators',
        'earned',
        'budget',
        'freeCreators',
        'earnedFree',
        'remainder',
        'rounding',
      ],
      legs: [
        { op: 'settle', from: 'wallet', to: 'consumed', amount: 'points' },
        { op: 'release', from: 'wallet' },
        { op: 'settle', from: 'day', to: 'control', amount: 'points' },
        { op: 'release', from: 'day' },
        { op: 'settle', from: 'month', to: 'control', amount: 'points' },
        { op: 'release', from: 'month' },
        { op: 'move', from: 'expense', to: 'creators', amount: 'earned' },
        { op: 'move', from: 'budget', to: 'freeCreators', amount: 'earnedFree' },
        { op: 'move', from: 'expense', to: 'remainder', amount: 'rounding' },
      ],
    },
    'message.released': {
      accounts: { wallet: 'wallet.points', day: 'wallet.allowance', month: 'wallet.allowance' },
      amounts: {},
      optional: ['day', 'month'],
      legs: [
        { op: 'release', from: 'wallet' },
        { op: 'release', from: 'day' },
        { op: 'release', from: 'month' },
      ],
    },
    'message.budget_funded': {
      accounts: { funds: 'operator.funds', budget: 'creators.free_budget' },
      amounts: { amount: 'USD' },
      legs: [{ op: 'move', from: 'funds', to: 'budget', amount: 'amount' }],
    },
  },
)
