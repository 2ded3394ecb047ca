import { assert, isRefusal, type Ratio, type Refusal, type Uuid } from '#kernel'
import type { Database } from '#platform'
import { createBatcher, keepTrying, LedgerUnavailable, type Batcher } from './batcher.ts'
import type { Template, TemplateSpec } from './chart.ts'
import { digestOf, journalOf, no, reversalLegs, type AnyInput, type Input, type Journal } from './journal.ts'
import type { LedgerRefusal } from './status.ts'
import type { Registry } from './store/chart.ts'
import { fateOfHolds, faultOf, postedUnder, send, storedJournal } from './store/posting.ts'

/** The journal was posted under this key at this instant; posting it again answers the same. */
export type Posted = { readonly journal: Uuid; readonly postedAt: Date }

export type Posting = {
  /**
   * Posts the template's journal once. Refusals have written nothing; a fault of the database throws LedgerUnavailable
   * (nothing was posted) or OutcomeUnknown (ask again under the same key).
   */
  post<Spec extends TemplateSpec>(
    template: Template<Spec>,
    input: Input<Spec>,
  ): Promise<Posted | Refusal<LedgerRefusal>>
  /**
   * Takes back a journal of the same room: a share of each leg, rounded down, or without `part` all that is left. What
   * was reversed never exceeds what was posted. A reversal can be reversed.
   */
  reverse(reversal: Reversal): Promise<Posted | Refusal<LedgerRefusal>>
  /** Waits until everything accepted has its answer. */
  readonly idle: () => Promise<void>
}

export type Reversal = {
  readonly key: Uuid
  readonly journal: Uuid
  readonly room: string
  readonly home?: number
  readonly part?: Ratio
  readonly effectiveAt?: Date
}

export type LedgerLimits = {
  readonly journalsPerBatch: number
  readonly journalsPerShare: number
  readonly legsPerBatch: number
  readonly batchesInFlight: number
  readonly waitingMax: number
  readonly retryForMs: number
}

export const usualLimits: LedgerLimits = {
  journalsPerBatch: 256,
  journalsPerShare: 96,
  legsPerBatch: 1024,
  batchesInFlight: 2,
  waitingMax: 20_000,
  retryForMs: 15_000,
}

/** Entered by the migration. */
const reversalTemplate = 1

export function createPosting(options: {
  readonly db: Database
  readonly registry: Registry
  /** Null for the database's own clock. */
  readonly now: () => Date | null
  readonly limits: LedgerLimits
}): Posting {
  const { db, registry, now, limits } = options
  const batchers = new Map<number, Batcher>()
  const reached = <Answer>(read: () => Promise<Answer>) => readAgain(read, limits.retryForMs)

  function batcherOf(home: number): Batcher {
    let batcher = batchers.get(home)
    if (!batcher) {
      batcher = createBatcher(
        {
          journalsMax: limits.journalsPerBatch,
          shareMin: limits.journalsPerShare,
          legsMax: limits.legsPerBatch,
          inFlightMax: limits.batchesInFlight,
          waitingMax: limits.waitingMax,
        },
        { send: (batch) => send(db, home, batch, now()), faultOf, retryForMs: limits.retryForMs },
      )
      batchers.set(home, batcher)
    }
    return batcher
  }

  async function postJournal(journal: Journal): Promise<Posted | Refusal<LedgerRefusal>> {
    const answer = await batcherOf(journal.home).post(journal)
    if (!answer) return no('ledger_busy')
    const { status, postedAt } = answer
    if (status === 'posted' || status === 'repeated') return { journal: journal.key, postedAt }
    return no(status === 'unknown_hold' ? await reached(() => fateOf(db, journal)) : status)
  }

  return {
    post: async (template, input) => {
      const registered = registry.templates.get(template.name)
      assert(registered, `the template ${template.name} is in no chart this ledger was opened with`)
      const journal = journalOf(template, registered, input as unknown as AnyInput)
      return isRefusal(journal) ? journal : postJournal(journal)
    },
    reverse: async (reversal) => {
      const { key, journal, room, home = 1, part, effectiveAt = null } = reversal
      // The body is what was asked for: the legs depend on what else has been reversed since.
      const share = part ? `${part.numerator}/${part.denominator}` : 'rest'
      const digest = digestOf(`reverse|${journal}|${room}|${share}|${effectiveAt?.getTime() ?? ''}`)
      // What is left first: once another asker under this key has taken it, that journal is there to be found.
      const stored = await reached(() => storedJournal(db, home, journal))
      const earlier = await reached(() => postedUnder(db, home, key))
      if (earlier) return earlier.digest === digest ? { journal: key, postedAt: earlier.postedAt } : no('key_reused')
      if (!stored) return no('unknown_journal')
      if (stored.room !== room) return no('foreign_kind')
      const legs = reversalLegs(stored.legs, part)
      if (legs.length === 0) return no('nothing_to_reverse')
      const body = { template: reversalTemplate, rights: -1n, legs, effectiveAt, reverses: journal, facts: null }
      return postJournal({ key, home, digest, ...body })
    },
    idle: async () => {
      await Promise.all([...batchers.values()].map((batcher) => batcher.idle()))
    },
  }
}

/** What is read beside posting has posted nothing: a database that stays out of reach is no more than that. */
async function readAgain<Answer>(read: () => Promise<Answer>, retryForMs: number): Promise<Answer> {
  try {
    return await keepTrying(read, { faultOf, retryForMs })
  } catch (fault) {
    if (faultOf(fault) === 'data') throw fault
    throw new LedgerUnavailable('The database cannot be asked now.', { cause: fault })
  }
}

function fateOf(db: Database, { home, legs }: Journal): Promise<LedgerRefusal> {
  const names = legs.flatMap(({ hold, debit }) => (hold === null ? [] : [{ hold, account: debit }]))
  assert(names.length > 0, 'only a journal that names a hold is refused for one')
  return fateOfHolds(db, home, names)
}
