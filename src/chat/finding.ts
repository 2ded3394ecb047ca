import { isRefusal, isUuid, refuse, type Refusal, type Uuid } from '#kernel'
import { readCursor, writeCursor, type Database } from '#platform'
import type { ConversationCard, FoundMessage } from './contract.ts'
import { ownerMark } from './keeping.ts'
import { toCard } from './reading.ts'
import { snippetOf } from './snippet.ts'
import { listOf, type CardRow } from './store/conversations.ts'
import { findMessages, findTitles, search, type FoundRow, type TitleRow } from './store/search.ts'
import { searchQuery } from './words.ts'

type Wanted = { readonly after?: string | undefined; readonly limit: number }
type Page<Item> = { readonly items: Item[]; readonly next: string | null }

type ListCursor = readonly [pinned: boolean, activeAt: string, id: string]

const isListCursor = (json: unknown): json is ListCursor =>
  Array.isArray(json) &&
  json.length === 3 &&
  typeof json[0] === 'boolean' &&
  typeof json[1] === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(json[1]) &&
  !Number.isNaN(Date.parse(json[1])) &&
  typeof json[2] === 'string' &&
  isUuid(json[2])

export async function listPage(
  db: Database,
  owner: Uuid,
  { after, limit }: Wanted,
): Promise<Page<ConversationCard> | Refusal<'bad_cursor'>> {
  const place = after === undefined ? undefined : readCursor(after, isListCursor)
  if (isRefusal(place)) return place
  const [pinned, activeAt, id] = place ?? []
  const begin =
    pinned === undefined || activeAt === undefined || id === undefined ? undefined : { pinned, activeAt, id }
  const rows = await listOf(db, owner, { after: begin, limit: limit + 1 })
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { items: shown.map(toCard), next: last ? writeCursor(placeIn(last)) : null }
}

const placeIn = ({ pinned, active_at, id }: CardRow): ListCursor => [pinned, active_at.toISOString(), id]

const isSearchCursor = (json: unknown): json is readonly [number: string] =>
  Array.isArray(json) && json.length === 1 && typeof json[0] === 'string' && /^\d{1,18}$/.test(json[0])

const titlesMax = 5
const snippetCharsMax = 60_000

/** Titles come on the first page, before messages. */
export async function searchPage(
  db: Database,
  owner: Uuid,
  { q, after, limit }: Wanted & { readonly q: string },
): Promise<Page<FoundMessage> | Refusal<'bad_cursor' | 'too_many_hits'>> {
  const place = after === undefined ? undefined : readCursor(after, isSearchCursor)
  if (isRefusal(place)) return place
  const query = searchQuery(q, [ownerMark(owner)])
  if (query === undefined) return { items: [], next: null }
  const found = await search(db, async (trx) => ({
    titles: place ? [] : await findTitles(trx, { query, limit: titlesMax }),
    rows: await findMessages(trx, { query, before: place?.[0], limit: limit + 1, chars: snippetCharsMax }),
  }))
  if (!found)
    return refuse('too_many_hits', 'These words stand in too many places. Add a rarer one, or write them out.')
  const { titles, rows } = found
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    items: [...titles.map((row) => foundTitle(row, q)), ...shown.map((row) => foundMessage(row, q))],
    next: last ? writeCursor([String(last.number)]) : null,
  }
}

function foundTitle({ id, title, active_at }: TitleRow, q: string): FoundMessage {
  return {
    conversation: { id, title },
    message: null,
    bot: null,
    snippet: snippetOf(title, q),
    at: active_at.toISOString(),
  }
}

function foundMessage(row: FoundRow, q: string): FoundMessage {
  const { conversation, title, message, text, created_at, bot, handle, name } = row
  return {
    conversation: { id: conversation, title },
    message,
    bot: bot === null || handle === null || name === null ? null : { id: bot, handle, name },
    snippet: snippetOf(text, q),
    at: created_at.toISOString(),
  }
}
