import { chart, type Kind } from '#ledger'

function kind(
  units: Kind['units'],
  overdraft: Kind['overdraft'],
  debitedBy: readonly string[],
  creditedBy: readonly string[],
): Kind {
  return { units, overdraft, debitedBy, creditedBy }
}

const cash = ['USD', 'EUR', 'CNY', 'JPY', 'GBP'] as const

/**
 * One account of points per person, with lots under it for what expires, and the other sides of every point: issued,
 * expired, owed. An allowance is what a cap still allows in its period; a hold takes from it and from the points at once.
 */
export const walletChart = chart(
  'wallet',
  {
    'wallet.points': kind(
      ['POINTS'],
      'never',
      ['wallet', 'messages', 'gifts'],
      ['wallet', 'messages', 'subscriptions', 'gifts'],
    ),
    'wallet.allowance': kind(['POINTS'], 'never', ['wallet', 'messages'], ['wallet']),
    'wallet.allowance_control': kind(['POINTS'], 'allowed', ['wallet'], ['wallet', 'messages']),
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
    'wallet.allowance_opened': {
      accounts: { control: 'wallet.allowance_control', allowance: 'wallet.allowance' },
      amounts: { allowed: 'POINTS' },
      legs: [{ op: 'move', from: 'control', to: 'allowance', amount: 'allowed' }],
    },
    'wallet.allowance_lowered': {
      accounts: { control: 'wallet.allowance_control', allowance: 'wallet.allowance' },
      amounts: { less: 'POINTS' },
      legs: [{ op: 'move', from: 'allowance', to: 'control', amount: 'less' }],
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
      optional: ['recovered', 'owed', 'disputeFee'],
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
