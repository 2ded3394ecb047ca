import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { TopUpView } from '#wallet/contract'

/** What a journal did to the points, by the name of its template. */
const journals: Readonly<Record<string, MessageDescriptor>> = {
  'wallet.daily_points': msg`Free points of the day`,
  'wallet.lot_expired': msg`Free points that were not used`,
  'wallet.topped_up': msg`Top-up`,
  'wallet.refunded': msg`Top-up refunded`,
  'wallet.charged_back': msg`Top-up disputed`,
  'message.settled': msg`Message`,
  'ledger.reversed': msg`Correction`,
  'subscription.month_paid': msg`Points of your plan`,
  'gift.given': msg`Gift`,
  'gift.claimed': msg`Gift`,
}

export function journalWords(template: string, points: bigint): MessageDescriptor {
  return journals[template] ?? (points > 0n ? msg`Points received` : msg`Points spent`)
}

/** What has become of a top-up, in one word. */
export const topUpWords: Readonly<Record<TopUpView['state'], MessageDescriptor>> = {
  started: msg`Waiting for the bank`,
  asks: msg`Your bank asks`,
  succeeded: msg`Paid`,
  failed: msg`Not paid`,
  refunded: msg`Refunded`,
  disputed: msg`Disputed`,
}
