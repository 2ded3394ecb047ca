import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { CapChange } from './contract.ts'
import type { Cap } from './rules.ts'

export type PersonRow = {
  readonly grantedOn: string | null
  readonly inDebt: boolean
  readonly messageCap: bigint | null
  readonly day: Cap | null
  readonly month: Cap | null
}

type Row = {
  granted_on: string | null
  in_debt: boolean | null
  message_cap: bigint | null
} & Record<'d_points' | 'm_points', bigint | null> &
  Record<'d_setting' | 'm_setting', number | null>

/** In the order asked, by primary keys: it stands in the way of every message. */
export async function personsOf(db: Database, persons: readonly Uuid[]): Promise<readonly PersonRow[]> {
  const { rows } = await db.pool.query<Row>({
    name: 'wallet.person',
    text: `select p.granted_on, p.in_debt, p.message_cap,
        d.points as d_points, d.setting as d_setting, m.points as m_points, m.setting as m_setting
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
    day: capOf(row.d_points, row.d_setting),
    month: capOf(row.m_points, row.m_setting),
  }))
}

function capOf(points: bigint | null, setting: number | null): Cap | null {
  return points === null || setting === null ? null : { points, setting }
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

/** Writes the caps that are named. A cap that is set to what it is keeps its setting. */
export async function writeCaps(db: Database, person: Uuid, caps: CapChange): Promise<void> {
  const named = (['day', 'month'] as const).filter((period) => caps[period] !== undefined)
  await db.pool.query(
    `with one as (
      insert into wallet.person (person, message_cap) values ($1, $2)
      on conflict (person) do update set
        message_cap = case when $3 then excluded.message_cap else wallet.person.message_cap end
      returning person)
    insert into wallet.cap (person, period, points, setting)
    select one.person, c.period, c.points, 1 from one, unnest($4::text[], $5::int8[]) as c (period, points)
    on conflict (person, period) do update set points = excluded.points, setting = wallet.cap.setting + 1
      where wallet.cap.points is distinct from excluded.points`,
    [person, caps.message ?? null, caps.message !== undefined, named, named.map((period) => caps[period] ?? null)],
  )
}

/** What is kept of a person's wishes; top-ups stay, as records of what was paid, under the bare uuid. */
export async function erasePerson(db: Database, person: Uuid): Promise<void> {
  await db.pool.query(`update wallet.cap set points = null where person = $1`, [person])
  await db.pool.query(`update wallet.person set message_cap = null where person = $1`, [person])
}
