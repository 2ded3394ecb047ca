import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { Sheet, Sort, Visibility } from '../contract.ts'
import type { Place } from '../rules.ts'

export type CardRow = {
  readonly id: Uuid
  readonly handle: string
  readonly name: string
  readonly tagline: string
  readonly creator: Uuid | null
  readonly model: string | null
  readonly tags: string[]
  readonly language: Sheet['language']
  readonly usd_per_thousand: bigint
  readonly uses: bigint
  readonly visibility: Visibility
}

export const cardColumns = `b.id, b.handle, v.name, v.tagline, b.creator, v.model, b.tags, b.language, b.usd_per_thousand,
  b.uses, b.visibility`

export type Wanted = {
  /** A tsquery as text. */
  readonly words: string | undefined
  readonly tag: string | undefined
  readonly language: string | undefined
  readonly sort: Sort
  readonly after: Place | undefined
  readonly limit: number
}

/** Each order has an index of its own (20261124T1100_bots.sql), so a page reads no more rows than it shows. */
const orders: Readonly<Record<Sort, { readonly key: string; readonly type: string; readonly way: 'asc' | 'desc' }>> = {
  match: { key: 'ts_rank(b.search, $1::tsquery)', type: 'real', way: 'desc' },
  use: { key: 'b.uses', type: 'bigint', way: 'desc' },
  new: { key: 'b.published_at', type: 'timestamptz', way: 'desc' },
  cheap: { key: 'b.usd_per_thousand', type: 'bigint', way: 'asc' },
  dear: { key: 'b.usd_per_thousand', type: 'bigint', way: 'desc' },
}

/** A page of public bots, each with its place in the order as text that reads back exactly. */
export async function searchPublic(
  db: Database,
  { words, tag, language, sort, after, limit }: Wanted,
): Promise<(CardRow & { readonly key: string })[]> {
  const { key, type, way } = orders[sort]
  const values: unknown[] = []
  const bind = (value: unknown) => `$${values.push(value)}`
  const conditions = [`b.visibility = 'public'`]
  // The first parameter, since the order by match names it.
  if (words !== undefined) conditions.push(`b.search @@ ${bind(words)}::tsquery`)
  if (tag !== undefined) conditions.push(`b.tags @> array[${bind(tag)}]`)
  if (language !== undefined) conditions.push(`b.language in (${bind(language)}, 'mul')`)
  if (after)
    conditions.push(
      `(${key}, b.id) ${way === 'asc' ? '>' : '<'} (${bind(after.key)}::${type}, ${bind(after.id)}::uuid)`,
    )
  const { rows } = await db.pool.query<CardRow & { key: string }>(
    `select ${cardColumns}, ${sort === 'new' ? `(${key} at time zone 'utc')::text || '+00'` : `(${key})::text`} as key
    from bots.bot b join bots.version v on v.bot = b.id and v.version = b.version
    where ${conditions.join(' and ')}
    order by ${key} ${way}, b.id ${way}
    limit ${bind(limit)}`,
    values,
  )
  return rows
}

/** Tags and languages with how many public bots each has, the most used first. */
export async function shelves(db: Database, limit: number) {
  const [tags, languages] = await Promise.all([
    db.pool.query<{ tag: string; bots: number }>(
      `select tag, count(*)::int as bots from bots.bot, unnest(tags) as tag where visibility = 'public'
      group by tag order by bots desc, tag limit $1`,
      [limit],
    ),
    db.pool.query<{ language: Sheet['language']; bots: number }>(
      `select language, count(*)::int as bots from bots.bot where visibility = 'public' group by language order by bots desc`,
    ),
  ])
  return { tags: tags.rows, languages: languages.rows }
}

/** Adds answers to a day's count. The catalogue's own figure is brought up by `sumUses`, not at every answer. */
export async function addUse(db: Database, use: { bot: Uuid; day: string; answers: number }): Promise<void> {
  await db.pool.query(
    `insert into bots.use (bot, day, answers) values ($1, $2, $3)
    on conflict (bot, day) do update set answers = bots.use.answers + excluded.answers`,
    [use.bot, use.day, use.answers],
  )
}

/** Brings the figure of bots that were used since `day` up to the sum of their days. */
export async function sumUses(db: Database, day: string): Promise<void> {
  await db.pool.query(
    `update bots.bot b set uses = s.total
    from (
      select u.bot, sum(u.answers)::bigint as total from bots.use u
      where u.bot in (select r.bot from bots.use r where r.day >= $1) group by u.bot
    ) s
    where b.id = s.bot and b.uses <> s.total`,
    [day],
  )
}
