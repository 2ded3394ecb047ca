import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

/** What each claim of a proof says, for people; one we do not know is shown by its name. */
export const claimWords: Readonly<Record<string, MessageDescriptor>> = {
  units_sum_to_zero: msg`Each unit adds up to zero`,
  balances_equal_entries: msg`Balances are the sum of their entries`,
  running_balances_follow: msg`Running balances follow each other`,
  no_overdraft: msg`Nothing is overdrawn`,
  holds_accounted_for: msg`Holds are accounted for`,
  lots_accounted_for: msg`Points that expire are accounted for`,
  journals_whole: msg`Journals are whole`,
  kinds_respected: msg`No room touched another’s accounts`,
  reversals_within: msg`No more was reversed than moved`,
  chain_unbroken: msg`The chain of hashes is unbroken`,
}
