import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { Caps } from './contract.ts'
import type { Cap, Period } from './rules.ts'

export type PersonRow = {
  readonly grantedOn: string | null
  readonly inDebt: boolean
  readonly messageCap: bigint | null
  readonly day: Cap | null
  readonly month: Cap | null
  /** How often each cap has been set, also to none. */
  readonly settings: Readonly<Record<Period, number>>
}

type Row = {
  granted_on: string | null
  in_debt: boolean | null
  message_cap: bigint | null
} & Record<`${'d' | 'm'}_points` | `${'d' | 'm'}_carried`, bigint | null> &
  Record<'d_setting' | 'm_setting', number | null> &
  Record<'d_for' | 'm_for', string | null>

/** In the order asked, by primary keys: it stands in the way of every message. */
export async function personsOf(db: Database, persons: readonly Uuid[]): Promise<readonly PersonRow[]> {
  const { rows } = await db.pool.query<Row>({
    name: 'wallet.person',
    text: `select p.granted_on, p.in_debt, p.message_cap,
        d.points as d_points, d.setting as d_setting, d.carried as d_carried, d.carried_for as d_for,
        m.points as m_points, m.setting as m_setting, m.carried as m_carried, m.carried_for as m_for
      from unnest($1::uuid[]) with ordinality u (person, at)
      left join wallet.person p on p.person = u.person
      left join wallet.cap d on d.person = u.person and d.period = 'day'
      left join wallet.cap m on m.person = u.person and m.period = 'month'
      order by u.at`,
    values: [persons],
  })
  return rows.map((row) => ({
    grantedOn: row.granted_on,
    inDebt: row.in_debt ?? false,
    messageCap: row.message_cap,
    day: capOf(row.d_points, row.d_setting, row.d_carried, row.d_for),
    month: capOf(row.m_points, row.m_setting, row.m_carried, row.m_for),
    settings: { day: row.d_setting ?? 0, month: row.m_setting ?? 0 },
  }))
}

function capOf(
  points: bigint | null,
  setting: number | null,
  carried: bigint | null,
  carriedFor: string | null,
): Cap | null {
  if (points === null || setting === null || carried === null || carriedFor === null) return null
  return { points, setting, carried, carriedFor }
}

export async function markGranted(db: Database, person: Uuid, day: string): Promise<void> {
  await db.pool.query(
    `insert into wallet.person (person, granted_on) values ($1, $2)
    on conflict (person) do update set granted_on = excluded.granted_on
      where wallet.person.granted_on is null or wallet.person.granted_on < excluded.granted_on`,
    [person, day],
  )
}

export async function markDebt(db: Database, person: Uuid, inDebt: 'owes' | 'owes nothing'): Promise<void> {
  await db.pool.query(
    `insert into wallet.person (person, in_debt) values ($1, $2)
    on conflict (person) do update set in_debt = excluded.in_debt`,
    [person, inDebt === 'owes'],
  )
}

/** A cap's next setting: what the period had used when it begins is carried over. */
export type NewCap = {
  readonly period: Period
  readonly points: bigint | null
  readonly setting: number
  readonly used: bigint
  readonly name: string
}

/** Writes the caps that change. False if another setting was written meanwhile: what is carried over is another then. */
export async function writeCaps(
  db: Database,
  person: Uuid,
  { message, changed }: { readonly message: Caps['message']; readonly changed: readonly NewCap[] },
): Promise<boolean> {
  const { rowCount } = await db.pool.query(
    `with one as (
      insert into wallet.person (person, message_cap) values ($1, $2)
      on conflict (person) do update set message_cap = excluded.message_cap returning person)
    insert into wallet.cap (person, period, points, setting, carried, carried_for)
    select one.person, c.period, c.points, c.setting, c.carried, c.carried_for
    from one, unnest($3::text[], $4::int8[], $5::int4[], $6::int8[], $7::text[])
      as c (period, points, setting, carried, carried_for)
    on conflict (person, period) do update set points = excluded.points, setting = excluded.setting,
      carried = excluded.carried, carried_for = excluded.carried_for
      where wallet.cap.setting = excluded.setting - 1`,
    [
      person,
      message,
      changed.map(({ period }) => period),
      changed.map(({ points }) => points),
      changed.map(({ setting }) => setting),
      changed.map(({ used }) => used),
      changed.map(({ name }) => name),
    ],
  )
  return rowCount === changed.length
}

/** What is kept of a person's wishes; top-ups stay, as records of what was paid, under the bare uuid. */
export async function erasePerson(db: Database, person: Uuid): Promise<void> {
  await db.pool.query(`update wallet.cap set points = null where person = $1`, [person])
  await db.pool.query(`update wallet.person set message_cap = null where person = $1`, [person])
}
