import { endings, type Ending } from './contract.ts'

type Dues = {
  /** The part of a price that is the same for every answer. */
  readonly fixed: 'due' | 'waived'
  /** What is billed by the length of the answer: what the durable log holds of it, or nothing. */
  readonly metered: 'delivered' | 'nothing'
}

type EndingRow = Dues & {
  /** What the reader is told, where the runtime has no better words; null where the answer speaks for itself. */
  readonly words: string | null
}

/**
 * The table of endings. You pay for whole answers and for those you stopped yourself; what broke costs no fixed price;
 * delivered text on a metered model is billed by what the durable log holds.
 */
export const endingTable: Readonly<Record<Ending, EndingRow>> = {
  finished: { fixed: 'due', metered: 'delivered', words: null },
  stopped: { fixed: 'due', metered: 'delivered', words: 'You stopped this answer.' },
  refused_before: {
    fixed: 'waived',
    metered: 'nothing',
    words: 'This was declined before it was answered, and costs nothing. Put it in other words.',
  },
  refused_after: {
    fixed: 'waived',
    metered: 'delivered',
    words: 'This answer was broken off, as its content was declined. Put the question in other words.',
  },
  provider_failed_before: {
    fixed: 'waived',
    metered: 'nothing',
    words: 'The bot could not be reached. This costs nothing; try again, or another bot.',
  },
  provider_failed_after: {
    fixed: 'waived',
    metered: 'delivered',
    words: 'The bot broke off. Try again; if it stays so, try another bot.',
  },
  empty: { fixed: 'waived', metered: 'nothing', words: 'The bot said nothing. This costs nothing; try again.' },
  timed_out: { fixed: 'waived', metered: 'delivered', words: 'The bot took too long. Try again, or another bot.' },
  out_of_points: {
    fixed: 'due',
    metered: 'delivered',
    words: 'Your points ended here. Top up, then ask the bot to go on.',
  },
  over_cap: {
    fixed: 'due',
    metered: 'delivered',
    words: 'Your own limit was reached here. Raise it in your wallet, or ask again when it is renewed.',
  },
  cancelled_waiting: {
    fixed: 'waived',
    metered: 'nothing',
    words: 'You stopped this before it began. It costs nothing.',
  },
  expired_waiting: {
    fixed: 'waived',
    metered: 'nothing',
    words: 'The line was too long, and this was given up. It costs nothing; try again later.',
  },
  hold_expired: {
    fixed: 'waived',
    metered: 'nothing',
    words: 'This took longer than its points were set aside for. It costs nothing; try again.',
  },
  account_closed: { fixed: 'due', metered: 'delivered', words: 'The account was closed.' },
  shutdown: { fixed: 'waived', metered: 'delivered', words: 'This place was restarted and broke off. Try again.' },
  killed: {
    fixed: 'waived',
    metered: 'delivered',
    words: 'This place stopped without warning and broke off. Try again.',
  },
}

/** What a reader got of an answer, by the durable log. `bytes` and `chars` are of its text. */
export type Delivered = { readonly bytes: number; readonly chars: number; readonly parts: number }

export const nothingDelivered: Delivered = { bytes: 0, chars: 0, parts: 0 }

const isNothing = ({ bytes, parts }: Pick<Delivered, 'bytes' | 'parts'>): boolean => bytes === 0 && parts === 0

/**
 * How many tokens a text has, roughly: four letters are one, and so is each sign of a dense script, which has three bytes to
 * its one unit of UTF-16. Rather too many than too few, since somebody pays for the model.
 */
export const tokensIn = ({ bytes, chars }: Pick<Delivered, 'bytes' | 'chars'>): number =>
  Math.ceil((3 * bytes - chars) / 8)

/** What an ending makes due. Before the first token nothing costs anything, whatever the ending is. */
export function duesOf(call: { readonly ending: Ending; readonly delivered: Delivered }): Dues {
  if (isNothing(call.delivered)) return { fixed: 'waived', metered: 'nothing' }
  const { fixed, metered } = endingTable[call.ending]
  return { fixed, metered }
}

/** What made a call end, before it is known how far it had come. */
export type Cause =
  | 'said_all'
  | 'refused'
  | 'provider_failed'
  | 'timed_out'
  | 'expired_waiting'
  | 'out_of_points'
  | 'over_cap'
  | 'hold_expired'
  | 'stopped'
  | 'account_closed'
  | 'shutdown'
  | 'killed'

/** The row of the table: most causes mean another one before the first token than after it. */
export function endingOf(cause: Cause, delivered: Pick<Delivered, 'bytes' | 'parts'>): Ending {
  const before = isNothing(delivered)
  switch (cause) {
    case 'said_all':
      return before ? 'empty' : 'finished'
    case 'refused':
      return before ? 'refused_before' : 'refused_after'
    case 'provider_failed':
      return before ? 'provider_failed_before' : 'provider_failed_after'
    case 'stopped':
      return before ? 'cancelled_waiting' : 'stopped'
    case 'timed_out':
    case 'expired_waiting':
    case 'out_of_points':
    case 'over_cap':
    case 'hold_expired':
    case 'account_closed':
    case 'shutdown':
    case 'killed':
      return cause
  }
}

/** A turn ended as its best call did: an answer that is there outweighs the ones that failed beside it. */
export function endingOfTurn(calls: readonly Ending[]): Ending {
  const best = endings.find((each) => calls.includes(each))
  if (best === undefined) throw new Error('a turn has at least one call')
  return best
}

export const limits = {
  callsMax: 10,
  /** Of all the history of a turn's calls together, in bytes of UTF-8. */
  promptBytesMax: 2_000_000,
  charsMax: 512_000,
  eventsMax: 100_000,
  turnsPerPayerMax: 20,
  /** How long a call may wait in line, then for its first token, and take in all. */
  waitMsMax: 600_000,
  firstTokenMsMax: 90_000,
  answerMsMax: 900_000,
  /** A hold lasts longer than this and is prolonged so often while its turn runs. */
  prolongMs: 240_000,
  flushMs: 150,
  heartbeatMs: 3_000,
  /** Without a heartbeat for so long a process counts as gone, and its turns are ended by another. */
  leaseMs: 12_000,
} as const
export type Limits = { readonly [Name in keyof typeof limits]: number }
