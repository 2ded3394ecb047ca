import { sql, type Kysely } from 'kysely'
import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import { cardColumns, type CardRow } from './catalogue.ts'
import type { BotRow, PriceRow, Tables, VersionRow } from './tables.ts'

export type Whole = { readonly bot: BotRow; readonly sheet: VersionRow; readonly price: PriceRow }

/** A bot with its present version and price. Inside a transaction `lock` keeps everybody else's changes waiting. */
export async function readWhole(
  db: Kysely<Tables>,
  by: { readonly id: Uuid } | { readonly handle: string },
  lock: 'for update' | 'no lock' = 'no lock',
): Promise<Whole | undefined> {
  const [column, value] = 'id' in by ? (['id', by.id] as const) : (['handle', by.handle] as const)
  const query = db.selectFrom('bots.bot').selectAll().where(column, '=', value)
  const bot = await (lock === 'for update' ? query.forUpdate() : query).executeTakeFirst()
  return bot && readAt(db, bot, bot)
}

/** A bot with the version and the price that it was made with. */
export function readFirst(db: Kysely<Tables>, bot: BotRow): Promise<Whole> {
  return readAt(db, bot, { version: 1, price_version: 1 })
}

async function readAt(
  db: Kysely<Tables>,
  bot: BotRow,
  { version, price_version: priceVersion }: Pick<BotRow, 'version' | 'price_version'>,
): Promise<Whole> {
  const sheet = await db
    .selectFrom('bots.version')
    .selectAll()
    .where('bot', '=', bot.id)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
  const price = await db
    .selectFrom('bots.price')
    .selectAll()
    .where('bot', '=', bot.id)
    .where('version', '=', priceVersion)
    .executeTakeFirstOrThrow()
  return { bot, sheet, price }
}

const vector = (text: string) => sql<string>`${text}::tsvector`

/** False where the id or the handle is another bot's. The three rows exist together or not at all. */
export async function insertWhole(trx: Kysely<Tables>, whole: Whole): Promise<boolean> {
  const { search } = whole.bot
  const inserted = await trx
    .insertInto('bots.bot')
    .values({ ...whole.bot, search: vector(search) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  if (inserted.numInsertedOrUpdatedRows !== 1n) return false
  await trx.insertInto('bots.version').values(whole.sheet).execute()
  await trx.insertInto('bots.price').values(whole.price).execute()
  return true
}

export async function insertVersion(trx: Kysely<Tables>, row: VersionRow, search: string): Promise<void> {
  const { bot, version, tags, language, at } = row
  await trx.insertInto('bots.version').values(row).execute()
  await trx
    .updateTable('bots.bot')
    .set({ version, tags, language, changed_at: at, search: vector(search) })
    .where('id', '=', bot)
    .execute()
}

export async function insertPrice(trx: Kysely<Tables>, row: PriceRow): Promise<void> {
  const { bot, version, usd_per_thousand, at } = row
  await trx.insertInto('bots.price').values(row).execute()
  await trx
    .updateTable('bots.bot')
    .set({ price_version: version, usd_per_thousand, changed_at: at })
    .where('id', '=', bot)
    .execute()
}

export async function updateBot(
  trx: Kysely<Tables>,
  id: Uuid,
  change: Partial<Pick<BotRow, 'visibility' | 'published_at' | 'link' | 'changed_at'>>,
): Promise<void> {
  await trx.updateTable('bots.bot').set(change).where('id', '=', id).execute()
}

export async function showOut(trx: Kysely<Tables>, bot: Uuid): Promise<void> {
  await trx.deleteFrom('bots.admitted').where('bot', '=', bot).execute()
}

export function versionsOf(db: Kysely<Tables>, bot: Uuid): Promise<VersionRow[]> {
  return db.selectFrom('bots.version').selectAll().where('bot', '=', bot).orderBy('version', 'desc').execute()
}

export function pricesOf(db: Kysely<Tables>, bot: Uuid): Promise<PriceRow[]> {
  return db.selectFrom('bots.price').selectAll().where('bot', '=', bot).orderBy('version', 'desc').execute()
}

/** A creator's bots, last changed first; with the house's where an operator asks. */
export async function cardsOf(db: Database, creator: Uuid, and: 'the house’s' | 'no others'): Promise<CardRow[]> {
  const { rows } = await db.pool.query<CardRow>(
    `select ${cardColumns} from bots.bot b join bots.version v on v.bot = b.id and v.version = b.version
    where b.creator = $1 or ($2 and b.creator is null)
    order by b.changed_at desc, b.id`,
    [creator, and === 'the house’s'],
  )
  return rows
}

export async function countOf(db: Kysely<Tables>, creator: Uuid): Promise<number> {
  const { rows } = await sql<{ bots: number }>`
    select count(*)::int as bots from bots.bot where creator = ${creator}`.execute(db)
  return rows[0]?.bots ?? 0
}

/** Handles among these that are some bot's. */
export async function takenAmong(db: Database, handles: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.pool.query<{ handle: string }>(
    'select handle from bots.bot where handle = any($1::text[])',
    [handles],
  )
  return new Set(rows.map(({ handle }) => handle))
}

/** Takes a creator's words out of every version and their bots out of everybody's reach. Handles and prices stay. */
export async function eraseOf(trx: Kysely<Tables>, creator: Uuid, at: Date): Promise<void> {
  const bots = trx.selectFrom('bots.bot').select('id').where('creator', '=', creator)
  await trx
    .updateTable('bots.version')
    .set({ name: 'Removed', tagline: '', description: '', system_prompt: '', greeting: '', suggestions: [], tags: [] })
    .where('bot', 'in', bots)
    .where('name', '<>', 'Removed')
    .execute()
  await trx
    .updateTable('bots.bot')
    .set({ visibility: 'withdrawn', tags: [], search: vector(''), changed_at: at })
    .where('creator', '=', creator)
    .execute()
  await trx.deleteFrom('bots.admitted').where('viewer', '=', creator).execute()
}
