import { sql, type Kysely } from 'kysely'
import type { Uuid } from '#kernel'
import { codeOf, type Database } from '#platform'

type Rows = Kysely<unknown>

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

/** What a search may take: the index is read for every word by itself, wherever it stands, before the owner narrows it. */
const searchMsMax = 3_000
const queryCanceled = '57014'

/** Looks within the time a search may take; undefined where that is not enough. */
export async function search<Answer>(db: Database, look: (trx: Rows) => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await db.transact<unknown, Answer>(async (trx) => {
      await sql`select set_config('statement_timeout', ${String(searchMsMax)}, true)`.execute(trx)
      return look(trx)
    })
  } catch (fault) {
    if (codeOf(fault) === queryCanceled) return undefined
    throw fault
  }
}

/**
 * The latest messages with these words. The query names the owner as one of its words, so no row of anybody else is read.
 * Texts are cut: a snippet needs no more.
 */
export async function findMessages(
  trx: Rows,
  want: { readonly query: string; readonly before: string | undefined; readonly limit: number; readonly chars: number },
): Promise<readonly FoundRow[]> {
  const beyond = want.before === undefined ? sql`` : sql`and m.number < ${want.before}::bigint`
  const { rows } = await sql<FoundRow>`
    select m.conversation, c.title, m.id as message, m.number, left(m.text, ${want.chars}::int) as text, m.created_at,
      m.bot, m.handle, m.name
    from chat.message m join chat.conversation c on c.id = m.conversation
    where m.search @@ ${want.query}::tsquery and c.deleted_at is null ${beyond}
    order by m.number desc limit ${want.limit}`.execute(trx)
  return rows
}

export type TitleRow = { readonly id: Uuid; readonly title: string; readonly active_at: Date }

export async function findTitles(
  trx: Rows,
  want: { readonly query: string; readonly limit: number },
): Promise<readonly TitleRow[]> {
  const { rows } = await sql<TitleRow>`
    select c.id, c.title, c.active_at from chat.conversation c
    where c.search @@ ${want.query}::tsquery and c.deleted_at is null
    order by c.active_at desc limit ${want.limit}`.execute(trx)
  return rows
}
