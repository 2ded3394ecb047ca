import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

/** What an ending meant for the price. A whole answer needs no words. */
const words: Readonly<Record<string, MessageDescriptor>> = {
  stopped: msg`You stopped it: what was said is paid.`,
  refused_before: msg`It was declined before it was answered.`,
  refused_after: msg`It was broken off, as its content was declined: no price for the bot.`,
  provider_failed_before: msg`The bot could not be reached.`,
  provider_failed_after: msg`The bot broke off: no price for the bot.`,
  empty: msg`The bot said nothing.`,
  timed_out: msg`The bot took too long: no price for the bot.`,
  out_of_points: msg`Your points ended here.`,
  over_cap: msg`Your own limit ended it.`,
  cancelled_waiting: msg`You stopped it before it began.`,
  expired_waiting: msg`The line was too long.`,
  hold_expired: msg`It took too long.`,
  account_closed: msg`The account was closed.`,
  shutdown: msg`The house was restarted: no price for the bot.`,
  killed: msg`The house stopped without warning: no price for the bot.`,
}

export const endingWords = (ending: string): MessageDescriptor | undefined => words[ending]
