import { assert, isRefusal, money, refuse, uuidv7, type Refusal } from '#kernel'
import type { Account, HoldView, Ledger, LedgerRefusal } from '#ledger'
import { messagesChart } from './chart.ts'
import type { TurnKeys } from './keys.ts'

/** What a turn's hold takes from. */
export type Sources = {
  readonly points: Account
  readonly allowances: { readonly day?: Account; readonly month?: Account }
}

export type HoldRefusal = Refusal<'insufficient_funds' | 'over_cap' | 'hold_expired'>

/** A turn's hold on the ledger, as the process knows it that runs the turn. */
export type Hold = {
  amount(): bigint
  /** Grows to so much; where that is not there, by all that is left, and says what was short. */
  growTo(amount: bigint): Promise<true | HoldRefusal>
  prolong(): Promise<true | HoldRefusal>
  stands(): Promise<boolean>
}

/** Has the payer given what a new day brings. */
type Renew = () => Promise<unknown>

/** How long a hold lasts unless it is prolonged; a turn asks for that every few minutes. */
export const holdMs = 900_000

const { templates } = messagesChart

type Opening = {
  readonly ledger: Ledger
  readonly keys: TurnKeys
  readonly sources: Sources
  readonly renew: Renew
  readonly slice: bigint
  readonly lastsMs: number
}

/**
 * Sets a turn's first slice aside. An id that was held before goes on with that hold if it stands and is large enough. That its
 * journal is there says neither, since what it held may have been given back: each attempt bears a mark of its own, so that the
 * journal of an earlier one is another.
 */
export async function openHold({
  ledger,
  keys,
  sources,
  renew,
  slice,
  lastsMs,
}: Opening): Promise<Hold | Refusal<'insufficient_funds' | 'over_cap' | 'key_reused'>> {
  const answer = await ledger.post(templates['message.reserved'], {
    key: keys.hold,
    accounts: { wallet: sources.points, ...sources.allowances },
    amounts: { price: money('POINTS', slice) },
    holdMs: lastsMs,
    lasts: 'with_next_commit',
    facts: { attempt: uuidv7() },
  })
  if (isRefusal(answer) && answer.refused === 'insufficient_funds') return shortage(ledger, sources, slice)
  if (!isRefusal(answer)) return followHold({ ledger, keys, sources, renew, held: slice })
  assert(answer.refused === 'key_reused', `points were not set aside: ${answer.detail}`)
  const standing = await ledger.hold(sources.points, keys.hold)
  if (!standing || standing.amount < slice) return begunInVain
  const heldFrom = sourcesOf(standing, sources.points)
  const hold = followHold({ ledger, keys, sources: heldFrom, renew, held: standing.amount })
  return isRefusal(await hold.prolong()) ? begunInVain : hold
}

const begunInVain = refuse(
  'key_reused',
  'This was begun before, and did not come about. Send it again as a new message.',
)

/** The accounts that a hold was taken from, as the ledger has them: the day, or a cap, may have changed since. */
export function sourcesOf({ others }: HoldView, points: Account): Sources {
  const [day, month] = others.map((id): Account => ({ ...points, id, kind: 'wallet.allowance' }))
  return { points, allowances: { ...(day ? { day } : {}), ...(month ? { month } : {}) } }
}

function followHold(turn: {
  readonly ledger: Ledger
  readonly keys: TurnKeys
  readonly sources: Sources
  readonly renew: Renew
  readonly held: bigint
}): Hold {
  const { ledger, keys, sources, renew } = turn
  const accounts = { wallet: sources.points, ...sources.allowances }
  const base = () => ({ key: keys.extended(journals), hold: keys.hold, holdMs, accounts })
  let { held } = turn
  let journals = 0

  /** A journal whose answer was lost keeps its key; if it was posted after all, the hold says how large it is. */
  const extend = async (more: bigint): Promise<true | HoldRefusal> => {
    const answer = await ledger.post(templates['message.extended'], {
      ...base(),
      amounts: { more: money('POINTS', more) },
    })
    journals++
    if (!isRefusal(answer)) held += more
    else if (answer.refused === 'key_reused') held = (await ledger.hold(sources.points, keys.hold))?.amount ?? held
    else return answer.refused === 'insufficient_funds' ? shortage(ledger, sources, more) : ended(answer)
    return true
  }

  /** Beside an extension, or after one of an earlier attempt, the key may be taken: then by the next. */
  const prolong = async (): Promise<true | HoldRefusal> => {
    const answer = await ledger.post(templates['message.prolonged'], { ...base(), amounts: {} })
    journals++
    if (!isRefusal(answer)) return true
    return answer.refused === 'key_reused' ? prolong() : ended(answer)
  }

  return {
    amount: () => held,
    growTo: async (amount) => {
      let answer = await extend(amount - held)
      if (answer !== true && answer.refused === 'insufficient_funds') {
        await renew()
        answer = await extend(amount - held)
      }
      if (answer === true || answer.refused === 'hold_expired') return answer
      const left = await leftOf(ledger, sources)
      if (left > 0n && left < amount - held) await extend(left)
      return answer
    },
    prolong,
    stands: async () => (await ledger.hold(sources.points, keys.hold)) !== undefined,
  }
}

/** Whatever else the ledger refuses here is no answer for a reader: too busy, or a bug. */
function ended({ refused, detail }: Refusal<LedgerRefusal>): Refusal<'hold_expired'> {
  if (!holdIsOver.includes(refused)) throw new Error(`a hold was not extended: ${detail}`)
  return refuse('hold_expired', 'The points that were set aside for this answer are free again.')
}

/** The refusals of a hold that has ended, whichever way. */
export const holdIsOver: readonly LedgerRefusal[] = ['hold_expired', 'hold_resolved', 'unknown_hold']

/** What could still be held: the least of the points and what the caps allow. */
async function leftOf(ledger: Ledger, { points, allowances }: Sources): Promise<bigint> {
  const accounts = [points, allowances.day, allowances.month].filter((one) => one !== undefined)
  const available = await Promise.all(accounts.map(async (account) => (await ledger.balance(account)).available))
  return available.reduce((least, one) => (one < least ? one : least))
}

/** The ledger says only that something is short. Whether it is the points or a cap is read, for the words. */
export async function shortage(
  ledger: Ledger,
  { points, allowances }: Sources,
  needed: bigint,
): Promise<Refusal<'insufficient_funds' | 'over_cap'>> {
  const { available } = await ledger.balance(points)
  if (available < needed || (!allowances.day && !allowances.month)) {
    return refuse(
      'insufficient_funds',
      `You have ${available} points left, and this needs ${needed}. Top up, or wait for tomorrow’s free points.`,
    )
  }
  const day = allowances.day && (await ledger.balance(allowances.day)).available < needed
  const period = day ? 'day' : 'month'
  return refuse('over_cap', `Your own limit for this ${period} is reached. You can raise it in your wallet.`)
}
