import { sql } from 'kysely'
import type { Uuid } from '#kernel'
import type { Database } from '#platform'

export type FoundRow = {
  readonly conversation: Uuid
  readonly title: string
  readonly message: Uuid
  readonly number: bigint
  readonly text: string
  readonly created_at: Date
  readonly bot: Uuid | null
  readonly handle: string | null
  readonly name: string | null
}

/**
 * The latest messages with these words. The query names the owner as one of its words, so the index alone finds the few
 * rows that are both. Texts are cut: a snippet needs no more.
 */
export async function findMessages(
  db: Database,
  want: { readonly query: string; readonly before: string | undefined; readonly limit: number; readonly chars: number },
): Promise<readonly FoundRow[]> {
  const beyond = want.before === undefined ? sql`` : sql`and m.number < ${want.before}::bigint`
  const { rows } = await sql<FoundRow>`
    select m.conversation, c.title, m.id as message, m.number, left(m.text, ${want.chars}::int) as text, m.created_at,
      m.bot, m.handle, m.name
    from chat.message m join chat.conversation c on c.id = m.conversation
    where m.search @@ ${want.query}::tsquery and c.deleted_at is null ${beyond}
    order by m.number desc limit ${want.limit}`.execute(db.tables<unknown>())
  return rows
}

export type TitleRow = { readonly id: Uuid; readonly title: string; readonly active_at: Date }

export async function findTitles(
  db: Database,
  want: { readonly query: string; readonly limit: number },
): Promise<readonly TitleRow[]> {
  const { rows } = await sql<TitleRow>`
    select c.id, c.title, c.active_at from chat.conversation c
    where c.search @@ ${want.query}::tsquery and c.deleted_at is null
    order by c.active_at desc limit ${want.limit}`.execute(db.tables<unknown>())
  return rows
}
