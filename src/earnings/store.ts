import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { Funding, Share } from './rules.ts'

/** Adds an event's shares, once: an event at or before the last one heard of its home is in the sums already. */
export async function addEvent(
  db: Database,
  event: { readonly home: number; readonly position: bigint; readonly day: string },
  shares: readonly Share[],
): Promise<void> {
  const column = <Name extends keyof Share>(name: Name) => shares.map((share) => share[name])
  await db.pool.query({
    name: 'earnings.add',
    text: `with news as (
        insert into earnings.heard as h (home, position) values ($1, $2)
        on conflict (home) do update set position = excluded.position where h.position < excluded.position
        returning home)
      insert into earnings.daily as d (creator, day, bot, messages, paid, free, unfunded)
      select s.creator, $3::date, s.bot, s.messages, s.paid, s.free, s.unfunded
      from news, unnest($4::uuid[], $5::uuid[], $6::int[], $7::int8[], $8::int8[], $9::int8[])
        as s (creator, bot, messages, paid, free, unfunded)
      on conflict (creator, day, bot) do update set messages = d.messages + excluded.messages, paid = d.paid + excluded.paid,
        free = d.free + excluded.free, unfunded = d.unfunded + excluded.unfunded`,
    values: [
      event.home,
      event.position,
      event.day,
      column('creator'),
      column('bot'),
      column('messages'),
      column('paid'),
      column('free'),
      column('unfunded'),
    ],
  })
}

export type Maturing = {
  readonly key: Uuid
  readonly creator: Uuid
  readonly day: string
  readonly funding: Funding
  readonly amount: bigint
}

/** Writes down what is due up to a day and not taken on yet, one intent for each creator and day. */
export async function intendMaturing(db: Database, funding: Funding, lastDay: string): Promise<void> {
  const matured = `${funding}_matured`
  await db.pool.query(
    `with due as (
      select creator, day, bot, ${funding} - ${matured} as amount from earnings.daily
      where day <= $1 and ${matured} < ${funding} for update),
    taken as (
      update earnings.daily d set ${matured} = d.${matured} + due.amount from due
      where d.creator = due.creator and d.day = due.day and d.bot = due.bot)
    insert into earnings.maturing (key, creator, day, funding, amount)
    select gen_random_uuid(), creator, day, $2, sum(amount) from due group by creator, day`,
    [lastDay, funding],
  )
}

export async function openMaturing(db: Database, limit: number): Promise<readonly Maturing[]> {
  const { rows } = await db.pool.query<Maturing>(
    `select key, creator, day, funding, amount from earnings.maturing where posted_at is null order by key limit $1`,
    [limit],
  )
  return rows
}

export async function noteMatured(db: Database, keys: readonly Uuid[], at: Date): Promise<void> {
  await db.pool.query(`update earnings.maturing set posted_at = $2 where key = any($1::uuid[])`, [keys, at])
}

export type Sums = { messages: number; paid: bigint; free: bigint; unfunded: bigint }

const sums = `sum(messages)::int as messages, sum(paid)::int8 as paid, sum(free)::int8 as free, sum(unfunded)::int8 as unfunded`

export async function byDay(db: Database, creator: Uuid, since: string): Promise<(Sums & { day: string })[]> {
  const { rows } = await db.pool.query<Sums & { day: string }>(
    `select day, ${sums} from earnings.daily where creator = $1 and day >= $2 group by day order by day desc`,
    [creator, since],
  )
  return rows
}

export async function byBot(db: Database, creator: Uuid, since: string): Promise<(Sums & { bot: Uuid })[]> {
  const { rows } = await db.pool.query<Sums & { bot: Uuid }>(
    `select bot, ${sums} from earnings.daily where creator = $1 and day >= $2
    group by bot order by sum(paid + free) desc, bot`,
    [creator, since],
  )
  return rows
}

/** The oldest days of a creator that have not matured, by kind of money. */
export async function oldestPending(
  db: Database,
  creator: Uuid,
): Promise<readonly { day: string; funding: Funding; amount: bigint }[]> {
  const oldest = (funding: Funding) =>
    `(select day, '${funding}' as funding, sum(${funding} - ${funding}_matured)::int8 as amount from earnings.daily
      where creator = $1 and ${funding}_matured < ${funding} group by day order by day limit 1)`
  const { rows } = await db.pool.query<{ day: string; funding: Funding; amount: bigint }>(
    `${oldest('paid')} union all ${oldest('free')}`,
    [creator],
  )
  return rows
}
