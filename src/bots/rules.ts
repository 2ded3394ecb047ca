import { refuse, type Money, type Refusal, type Uuid } from '#kernel'
import type { Sheet, Sort, Visibility } from './contract.ts'

/** All that a run needs to know of a bot, read at one instant: this version, at this price. */
export type RunnableBot = {
  readonly id: Uuid
  readonly handle: string
  readonly name: string
  /** Null: the house's own, which earns nobody anything. */
  readonly creator: Uuid | null
  readonly version: number
  readonly kind: 'prompt' | 'guide'
  /** As the room of models names it. Null for kinds that need none. */
  readonly model: string | null
  readonly systemPrompt: string
  readonly maxOutputTokens: number
  readonly temperature: number | null
  /** At most three decimals of a dollar, so that one message is a whole number of micro-dollars. */
  readonly price: { readonly version: number; readonly usdPerThousand: Money<'USD'> }
}

type Seen = {
  readonly visibility: Visibility
  readonly house: boolean
  readonly mine: boolean
  readonly admitted: boolean
}

/** Whether a viewer may see a bot and talk to it. Whoever opened a draft of the house in the studio is admitted to it. */
export function access({ visibility, house, mine, admitted }: Seen): 'open' | 'unknown_bot' | 'bot_withdrawn' {
  if (visibility === 'withdrawn') return 'bot_withdrawn'
  if (visibility === 'public' || mine) return 'open'
  return admitted && (visibility === 'private' || house) ? 'open' : 'unknown_bot'
}

export function refuseAccess(code: 'unknown_bot' | 'bot_withdrawn') {
  return code === 'unknown_bot'
    ? refuse(code, 'There is no such bot, or it is not shared with you. Check the link, or look in the catalogue.')
    : refuse(code, 'This bot was withdrawn by its creator. What it said before stays in your conversations.')
}

const reserved = new Set(
  (
    'about account admin administrator all api app auth billing bot bots bottega catalogue chat claim creator desk ' +
    'earnings everyone explore guide help here home house legal login logout me moderator new null official operator ' +
    'owner payout pricing privacy receipt root security settings shop sign-in sign-up staff studio support system team ' +
    'terms undefined user users wallet you'
  ).split(' '),
)

/** Words that a reader could take for the house itself are the house's. */
export function isReserved(handle: string): boolean {
  return reserved.has(handle) || /^(?:bottega|official|admin|support)-|-(?:official|admin|support)$/.test(handle)
}

/** A handle like the one wished for, with the number put behind it. */
export function numbered(handle: string, number: number): string {
  const suffix = `-${number}`
  return handle.slice(0, 32 - suffix.length).replace(/-$/, '') + suffix
}

/** What a sheet lacks beyond what its schema says. */
export function checkSheet(sheet: Sheet, owner: 'member' | 'house'): Refusal<'model_needed'> | undefined {
  if (sheet.kind === 'guide')
    return owner === 'house'
      ? undefined
      : refuse('model_needed', 'Choose a model. The Guide’s kind is for the house alone.')
  if (sheet.model === null) return refuse('model_needed', 'Choose the model that this bot is built on.')
  return undefined
}

/** A sheet as it is kept: tags once each, and nothing where a kind has no use for it. */
export function tidySheet(sheet: Sheet): Sheet {
  return {
    ...sheet,
    model: sheet.kind === 'guide' ? null : sheet.model,
    tags: [...new Set(sheet.tags)].filter((tag) => tag !== ''),
  }
}

export function sameSheet(a: Sheet, b: Sheet): boolean {
  return JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b))
}

const inOrder = (sheet: Sheet) => Object.entries(sheet).toSorted(([a], [b]) => (a < b ? -1 : 1))

/** Where a page of the catalogue ended: the last bot and its place in the order. */
export type Place = { readonly sort: Sort; readonly key: string; readonly id: Uuid }
