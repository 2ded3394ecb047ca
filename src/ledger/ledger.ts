import { assert, type Clock, type Refusal, type Unit, type Uuid } from '#kernel'
import { createGatherer, OperatorFault, type Database, type EventSource } from '#platform'
import { chartFaults, type Chart, type Owner } from './chart.ts'
import { hledger, jsonLines } from './export.ts'
import { no, type Account } from './journal.ts'
import { createPosting, usualLimits, type LedgerLimits, type Posting } from './posting.ts'
import { accountByName } from './store/accounts.ts'
import { adoptCharts } from './store/chart.ts'
import { exportRows, journalSource } from './store/log.ts'
import { sweepHolds } from './store/posting.ts'
import { proveAll, type Proof, type ProofProgress } from './store/proof.ts'
import * as reading from './store/reading.ts'

/** What names an account. The home is 1 and the unit the kind's only one unless stated. */
export type AccountRef = {
  readonly kind: string
  readonly owner: Owner
  readonly unit?: Unit
  /** Tells apart accounts of one kind and owner: a sale, a payment provider, a subscriber. */
  readonly subject?: string
  readonly home?: number
}

export type Ledger = Omit<Posting, 'idle'> & {
  /** The account of this name, opened if it is not yet. Safe to call as often as one likes. */
  open(ref: AccountRef): Promise<Account>
  /** The account of this name, if it was opened. */
  account(ref: AccountRef): Promise<Account | Refusal<'unknown_account'>>
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
  prove(tell?: ProofProgress): Promise<Proof>
  /** Every journal of a home, in the order of posting. */
  export(format: 'jsonl' | 'hledger', home?: number): AsyncGenerator<string>
  readonly events: EventSource
  /** Waits until everything accepted has its answer. */
  close(): Promise<void>
}

const cachedAccountsMax = 200_000
const sweepAccounts = 500
const statementMax = 500

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
  if (faults.length > 0) {
    throw new OperatorFault(
      `The chart of accounts is at fault:\n${faults.join('\n')}`,
      'Correct the chart of the room named.',
    )
  }
  const registry = await adoptCharts(db, charts)
  const now = () => clock?.now() ?? null
  const { idle, ...posting } = createPosting({ db, registry, now, limits: { ...usualLimits, ...options.limits } })
  const findAccount = accountCache(db, charts)
  const holds = createGatherer((names: readonly reading.HoldName[]) => reading.openHolds(db, names, now()))

  return {
    ...posting,
    open: async (ref) => {
      const account = await findAccount(ref, 'open')
      assert(account, `the kind ${ref.kind} is in a chart`)
      return account
    },
    account: async (ref) => (await findAccount(ref, 'find')) ?? (no('unknown_account') as Refusal<'unknown_account'>),
    balance: (account) => reading.balanceOf(db, account, now()),
    balanceAt: (account, instant) => reading.balanceAt(db, account, instant),
    statement: (account, page) =>
      reading.statementOf(db, account, {
        before: page?.before ?? null,
        limit: Math.min(page?.limit ?? 50, statementMax),
      }),
    trialBalance: (at) => reading.trialBalanceOf(db, at),
    journal: (key, home = 1) => reading.journalByKey(db, home, key),
    hold: (account, hold) => holds.add({ account, hold }),
    lots: (account) => reading.openLots(db, account),
    expiredLots: (limit) => reading.expiredLots(db, now(), limit),
    sweep: () => sweepHolds(db, now(), sweepAccounts),
    prove: (tell) => proveAll(db, tell),
    export: (format, home = 1) => (format === 'jsonl' ? jsonLines : hledger)(exportRows(db, home)),
    events: journalSource(db),
    close: idle,
  }
}

/** Accounts never change once open, so a name is looked up once. The oldest entries go when there are too many. */
function accountCache(db: Database, charts: readonly Chart[]) {
  const unitsOf = new Map(charts.flatMap((one) => Object.entries(one.kinds).map(([name, kind]) => [name, kind.units])))
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
