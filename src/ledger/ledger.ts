import { assert, isRefusal, type Clock, type Refusal, type Ratio, type Unit, type Uuid } from '#kernel'
import { OperatorFault, type Database, type EventSource } from '#platform'
import { createBatcher, type Batcher } from './batcher.ts'
import { chartFaults, type Chart, type Owner, type Template, type TemplateSpec } from './chart.ts'
import { hledger, jsonLines } from './export.ts'
import {
  digestOf,
  journalOf,
  no,
  reversalLegs,
  type Account,
  type AnyInput,
  type Input,
  type Journal,
} from './journal.ts'
import type { LedgerRefusal } from './status.ts'
import { accountByName } from './store/accounts.ts'
import { adoptCharts } from './store/chart.ts'
import { exportRows, journalSource } from './store/log.ts'
import { fateOfHold, faultOf, postedUnder, send, storedJournal, sweepHolds } from './store/posting.ts'
import { proveAll, type Proof } from './store/proof.ts'
import * as reading from './store/reading.ts'
import type { Answer } from './wire.ts'

/** What names an account. The home is 1 and the unit the kind's only one unless stated. */
export type AccountRef = {
  readonly kind: string
  readonly owner: Owner
  readonly unit?: Unit
  /** Tells apart accounts of one kind and owner: a sale, a payment provider, a subscriber. */
  readonly subject?: string
  readonly home?: number
}

/** The journal was posted under this key at this instant; posting it again answers the same. */
export type Posted = { readonly journal: Uuid; readonly postedAt: Date }

export type Ledger = {
  /** The account of this name, opened if it is not yet. Safe to call as often as one likes. */
  open(ref: AccountRef): Promise<Account>
  /** The account of this name, if it was opened. */
  account(ref: AccountRef): Promise<Account | Refusal<'unknown_account'>>
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
  reverse(input: {
    key: Uuid
    journal: Uuid
    room: string
    home?: number
    part?: Ratio
    effectiveAt?: Date
  }): Promise<Posted | Refusal<LedgerRefusal>>
  balance(account: Account): Promise<reading.Balance>
  /** The posted balance at the end of a past instant. */
  balanceAt(account: Account, instant: Date): Promise<bigint>
  /** Entries with running balances, newest first; the next page is before the last entry's `pos`. At most 500. */
  statement(account: Account, page?: { before?: bigint; limit?: number }): Promise<reading.Entry[]>
  trialBalance(at: { instant: Date; by: 'posted' | 'effective' }): Promise<reading.TrialLine[]>
  journal(key: Uuid, home?: number): Promise<reading.JournalView | undefined>
  /** An open, unexpired hold. */
  hold(account: Account, hold: Uuid): Promise<reading.HoldView | undefined>
  lots(account: Account): Promise<reading.LotView[]>
  /** Lots whose time has passed; their room posts what remains of each to its breakage account, with `draw: 'lot'`. */
  expiredLots(limit: number): Promise<reading.LotView[]>
  /** Ends expired holds on accounts that nobody touches; those that are touched end by themselves. Answers how many accounts. */
  sweep(): Promise<number>
  /** Checks every claim over every row; see the README for what it proves. */
  prove(): Promise<Proof>
  /** Every journal of a home, in the order of posting. */
  export(format: 'jsonl' | 'hledger', home?: number): AsyncGenerator<string>
  readonly events: EventSource
  /** Waits until everything accepted has its answer. */
  close(): Promise<void>
}

export type LedgerLimits = {
  readonly journalsPerBatch: number
  readonly legsPerBatch: number
  readonly batchesInFlight: number
  readonly waitingMax: number
  readonly retryForMs: number
}

const usualLimits: LedgerLimits = {
  journalsPerBatch: 256,
  legsPerBatch: 1024,
  batchesInFlight: 2,
  waitingMax: 20_000,
  retryForMs: 15_000,
}
const cachedAccountsMax = 200_000
const sweepAccounts = 500
const statementMax = 500
/** Entered by the migration. */
const reversalTemplate = 1

/**
 * Opens the ledger over a migrated database and enters the rooms' charts in it. Time is the database's own, so that
 * servers cannot disagree about when a hold ends, unless `clock` is given (tests).
 */
export async function openLedger(options: {
  readonly db: Database
  readonly charts: readonly Chart[]
  readonly clock?: Clock
  readonly limits?: Partial<LedgerLimits>
}): Promise<Ledger> {
  const { db, charts, clock } = options
  const faults = chartFaults(charts)
  if (faults.length > 0)
    throw new OperatorFault(
      `The chart of accounts is at fault:\n${faults.join('\n')}`,
      'Correct the chart of the room named.',
    )
  const registry = await adoptCharts(db, charts)
  const limits = { ...usualLimits, ...options.limits }
  const now = () => clock?.now() ?? null
  const batchers = new Map<number, Batcher>()
  const unitsOf = new Map(charts.flatMap((one) => Object.entries(one.kinds).map(([name, kind]) => [name, kind.units])))
  const findAccount = accountCache(db, unitsOf)

  function batcherOf(home: number): Batcher {
    let batcher = batchers.get(home)
    if (!batcher) {
      batcher = createBatcher({
        send: (batch) => send(db, home, batch, now()),
        faultOf,
        journalsMax: limits.journalsPerBatch,
        legsMax: limits.legsPerBatch,
        inFlightMax: limits.batchesInFlight,
        waitingMax: limits.waitingMax,
        retryForMs: limits.retryForMs,
      })
      batchers.set(home, batcher)
    }
    return batcher
  }

  async function postJournal(journal: Journal): Promise<Posted | Refusal<LedgerRefusal>> {
    const answering = batcherOf(journal.home).post(journal)
    return answering ? outcome(journal, await answering) : no('ledger_busy')
  }

  async function outcome(journal: Journal, { status, postedAt }: Answer): Promise<Posted | Refusal<LedgerRefusal>> {
    if (status === 'posted' || status === 'repeated') return { journal: journal.key, postedAt }
    if (status !== 'unknown_hold') return no(status)
    const leg = journal.legs.find((one) => one.hold !== null)
    assert(leg?.hold, 'only a journal that names a hold is refused for one')
    return no(await fateOfHold(db, journal.home, leg.hold, leg.debit))
  }

  return {
    open: async (ref) => {
      const account = await findAccount(ref, 'open')
      assert(account, `the kind ${ref.kind} is in a chart`)
      return account
    },
    account: async (ref) => (await findAccount(ref, 'find')) ?? (no('unknown_account') as Refusal<'unknown_account'>),
    post: async (template, input) => {
      const registered = registry.templates.get(template.name)
      assert(registered, `the template ${template.name} is in no chart this ledger was opened with`)
      const journal = journalOf(template, registered, input as unknown as AnyInput)
      return isRefusal(journal) ? journal : postJournal(journal)
    },
    reverse: async ({ key, journal, room, home = 1, part, effectiveAt }) => {
      // The body is what was asked for: the legs depend on what else has been reversed since.
      const digest = digestOf(
        `reverse|${journal}|${room}|${part ? `${part.numerator}/${part.denominator}` : 'rest'}|${effectiveAt?.getTime() ?? ''}`,
      )
      const earlier = await postedUnder(db, home, key)
      if (earlier) return earlier.digest === digest ? { journal: key, postedAt: earlier.postedAt } : no('key_reused')
      const stored = await storedJournal(db, home, journal)
      if (!stored) return no('unknown_journal')
      if (stored.room !== room && stored.room !== 'ledger') return no('foreign_kind')
      const legs = reversalLegs(stored.legs, part)
      if (legs.length === 0) return no('nothing_to_reverse')
      return postJournal({
        key,
        home,
        template: reversalTemplate,
        rights: -1n,
        legs,
        effectiveAt: effectiveAt ?? null,
        reverses: journal,
        facts: null,
        digest,
      })
    },
    balance: (account) => reading.balanceOf(db, account, now()),
    balanceAt: (account, instant) => reading.balanceAt(db, account, instant),
    statement: (account, page) =>
      reading.statementOf(db, account, {
        before: page?.before ?? null,
        limit: Math.min(page?.limit ?? 50, statementMax),
      }),
    trialBalance: (at) => reading.trialBalanceOf(db, at),
    journal: (key, home = 1) => reading.journalByKey(db, home, key),
    hold: (account, hold) => reading.openHold(db, account, hold, now()),
    lots: (account) => reading.openLots(db, account),
    expiredLots: (limit) => reading.expiredLots(db, now(), limit),
    sweep: () => sweepHolds(db, now(), sweepAccounts),
    prove: () => proveAll(db),
    export: (format, home = 1) => (format === 'jsonl' ? jsonLines : hledger)(exportRows(db, home)),
    events: journalSource(db),
    close: async () => {
      await Promise.all([...batchers.values()].map((batcher) => batcher.idle()))
    },
  }
}

/** Accounts never change once open, so a name is looked up once. The oldest entries go when there are too many. */
function accountCache(db: Database, unitsOf: ReadonlyMap<string, readonly Unit[]>) {
  const cache = new Map<string, Account>()
  return async (ref: AccountRef, make: 'open' | 'find'): Promise<Account | undefined> => {
    const { kind, owner, subject = '', home = 1 } = ref
    const units = unitsOf.get(kind)
    if (!units) return undefined
    const unit = ref.unit ?? units[0]
    assert(
      unit && units.includes(unit) && (ref.unit || units.length === 1),
      `an account of ${kind} is in one of ${units.join(', ')}`,
    )
    const name = JSON.stringify([home, kind, unit, owner, subject])
    const known = cache.get(name)
    if (known) return known
    const account = await accountByName(db, { home, kind, unit, owner, subject }, make)
    if (account) {
      if (cache.size >= cachedAccountsMax) cache.delete(cache.keys().next().value as string)
      cache.set(name, account)
    }
    return account
  }
}
