import { sql, type Kysely } from 'kysely'
import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { BotName } from '../contract.ts'

export type CardRow = {
  readonly id: Uuid
  readonly title: string
  readonly pinned: boolean
  readonly active_at: Date
  readonly bots: BotName[]
  readonly running: boolean
}

type ConversationRow = CardRow & { readonly created_at: Date; readonly leaf: Uuid | null }

type Rows = Kysely<unknown>

const card = sql`c.id, c.title, c.pinned_at is not null as pinned, c.active_at, c.bots,
  exists (select from chat.message r where r.conversation = c.id and r.turn is not null and r.ending is null) as running`

export type ListPlace = { readonly pinned: boolean; readonly activeAt: string; readonly id: string }

/** The index conversation_list is in this order, so a page reads no more rows than it shows. */
export async function listOf(
  db: Database,
  owner: Uuid,
  page: { readonly after: ListPlace | undefined; readonly limit: number },
): Promise<readonly CardRow[]> {
  const { after, limit } = page
  // Descending and false after true: a row comparison turned round.
  const beyond = after
    ? sql`and (c.pinned_at is not null, c.active_at, c.id)
        < (${after.pinned}::boolean, ${after.activeAt}::timestamptz, ${after.id}::uuid)`
    : sql``
  const { rows } = await sql<CardRow>`
    select ${card} from chat.conversation c
    where c.owner = ${owner} and c.deleted_at is null ${beyond}
    order by (c.pinned_at is not null) desc, c.active_at desc, c.id desc
    limit ${limit}`.execute(db.tables<unknown>())
  return rows
}

/** What is known of an id before it is known whose it is. */
export type Standing = ConversationRow & { readonly owner: Uuid; readonly deleted: boolean }

export async function conversationOf(db: Database, id: string): Promise<Standing | undefined> {
  const { rows } = await sql<Standing>`
    select ${card}, c.created_at, c.leaf, c.owner, c.deleted_at is not null as deleted
    from chat.conversation c where c.id = ${id}`.execute(db.tables<unknown>())
  return rows[0]
}

type Change = { readonly title?: string; readonly search?: string; readonly pinnedAt?: Date | null }

export async function change(db: Database, id: string, { title, search, pinnedAt }: Change): Promise<void> {
  await sql`
    update chat.conversation set
      title = coalesce(${title ?? null}::text, title),
      search = coalesce(${search ?? null}::tsvector, search),
      pinned_at = case when ${pinnedAt !== undefined}::boolean then ${pinnedAt ?? null}::timestamptz else pinned_at end
    where id = ${id}`.execute(db.tables<unknown>())
}

export async function setDeleted(db: Database, id: string, at: Date | null): Promise<void> {
  await sql`update chat.conversation set deleted_at = ${at}::timestamptz where id = ${id}`.execute(db.tables<unknown>())
}

export async function setLeaf(db: Database, id: string, leaf: Uuid): Promise<void> {
  await sql`update chat.conversation set leaf = ${leaf} where id = ${id}`.execute(db.tables<unknown>())
}

/** Removes for good what was deleted before `before`, a few at a time; what still runs waits for its end. How many went. */
export async function purge(db: Database, { before, limit }: { before: Date; limit: number }): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from chat.conversation where id in (
      select c.id from chat.conversation c
      where c.deleted_at < ${before} and not exists (
        select from chat.message r where r.conversation = c.id and r.turn is not null and r.ending is null)
      order by c.deleted_at limit ${limit})`.execute(db.tables<unknown>())
  return Number(numAffectedRows ?? 0n)
}

export async function removeAllOf(trx: Rows, owner: Uuid): Promise<void> {
  await sql`delete from chat.conversation where owner = ${owner}`.execute(trx)
}

export async function idsOf(db: Database, owner: Uuid): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    select id from chat.conversation where owner = ${owner} order by created_at, id`.execute(db.tables<unknown>())
  return rows.map(({ id }) => id)
}
