import type { Refusal, Uuid } from '#kernel'
import type { People, Viewer } from '#people'
import type { BotCard, Price, Sheet, Sort } from './contract.ts'
import type { BotsOptions } from './bots.ts'
import { pageEnd, placeAfter } from './cursor.ts'
import { access, refuseAccess } from './rules.ts'
import { searchPublic, shelves, type CardRow } from './store/catalogue.ts'
import { admit, isAdmitted } from './store/running.ts'
import { pricesOf, readWhole, type Whole } from './store/studio.ts'
import type { PriceRow, Tables } from './store/tables.ts'
import { searchQuery } from './words.ts'

type Asked = {
  readonly q?: string | undefined
  readonly tag?: string | undefined
  readonly language?: Sheet['language'] | undefined
  readonly sort: Sort
  readonly cursor?: string | undefined
  readonly limit: number
}

type Page = { items: BotCard[]; next: string | null }

type BotPage = {
  bot: BotCard
  version: number
  description: string
  greeting: string
  suggestions: string[]
  maxOutputTokens: number
  prices: Price[]
  publishedAt: string | null
  updatedAt: string
  mine: boolean
}

export type Catalogue = {
  search(asked: Asked): Promise<Page | Refusal<'bad_cursor'>>
  shelves(): ReturnType<typeof shelves>
  /** The page of a bot for whoever may see it. A viewer who comes by its link is admitted from then on. */
  page(
    handle: string,
    by: { readonly viewer: Viewer | undefined; readonly link: string | undefined },
  ): Promise<BotPage | Refusal<'unknown_bot' | 'bot_withdrawn'>>
}

const shelvesMax = 40
const pricesShown = 20

export function openCatalogue(options: BotsOptions): Catalogue {
  const { db, people } = options
  return {
    search: async ({ q = '', tag, language, cursor, limit, ...asked }) => {
      const words = searchQuery(q)
      if (q.trim() !== '' && words === undefined) return { items: [], next: null }
      const sort = asked.sort === 'match' && words === undefined ? 'use' : asked.sort
      const after = cursor === undefined ? undefined : placeAfter(cursor, sort)
      if (after && 'refused' in after) return after
      const rows = await searchPublic(db, { words, tag, language, sort, after, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      const last = rows.length > limit ? shown.at(-1) : undefined
      return {
        items: await toCards(people, shown),
        next: last ? pageEnd({ sort, key: last.key, id: last.id }) : null,
      }
    },
    shelves: () => shelves(db, shelvesMax),
    page: async (handle, { viewer, link }) => {
      const whole = await readWhole(db.tables<Tables>(), { handle: handle.toLowerCase() })
      if (!whole) return refuseAccess('unknown_bot')
      const seen = await see(options, whole, { viewer, link })
      if (seen !== 'open') return refuseAccess(seen)
      const prices = await pricesOf(db.tables<Tables>(), whole.bot.id)
      const [bot] = await toCards(people, [cardOf(whole)])
      if (!bot) throw new Error('a bot has no card')
      const { sheet } = whole
      return {
        bot,
        version: sheet.version,
        description: sheet.description,
        greeting: sheet.greeting,
        suggestions: sheet.suggestions,
        maxOutputTokens: sheet.max_output_tokens,
        prices: prices.slice(0, pricesShown).map(toPrice),
        publishedAt: whole.bot.published_at?.toISOString() ?? null,
        updatedAt: whole.bot.changed_at.toISOString(),
        mine: viewer !== undefined && whole.bot.creator === viewer.id,
      }
    },
  }
}

async function see(
  { db, clock }: BotsOptions,
  { bot }: Whole,
  { viewer, link }: { readonly viewer: Viewer | undefined; readonly link: string | undefined },
): Promise<ReturnType<typeof access>> {
  const byLink = bot.visibility === 'private' && link === bot.link
  if (byLink && viewer) await admit(db, { bot: bot.id, viewer: viewer.id, at: clock.now() })
  const admitted = byLink || (viewer !== undefined && (await isAdmitted(db, bot.id, viewer.id)))
  const mine = viewer !== undefined && bot.creator === viewer.id
  return access({ visibility: bot.visibility, house: bot.creator === null, mine, admitted })
}

function cardOf({ bot, sheet }: Whole): CardRow {
  return { ...bot, name: sheet.name, tagline: sheet.tagline, model: sheet.model }
}

export function toPrice({ version, usd_per_thousand, at }: PriceRow): Price {
  return { version, usdPerThousand: usd_per_thousand, at: at.toISOString() }
}

/** Rows with their creators' names. */
export async function toCards(people: People, rows: readonly CardRow[]): Promise<BotCard[]> {
  const creators = [...new Set(rows.map(({ creator }) => creator))].filter((id): id is Uuid => id !== null)
  const names = creators.length > 0 ? await people.names(creators) : new Map<Uuid, string>()
  return rows.map((row) => ({
    id: row.id,
    handle: row.handle,
    name: row.name,
    tagline: row.tagline,
    creator: row.creator && { id: row.creator, name: names.get(row.creator) ?? 'Somebody' },
    model: row.model,
    tags: row.tags,
    language: row.language,
    usdPerThousand: row.usd_per_thousand,
    uses: row.uses,
    visibility: row.visibility,
  }))
}
