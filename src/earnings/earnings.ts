import type { Uuid } from '#kernel'
import type { Account } from '#ledger'

export type Earnings = {
  /** Where the creator's earnings arrive: by bought points, or out of the operator's budget for free ones. */
  pendingOf(creator: Uuid, by: 'paid' | 'free'): Promise<Account>
  /** Writes down what is due at this instant and posts it. Answers how many journals. */
  mature(): Promise<number>
}
