import { chart } from '#ledger'

/** What creators have earned: pending until the risk window has passed, then available. */
export const earningsChart = chart(
  'earnings',
  {
    'creator.pending': {
      units: ['USD'],
      overdraft: 'allowed',
      debitedBy: ['earnings'],
      creditedBy: ['messages', 'subscriptions', 'ads', 'earnings'],
    },
    'creator.available': {
      units: ['USD'],
      overdraft: 'never',
      debitedBy: ['earnings', 'payouts'],
      creditedBy: ['earnings', 'payouts'],
    },
  },
  {
    'earnings.matured': {
      accounts: { pending: 'creator.pending', available: 'creator.available' },
      amounts: { matured: 'USD' },
      legs: [{ op: 'move', from: 'pending', to: 'available', amount: 'matured' }],
    },
  },
)
