/**
 * What the posting function can answer about one journal, by the number it answers with. Only `posted` and `repeated`
 * are a yes; every other word is a refusal, and a refused journal has written nothing.
 */
export const statuses = [
  'posted',
  'repeated',
  'key_reused',
  'insufficient_funds',
  'foreign_kind',
  'unknown_hold',
  'hold_expired',
  'unknown_account',
  'exceeds_hold',
  'wrong_unit',
  'amount_too_large',
  'invalid_amount',
  'hold_resolved',
  'exceeds_original',
  'unknown_lot',
  'invalid_duration',
] as const

export type Status = (typeof statuses)[number]

/** Refusals of posting. The last four are decided before the posting function is called. */
export type LedgerRefusal =
  | Exclude<Status, 'posted' | 'repeated'>
  | 'nothing_to_reverse'
  | 'unknown_journal'
  | 'same_account'
  | 'ledger_busy'

/** What to tell whoever asked. */
export const words: Record<LedgerRefusal, string> = {
  key_reused: 'This key already stands for another journal. Use a new key for a new journal.',
  insufficient_funds: 'The account has less available than this needs.',
  foreign_kind: 'The room of this template may not touch an account of this kind.',
  unknown_hold: 'There is no such hold on this account.',
  hold_expired: 'The hold has expired; what it held is available to the payer again.',
  hold_resolved: 'The hold has already been settled or released.',
  unknown_account: 'There is no such account in this home. Open it first.',
  exceeds_hold: 'This is more than the hold still holds. Extend the hold first.',
  wrong_unit: 'The amount, the account it leaves and the account it enters are not all of one unit.',
  amount_too_large: 'The amount would take a balance beyond what the ledger can count.',
  invalid_amount: 'An amount is a positive whole number of minor units.',
  exceeds_original: 'Together with what was reversed before, this is more than the journal moved.',
  nothing_to_reverse: 'The journal moved nothing that could still be reversed.',
  unknown_journal: 'There is no journal under this key.',
  same_account: 'A leg moves between two accounts; these are one.',
  unknown_lot: 'There is no such lot on this account.',
  invalid_duration: 'A hold lasts for a positive length of time.',
  ledger_busy: 'More journals are waiting than the ledger accepts. Try again in a moment.',
}
