import { sql } from 'kysely'
import type { Limit, Tried } from '../rules.ts'
import type { Rows } from './users.ts'

/** Counts one more attempt in each bucket, a window that is over beginning anew. One statement, so that racers count too. */
export async function countAttempt(rows: Rows, limits: readonly Limit[], now: Date): Promise<readonly Tried[]> {
  // In one order for everybody, or two attempts at once could wait for each other.
  const sorted = limits.toSorted((a, b) => (a.bucket < b.bucket ? -1 : 1))
  const buckets = sorted.map(({ bucket }) => bucket)
  const ends = sorted.map(({ windowMs }) => new Date(now.getTime() + windowMs))
  const counted = await sql<{ bucket: string; count: number; ends_at: Date }>`
    insert into people.attempt as a (bucket, ends_at, count)
    select bucket, ends_at, 1 from unnest(${buckets}::text[], ${ends}::timestamptz[]) with ordinality as t (bucket, ends_at, n)
    order by n
    on conflict (bucket) do update set
      count = case when a.ends_at <= ${now} then 1 else least(a.count + 1, 1000000) end,
      ends_at = case when a.ends_at <= ${now} then excluded.ends_at else a.ends_at end
    returning bucket, count, ends_at`.execute(rows)
  return counted.rows.map(({ bucket, count, ends_at }) => ({ bucket, count, endsAt: ends_at }))
}

/** Takes back the attempt that turned out right. */
export async function forgiveAttempt(rows: Rows, limits: readonly Limit[]): Promise<void> {
  const buckets = limits.map(({ bucket }) => bucket)
  await sql`update people.attempt set count = greatest(count - 1, 0) where bucket in (
    select bucket from people.attempt where bucket = any(${buckets}::text[]) order by bucket for update)`.execute(rows)
}
