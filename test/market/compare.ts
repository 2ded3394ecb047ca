import assert from 'node:assert/strict'
import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import { holdName, joined, total, type Hold, type ModelAccount, type Part } from './model-lots.ts'
import { standStill, type Model } from './model.ts'

const ops = ['move', 'reserve', 'extend', 'settle', 'release', 'expire'] as const
const classes = ['free', 'plan', 'gift'] as const

/** What the tables say of some accounts and journals. Numbers are text, instants milliseconds. */
type Tables = {
  readonly accounts: readonly { id: string; balance: string; held: string }[] | null
  readonly lots:
    | readonly { id: string; account: string; class: number; until: number; granted: string; remaining: string }[]
    | null
  readonly parts: readonly { id: Uuid; account: string; lot: string | null; amount: string; until: number }[] | null
  readonly legs: readonly TableLeg[] | null
  readonly time: number | null
}
type TableLeg = {
  readonly journal: Uuid
  readonly op: number
  readonly dr: string
  readonly cr: string | null
  readonly amount: string
  readonly dr_lot: string | null
  readonly cr_lot: string | null
  readonly hold: Uuid | null
}

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::bigint`

/**
 * Holds whose time has passed are over, whether or not their rows are there still. Planned anew each time: a plan from when
 * the tables were empty would scan them, and so would a join of journals with their legs.
 */
async function readTables(
  db: Database,
  of: { accounts: readonly bigint[]; keys: readonly Uuid[]; at: number; lots: bigint },
) {
  const { rows } = await db.pool.query<{ tables: Tables }>({
    text: `select json_build_object(
      'accounts', (select json_agg(json_build_object('id', a.id::text, 'balance', a.balance::text,
          'held', (a.held - coalesce((select sum(h.amount) from ledger.hold h
            where h.home = 1 and h.account = a.id and h.expires_at <= $3), 0))::text) order by a.id)
        from ledger.account a where a.home = 1 and a.id = any($1)),
      'lots', (select json_agg(json_build_object('id', l.id::text, 'account', l.account::text, 'class', l.class,
          'until', ${ms('l.expires_at')}, 'granted', l.granted::text, 'remaining', l.remaining::text) order by l.id)
        from (
          select * from ledger.lot o where o.home = 1 and o.account = any($1) and o.open
          union all
          select * from ledger.lot c where c.home = 1 and c.id > $4 and not c.open
        ) l),
      'parts', (select json_agg(json_build_object('id', h.id, 'account', h.account::text, 'lot', h.lot::text,
          'amount', h.amount::text, 'until', ${ms('h.expires_at')}) order by h.id, h.account, h.n)
        from ledger.hold h where h.home = 1 and h.account = any($1) and h.expires_at > $3),
      'legs', (select json_agg(json_build_object('journal', l.journal, 'op', l.op, 'dr', l.dr::text, 'cr', l.cr::text,
          'amount', l.amount::text, 'dr_lot', l.dr_lot::text, 'cr_lot', l.cr_lot::text, 'hold', l.hold) order by l.pos)
        from ledger.journal j, generate_series(j.first_pos, j.first_pos + j.legs - 1) place,
          lateral (select * from ledger.leg g where g.home = 1 and g.pos = place limit 1) l
        where j.home = 1 and j.id = any($2)),
      'time', (select ${ms('b.posted_at')} from ledger.batch b where b.home = 1 order by b.seq desc limit 1)
      ) as tables`,
    values: [of.accounts, of.keys, new Date(of.at), of.lots],
  })
  return (rows[0] as { tables: Tables }).tables
}

type Looking = { readonly accounts: readonly bigint[]; readonly keys: readonly Uuid[] }

/**
 * Holds what the tables say of these accounts and journals, and of the time, against the model. Learns by the way the
 * numbers of new lots, and whether a group that was refused whole moved the time: it did if a hold had ended meanwhile.
 */
export async function compare(db: Database, model: Model, { accounts, keys }: Looking): Promise<void> {
  const newest = [...model.lotNames.keys()].at(-1) ?? 0n
  let tables = await readTables(db, { accounts, keys, at: model.at, lots: newest })
  if (tables.time === model.before.at && tables.time !== model.at) {
    standStill(model)
    tables = await readTables(db, { accounts, keys, at: model.at, lots: newest })
  }
  if (accounts.length > 0) assert.equal(tables.time ?? 0, model.at, `the ledger's time, which was ${model.before.at}`)
  for (const { id } of tables.lots ?? [])
    if (!model.lotNames.has(BigInt(id))) model.lotNames.set(BigInt(id), BigInt(model.lotNames.size + 1))
  const known = accounts.map((id) => model.accounts.get(id)).filter((account) => account !== undefined)
  const lotOf = (id: string | null) => (id === null ? null : (model.lotNames.get(BigInt(id)) ?? null))

  assert.deepEqual(
    (tables.accounts ?? []).map((row) => `${row.id}: balance ${row.balance}, held ${row.held}`),
    known.toSorted((a, b) => Number(a.id - b.id)).map((account) => accountLine(model, account)),
  )
  assert.deepEqual(
    (tables.lots ?? [])
      .filter((lot) => lot.remaining !== '0')
      .map((lot) =>
        [lotOf(lot.id), lot.account, classes[lot.class - 1], lot.until, lot.granted, lot.remaining].join(' '),
      )
      .toSorted(),
    known.flatMap((account) => lotLines(model, account)).toSorted(),
  )
  assert.deepEqual(
    [...holdsIn(tables, lotOf)].map(([name, hold]) => `${name} ${hold.until} ${partsLine(hold.parts)}`).toSorted(),
    known
      .flatMap((account) => account.holds.map((name) => [name, model.holds.get(name) as Hold] as const))
      .map(([name, hold]) => `${name} ${hold.until} ${partsLine(hold.parts)}`)
      .toSorted(),
  )
  const legs = Map.groupBy(tables.legs ?? [], (leg) => leg.journal)
  for (const key of keys) {
    assert.deepEqual(
      (legs.get(key) ?? []).map((leg) =>
        [ops[leg.op], leg.dr, leg.cr, leg.amount, lotOf(leg.dr_lot), lotOf(leg.cr_lot), leg.hold].join(' '),
      ),
      (model.journals.get(key)?.legs ?? []).map((leg) =>
        [leg.op, leg.debit, leg.credit, leg.amount, leg.debitLot, leg.creditLot, leg.hold].join(' '),
      ),
      `the legs of journal ${key}`,
    )
  }
}

function accountLine(model: Model, { id, balance, holds }: ModelAccount): string {
  const held = total(holds.flatMap((name) => (model.holds.get(name) as Hold).parts))
  return `${id}: balance ${balance}, held ${held}`
}

function lotLines(model: Model, { id, lots }: ModelAccount): string[] {
  const open = lots.map((lot) => model.lots.get(lot)).filter((lot) => lot !== undefined && lot.remaining > 0n)
  return open.map((lot) => [lot?.id, id, lot?.lot, lot?.expiresAt, lot?.granted, lot?.remaining].join(' '))
}

function holdsIn({ parts }: Tables, lotOf: (id: string | null) => bigint | null) {
  const holds = new Map<string, { until: number; parts: Part[] }>()
  for (const part of parts ?? []) {
    const name = holdName(part.id, BigInt(part.account))
    const hold = holds.get(name) ?? { until: part.until, parts: [] }
    hold.parts.push({ lot: lotOf(part.lot), amount: BigInt(part.amount) })
    holds.set(name, hold)
  }
  return holds
}

function partsLine(parts: readonly Part[]): string {
  return joined(parts)
    .map(({ lot, amount }) => `${amount} of ${lot ?? 'loose'}`)
    .join(', ')
}

/** Every expiry that was posted, as holds and what they held when they ended. To be held against the model after a sweep. */
export async function compareExpiries(db: Database, model: Model): Promise<void> {
  const { rows } = await db.pool.query<{ hold: Uuid; dr: bigint; dr_lot: bigint | null; amount: bigint }>(
    'select hold, dr, dr_lot, amount from ledger.leg where home = 1 and op = 5 order by pos',
  )
  const posted = new Map<string, Part[]>()
  for (const row of rows) {
    const name = holdName(row.hold, row.dr)
    const lot = row.dr_lot === null ? null : (model.lotNames.get(row.dr_lot) ?? null)
    posted.set(name, [...(posted.get(name) ?? []), { lot, amount: row.amount }])
  }
  const lines = (holds: Iterable<readonly [string, readonly Part[]]>) =>
    [...holds].map(([name, parts]) => `${name}: ${partsLine(parts)}`).toSorted()
  assert.deepEqual(lines(posted), lines([...model.expired].map(([name, hold]) => [name, hold.parts] as const)))
}
