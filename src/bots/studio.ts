import { randomBytes } from 'node:crypto'
import { refuse, type Refusal, type Uuid } from '#kernel'
import type { Viewer } from '#people'
import type { Kysely } from 'kysely'
import type { BotsOptions } from './bots.ts'
import { toCards, toPrice } from './catalogue.ts'
import type { BotCard, Sheet, StudioBot, Visibility } from './contract.ts'
import { checkSheet, isReserved, numbered, sameSheet, tidySheet } from './rules.ts'
import { admit } from './store/running.ts'
import * as store from './store/studio.ts'
import { toSheet, toVersion, type BotRow, type Tables } from './store/tables.ts'
import { searchVector } from './words.ts'

type NewBot = {
  readonly id: Uuid
  readonly handle: string
  readonly sheet: Sheet
  readonly usdPerThousand: bigint
  /** Null: the house. */
  readonly creator: Uuid | null
  /** A draft unless given. */
  readonly visibility?: 'draft' | 'public'
}

type Unknown = Refusal<'unknown_bot'>
type CreateRefusal = Refusal<'handle_taken' | 'handle_reserved' | 'made_already' | 'model_needed' | 'too_many_bots'>

/** What creators do. Every operation takes who asks, and knows no bot but theirs; operators have the house's too. */
export type Studio = {
  list(me: Viewer): Promise<BotCard[]>
  get(me: Viewer, bot: string): Promise<StudioBot | Unknown>
  checkHandle(handle: string): Promise<{ free: boolean; words: string; suggestion: string | null }>
  /** Who may make a bot for whom, the caller has checked. The same request again answers the bot that was made. */
  create(asked: NewBot): Promise<StudioBot | CreateRefusal>
  save(
    me: Viewer,
    bot: string,
    asked: { readonly basedOn: number; readonly sheet: Sheet },
  ): Promise<StudioBot | Unknown | Refusal<'changed_meanwhile' | 'model_needed' | 'too_many_versions'>>
  versions(me: Viewer, bot: string): Promise<{ version: number; at: string; sheet: Sheet }[] | Unknown>
  setPrice(me: Viewer, bot: string, usdPerThousand: bigint): Promise<StudioBot | Unknown | Refusal<'too_many_versions'>>
  setVisibility(me: Viewer, bot: string, to: Visibility): Promise<StudioBot | Unknown>
  renewLink(me: Viewer, bot: string): Promise<StudioBot | Unknown>
}

const botsMax = 200
const versionsMax = 2000
const handleTries = 20

export function openStudio(options: BotsOptions): Studio {
  const { db, people, clock } = options
  return {
    list: async (me) =>
      toCards(people, await store.cardsOf(db, me.id, me.role === 'operator' ? 'the house’s' : 'no others')),
    get: async (me, bot) => {
      const whole = await store.readWhole(db.tables<Tables>(), { id: bot as Uuid })
      if (!whole || !isTheirs(me, whole.bot)) return unknown()
      if (whole.bot.creator === null) await admit(db, { bot: whole.bot.id, viewer: me.id, at: clock.now() })
      return toStudio(whole)
    },
    checkHandle: (handle) => checkHandle(options, handle),
    create: (asked) => create(options, asked),
    save: (me, bot, asked) => save(options, { me, bot }, asked),
    versions: async (me, bot) => {
      const whole = await store.readWhole(db.tables<Tables>(), { id: bot as Uuid })
      if (!whole || !isTheirs(me, whole.bot)) return unknown()
      const rows = await store.versionsOf(db.tables<Tables>(), whole.bot.id)
      return rows.map((row) => ({ version: row.version, at: row.at.toISOString(), sheet: toSheet(row) }))
    },
    setPrice: (me, bot, usdPerThousand) => setPrice(options, { me, bot }, usdPerThousand),
    setVisibility: (me, bot, visibility) =>
      change(options, { me, bot }, async (trx, whole) => {
        const now = clock.now()
        const published_at = visibility === 'public' ? (whole.bot.published_at ?? now) : whole.bot.published_at
        await store.updateBot(trx, whole.bot.id, { visibility, published_at, changed_at: now })
      }),
    renewLink: (me, bot) =>
      change(options, { me, bot }, async (trx, whole) => {
        await store.updateBot(trx, whole.bot.id, { link: newLink(), changed_at: clock.now() })
        await store.showOut(trx, whole.bot.id)
      }),
  }
}

type Target = { readonly me: Viewer; readonly bot: string }

function isTheirs({ id, role }: Viewer, { creator }: BotRow): boolean {
  return creator === null ? role === 'operator' : creator === id
}

const unknown = () => refuse('unknown_bot', 'This bot is not among yours. Go back to the studio and choose one.')
const newLink = () => randomBytes(16).toString('base64url')

/** Runs `work` on one's own bot while nobody else changes it, and answers the bot as it is then. */
function change<Code extends string = never>(
  { db }: BotsOptions,
  { me, bot }: Target,
  work: (trx: Kysely<Tables>, whole: store.Whole) => Promise<Refusal<Code> | void>,
): Promise<StudioBot | Unknown | Refusal<Code>> {
  return db.transact<Tables, StudioBot | Unknown | Refusal<Code>>(async (trx) => {
    const before = await store.readWhole(trx, { id: bot as Uuid }, 'for update')
    if (!before || !isTheirs(me, before.bot)) return unknown()
    const refusal = await work(trx, before)
    if (refusal) return refusal
    const after = await store.readWhole(trx, { id: before.bot.id })
    return after ? toStudio(after) : unknown()
  })
}

async function create(options: BotsOptions, asked: NewBot): Promise<StudioBot | CreateRefusal> {
  const { db, clock } = options
  const { id, handle, creator, usdPerThousand, visibility = 'draft' } = asked
  const sheet = tidySheet(asked.sheet)
  const lacking = await checkModel(options, sheet, creator === null ? 'house' : 'member')
  const at = clock.now()
  const first = { version: 1, at, bot: id }
  const bot: BotRow = {
    id,
    handle,
    creator,
    visibility,
    version: 1,
    price_version: 1,
    link: newLink(),
    uses: 0n,
    tags: sheet.tags,
    language: sheet.language,
    usd_per_thousand: usdPerThousand,
    search: searchVector({ ...sheet, handle }),
    created_at: at,
    changed_at: at,
    published_at: visibility === 'public' ? at : null,
  }
  return db.transact<Tables, StudioBot | CreateRefusal>(async (trx) => {
    const before = await madeBefore(trx, { ...asked, sheet })
    // What was made once is answered again, whatever would keep it from being made now.
    if (before) return before
    if (creator !== null && isReserved(handle))
      return refuse('handle_reserved', `@${handle} could be taken for the house itself. Choose another handle.`)
    if (lacking) return lacking
    if (creator !== null && (await store.countOf(trx, creator)) >= botsMax)
      return refuse('too_many_bots', `You have ${botsMax} bots, which is as many as one creator can have.`)
    const whole = { bot, sheet: toVersion(sheet, first), price: { ...first, usd_per_thousand: usdPerThousand } }
    if (await store.insertWhole(trx, whole)) return toStudio(whole)
    return (await madeBefore(trx, { ...asked, sheet })) ?? taken(handle)
  })
}

/** What an earlier request of this id made: the bot as it is now, or a refusal where it was asked for otherwise. */
async function madeBefore(
  trx: Kysely<Tables>,
  { id, handle, creator, sheet, usdPerThousand }: NewBot,
): Promise<StudioBot | Refusal<'handle_taken' | 'made_already'> | undefined> {
  const made = await store.readWhole(trx, { id })
  if (!made) return undefined
  if (made.bot.creator !== creator) return taken(handle)
  const first = await store.readFirst(trx, made.bot)
  const alike = sameSheet(sheet, toSheet(first.sheet)) && usdPerThousand === first.price.usd_per_thousand
  if (alike && made.bot.handle === handle) return toStudio(made)
  return refuse(
    'made_already',
    `@${made.bot.handle} was made already, as you asked first. Open it to change it; your text is still here to copy.`,
  )
}

const taken = (handle: string) => refuse('handle_taken', `@${handle} is another bot’s. Choose another handle.`)

async function checkModel(
  { offers }: BotsOptions,
  sheet: Sheet,
  owner: 'member' | 'house',
): Promise<Refusal<'model_needed'> | undefined> {
  const lacking = checkSheet(sheet, owner)
  if (lacking || sheet.model === null || !offers || (await offers(sheet.model))) return lacking
  return refuse('model_needed', `${sheet.model} is not offered here. Choose another model.`)
}

async function save(
  options: BotsOptions,
  target: Target,
  { basedOn, ...asked }: { readonly basedOn: number; readonly sheet: Sheet },
): Promise<StudioBot | Unknown | Refusal<'changed_meanwhile' | 'model_needed' | 'too_many_versions'>> {
  const sheet = tidySheet(asked.sheet)
  const before = await store.readWhole(options.db.tables<Tables>(), { id: target.bot as Uuid })
  if (!before || !isTheirs(target.me, before.bot)) return unknown()
  // A model that is no longer offered may stay: the rest of the sheet can still be mended. Asked before the bot is locked,
  // since the answer may wait for the pool that the lock holds a connection of, and for the network.
  const stays = before.bot.version === basedOn && before.sheet.model === sheet.model && before.sheet.kind === sheet.kind
  const lacking = stays ? undefined : await checkModel(options, sheet, before.bot.creator === null ? 'house' : 'member')
  return change<'changed_meanwhile' | 'model_needed' | 'too_many_versions'>(options, target, async (trx, whole) => {
    if (sameSheet(sheet, toSheet(whole.sheet))) return undefined
    const { version, handle, id } = whole.bot
    if (basedOn !== version)
      return refuse(
        'changed_meanwhile',
        'This bot was saved in another tab since. Reload it; your text is still here to copy.',
      )
    if (version >= versionsMax)
      return refuse('too_many_versions', `A bot has at most ${versionsMax} versions. Make a new bot.`)
    if (lacking) return lacking
    const row = toVersion(sheet, { bot: id, version: version + 1, at: options.clock.now() })
    return store.insertVersion(trx, row, searchVector({ ...sheet, handle }))
  })
}

function setPrice(
  options: BotsOptions,
  target: Target,
  usdPerThousand: bigint,
): Promise<StudioBot | Unknown | Refusal<'too_many_versions'>> {
  return change<'too_many_versions'>(options, target, async (trx, { bot, price }) => {
    if (price.usd_per_thousand === usdPerThousand) return undefined
    if (price.version >= versionsMax)
      return refuse('too_many_versions', `A bot has at most ${versionsMax} prices. Make a new bot.`)
    const next = { bot: bot.id, version: price.version + 1, at: options.clock.now(), usd_per_thousand: usdPerThousand }
    return store.insertPrice(trx, next)
  })
}

async function checkHandle({ db }: BotsOptions, handle: string) {
  const others = Array.from({ length: handleTries }, (_, at) => numbered(handle, at + 2))
  const takenOnes = await store.takenAmong(db, [handle, ...others])
  const isFree = (each: string) => !takenOnes.has(each) && !isReserved(each)
  if (isFree(handle)) return { free: true, words: `@${handle} is free.`, suggestion: null }
  const words = isReserved(handle) ? `@${handle} could be taken for the house itself.` : `@${handle} is another bot’s.`
  return { free: false, words, suggestion: others.find(isFree) ?? null }
}

function toStudio({ bot, sheet, price }: store.Whole): StudioBot {
  return {
    id: bot.id,
    handle: bot.handle,
    visibility: bot.visibility,
    version: bot.version,
    link: bot.link,
    uses: bot.uses,
    sheet: toSheet(sheet),
    price: toPrice(price),
    updatedAt: bot.changed_at.toISOString(),
  }
}
