import type { Unit, Uuid } from '#kernel'
import type { Database } from '#platform'
import type { LotClass } from '../chart.ts'
import type { Account, Facts } from '../journal.ts'

const lotClasses: readonly LotClass[] = ['free', 'plan', 'gift']

/** In minor units. `available` is what a debit in the order of spending could take now. */
export type Balance = { readonly posted: bigint; readonly held: bigint; readonly available: bigint }

/** Holds and lots whose time has passed no longer count, whether or not anyone has swept them. */
export async function balanceOf(db: Database, account: Account, now: Date | null): Promise<Balance> {
  const { rows } = await db.pool.query<Balance>({
    name: 'ledger.balance',
    text: `select a.balance as posted, (a.held - h.ended)::int8 as held, (a.balance - a.held + h.ended - t.ended)::int8 as available
      from (select coalesce($3::timestamptz, clock_timestamp()) as now) c
      join ledger.account a on a.home = $1 and a.id = $2
      cross join lateral (
        select coalesce(sum(amount), 0) as ended from ledger.hold where home = $1 and account = $2 and expires_at <= c.now and a.held > 0
      ) h
      cross join lateral (
        select coalesce(sum(t.remaining - t.held + coalesce((
          select sum(p.amount) from ledger.hold p
          where p.home = $1 and p.account = $2 and p.lot = t.id and p.expires_at <= c.now), 0)), 0) as ended
        from ledger.lot t where t.home = $1 and t.account = $2 and t.open and t.expires_at <= c.now and a.lots > 0
      ) t`,
    values: [account.home, account.id, now],
  })
  return rows[0] ?? { posted: 0n, held: 0n, available: 0n }
}

/** The posted balance at the end of a past instant. */
export async function balanceAt(db: Database, account: Account, at: Date): Promise<bigint> {
  const { rows } = await db.pool.query<{ balance: bigint }>({
    name: 'ledger.balance_at',
    text: `select ledger.balance_at($1::smallint, $2, ledger.position_at($1::smallint, $3)) as balance`,
    values: [account.home, account.id, at],
  })
  return rows[0]?.balance ?? 0n
}

/** One entry of an account, newest first. `amount` is signed: positive came in. `balance` is the running balance after it. */
export type Entry = {
  readonly pos: bigint
  readonly journal: Uuid
  readonly template: string
  readonly amount: bigint
  readonly balance: bigint
  readonly counterpart: bigint
  readonly lot: bigint | null
  readonly postedAt: Date
  readonly effectiveAt: Date
  readonly facts: Facts | null
}

/** A page of the account's entries before a position, along their links. Faults where one leads nowhere, which prove() names. */
export async function statementOf(
  db: Database,
  account: Account,
  page: { before: bigint | null; limit: number },
): Promise<Entry[]> {
  const { rows } = await db.pool.query<Entry & { prev: bigint }>({
    name: 'ledger.statement',
    text: `with recursive entry as (
        select e.*, 1 as n
        from (values (ledger.entry_at($1::smallint, $2, coalesce($3::int8 - 1, 9223372036854775807)))) last(pos),
          lateral ledger.entry($1::smallint, $2, last.pos) e
        union all
        select e.*, n + 1 from entry after, lateral ledger.entry($1::smallint, $2, after.prev) e
        where n < $4 and after.prev < after.pos
      )
      select e.pos, e.journal, e.prev, t.name as template, e.amount, e.balance, e.counterpart, e.lot, b.posted_at as "postedAt",
        coalesce(j.effective_at, b.posted_at) as "effectiveAt", j.facts
      from entry e,
        lateral (select * from ledger.journal j where j.home = $1 and j.id = e.journal limit 1) j,
        lateral (select * from ledger.batch b where b.home = $1 and b.seq = j.batch limit 1) b,
        lateral (select * from ledger.template t where t.id = j.template limit 1) t
      order by e.pos desc limit $4`,
    values: [account.home, account.id, page.before, page.limit],
  })
  const last = rows.at(-1)
  if (last && last.prev !== 0n && rows.length < page.limit)
    throw new Error(`the entries of account ${account.id} are not linked at position ${last.pos}: prove() says more`)
  return rows.map((row) => {
    const { prev: _, ...entry } = row
    return entry
  })
}

export type TrialLine = {
  readonly kind: string
  readonly unit: Unit
  readonly accounts: number
  readonly balance: bigint
}

/**
 * Balances by kind and unit at the end of an instant; the lines of one unit add up to zero. By 'posted', what had been
 * posted by then; by 'effective', what had happened by then as far as is known now.
 */
export async function trialBalanceOf(
  db: Database,
  at: { instant: Date; by: 'posted' | 'effective' },
): Promise<TrialLine[]> {
  const { rows } = await db.pool.query<TrialLine>(
    `select k.name as kind, u.code as unit, count(*)::int as accounts,
      sum(case when a.last_pos <= h.pos then a.balance else ledger.balance_at(a.home, a.id, h.pos) end
        + coalesce(s.shift, 0))::int8 as balance
    from ledger.account a
    join ledger.kind k on k.id = a.kind
    join ledger.unit u on u.id = a.unit
    join (select home, ledger.position_at(home, $1) as pos from (select distinct home from ledger.account) d offset 0) h on h.home = a.home
    left join (
      select home, account, sum(shift) as shift from ledger.effective_shifts($1) where $2 = 'effective' group by home, account
    ) s on s.home = a.home and s.account = a.id
    group by k.name, u.code order by u.code, k.name`,
    [at.instant, at.by],
  )
  return rows
}

export type JournalView = {
  readonly key: Uuid
  readonly template: string
  readonly postedAt: Date
  readonly effectiveAt: Date
  readonly reverses: Uuid | null
  readonly facts: Facts | null
  readonly legs: readonly JournalLeg[]
}
type JournalLeg = {
  readonly op: 'move' | 'reserve' | 'extend' | 'settle' | 'release' | 'expire'
  readonly debit: bigint
  readonly credit: bigint | null
  readonly amount: bigint
  /** The class of the lot it came out of; null for what was loose. Tells free points from bought ones. */
  readonly lotClass: LotClass | null
}

const opNames: readonly JournalLeg['op'][] = ['move', 'reserve', 'extend', 'settle', 'release', 'expire']

export async function journalByKey(db: Database, home: number, key: Uuid): Promise<JournalView | undefined> {
  type Row = Omit<JournalView, 'legs'> & {
    op: number
    debit: bigint
    credit: bigint | null
    amount: bigint
    class: number | null
  }
  const { rows } = await db.pool.query<Row>({
    name: 'ledger.journal',
    text: `select j.id as key, t.name as template, b.posted_at as "postedAt", coalesce(j.effective_at, b.posted_at) as "effectiveAt",
        j.reverses, j.facts, l.op, l.dr as debit, l.cr as credit, l.amount, o.class
      from ledger.journal j
      join ledger.batch b on b.home = j.home and b.seq = j.batch
      join ledger.template t on t.id = j.template
      join ledger.leg l on l.home = j.home and l.pos >= j.first_pos and l.pos < j.first_pos + j.legs
      left join ledger.lot o on o.home = l.home and o.id = l.dr_lot
      where j.home = $1 and j.id = $2
      order by l.pos`,
    values: [home, key],
  })
  const first = rows[0]
  if (!first) return undefined
  const { template, postedAt, effectiveAt, reverses, facts } = first
  const legs = rows.map(({ op, debit, credit, amount, class: lot }) => ({
    op: opNames[op] as JournalLeg['op'],
    debit,
    credit,
    amount,
    lotClass: lot === null ? null : (lotClasses[lot - 1] as LotClass),
  }))
  return { key, template, postedAt, effectiveAt, reverses, facts, legs }
}

/** An open hold on an account: what it still holds there, in the order in which settling takes it. */
export type HoldView = {
  readonly amount: bigint
  readonly expiresAt: Date
  readonly parts: readonly { readonly amount: bigint; readonly lotClass: LotClass | null }[]
  /** The other accounts that the same hold has an amount of. */
  readonly others: readonly bigint[]
}

export type HoldName = { readonly account: Account; readonly hold: Uuid }
type HoldRow = { at: bigint; account: bigint; amount: bigint; expires_at: Date; class: number | null }

/** Each as it stands, in the order asked; undefined where nothing is held under that name. */
export async function openHolds(
  db: Database,
  names: readonly HoldName[],
  now: Date | null,
): Promise<readonly (HoldView | undefined)[]> {
  const { rows } = await db.pool.query<HoldRow>({
    name: 'ledger.holds',
    text: `select u.at, h.account, h.amount, h.expires_at, o.class
      from unnest($1::int2[], $2::uuid[]) with ordinality u (home, id, at)
      join ledger.hold h on h.home = u.home and h.id = u.id and h.expires_at > coalesce($3::timestamptz, clock_timestamp())
      left join ledger.lot o on o.home = h.home and o.id = h.lot
      order by u.at, h.account, h.n`,
    values: [names.map(({ account }) => account.home), names.map(({ hold }) => hold), now],
  })
  const byPlace = Map.groupBy(rows, ({ at }) => Number(at))
  return names.map(({ account }, at) => holdOn(account, byPlace.get(at + 1) ?? []))
}

function holdOn(account: Account, rows: readonly HoldRow[]): HoldView | undefined {
  const own = rows.filter((row) => row.account === account.id)
  if (!own[0]) return undefined
  return {
    amount: own.reduce((sum, row) => sum + row.amount, 0n),
    expiresAt: own[0].expires_at,
    parts: own.map((row) => ({
      amount: row.amount,
      lotClass: row.class === null ? null : (lotClasses[row.class - 1] as LotClass),
    })),
    others: [...new Set(rows.map((row) => row.account))].filter((id) => id !== account.id),
  }
}

export type LotView = {
  readonly id: bigint
  readonly account: bigint
  readonly home: number
  readonly lotClass: LotClass
  readonly remaining: bigint
  readonly held: bigint
  readonly expiresAt: Date
  /** Grows with each entry of its account: what remains may come to the same again, this does not. */
  readonly version: bigint
}

type LotRow = Omit<LotView, 'lotClass'> & { class: number }
const lotColumns = `id, account, home, class, remaining, held, expires_at as "expiresAt",
  (select a.last_pos from ledger.account a where a.home = lot.home and a.id = lot.account) as version`

/** The open lots of an account in the order of spending. */
export async function openLots(db: Database, account: Account): Promise<LotView[]> {
  const { rows } = await db.pool.query<LotRow>({
    name: 'ledger.lots',
    text: `select ${lotColumns} from ledger.lot where home = $1 and account = $2 and open order by class, expires_at, id`,
    values: [account.home, account.id],
  })
  return rows.map(lotView)
}

/** Lots whose time has passed and that no hold touches: their room posts what remains to its breakage account. */
export async function expiredLots(db: Database, now: Date | null, limit: number): Promise<LotView[]> {
  const { rows } = await db.pool.query<LotRow>(
    `select ${lotColumns} from ledger.lot where open and held < remaining and expires_at <= coalesce($1::timestamptz, clock_timestamp())
    order by home, expires_at limit $2`,
    [now, limit],
  )
  return rows.map(lotView)
}

function lotView({ class: lotClass, ...lot }: LotRow): LotView {
  return { ...lot, lotClass: lotClasses[lotClass - 1] as LotClass }
}
