import { useEffect, useRef, useState, type RefObject } from 'react'
import { sheet as sheetSchema, type Sheet } from '#bots/contract'
import { useStored } from '#ui'

/** A sheet as it is typed: lists as text, numbers as text. */
export type Draft = {
  readonly name: string
  readonly tagline: string
  readonly description: string
  readonly kind: Sheet['kind']
  readonly model: string
  readonly systemPrompt: string
  readonly greeting: string
  /** One a line. */
  readonly suggestions: string
  /** Between commas. */
  readonly tags: string
  readonly language: Sheet['language']
  readonly maxOutputTokens: string
  /** Empty leaves it to the model. */
  readonly temperature: string
}

export const emptyDraft: Draft = {
  name: '',
  tagline: '',
  description: '',
  kind: 'prompt',
  model: '',
  systemPrompt: '',
  greeting: '',
  suggestions: '',
  tags: '',
  language: 'en',
  maxOutputTokens: '2000',
  temperature: '',
}

export function draftOf(sheet: Sheet): Draft {
  return {
    ...sheet,
    model: sheet.model ?? '',
    suggestions: sheet.suggestions.join('\n'),
    tags: sheet.tags.join(', '),
    maxOutputTokens: String(sheet.maxOutputTokens),
    temperature: sheet.temperature === null ? '' : String(sheet.temperature),
  }
}

type Words = { readonly [Name in keyof Draft]?: string }
type Checked = { readonly sheet: Sheet | undefined; readonly words: Words }

/** What the contract says of it: the sheet, or words beside each field. The server says the same. */
function checkDraft(draft: Draft): Checked {
  const split = (text: string, by: string) => text.split(by).flatMap((each) => each.trim() || [])
  const read = sheetSchema.safeParse({
    ...draft,
    model: draft.kind === 'guide' ? null : draft.model,
    suggestions: split(draft.suggestions, '\n'),
    tags: split(draft.tags, ','),
    maxOutputTokens: Number(draft.maxOutputTokens),
    temperature: draft.temperature.trim() === '' ? null : Number(draft.temperature.replace(',', '.')),
  })
  if (read.success) return { sheet: read.data, words: {} }
  return {
    sheet: undefined,
    words: Object.fromEntries(read.error.issues.map(({ path, message }) => [path[0], message])),
  }
}

/** A sheet as it stood in one version. */
export type Stand = { readonly version: number; readonly draft: Draft }

export type Drafting = {
  readonly draft: Draft
  /** The version that the writer began with, however many were saved elsewhere since. */
  readonly basedOn: number
  readonly changed: boolean
  /** True where the text is of an earlier visit. */
  readonly restored: boolean
  /** What is wrong with a field, once its writer has left it or tried to save. */
  readonly wordsFor: (name: keyof Draft) => string | undefined
  readonly set: (change: Partial<Draft>) => void
  readonly leave: (name: keyof Draft) => void
  /** Shows everything that is wrong; answers the sheet if nothing is. */
  readonly check: () => Sheet | undefined
  /** Goes on from what was saved; what was written while `sent` was on its way stays, on top of it. */
  readonly settle: (saved: Stand, sent: Draft) => void
  /** Keeps the text, and puts it on top of the newest version. */
  readonly rebase: () => void
  readonly drop: () => void
}

/** What is written and not saved yet. This browser keeps it, so that neither a closed tab nor a refusal loses a word. */
export function useDraft(key: string, server: Stand): Drafting {
  const [stored, store] = useStored(keyOf(key), '')
  const [saved, setSaved] = useState(server)
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [all, setAll] = useState(false)
  const base = saved.version > server.version ? saved : server
  const held = readStand(stored, base.draft)
  const [restored] = useState(held !== undefined)
  const { version: basedOn, draft } = held ?? base
  const latest = useLatest(draft)
  const { sheet, words } = checkDraft(draft)
  const keep = (stand: Stand) => store(sameDraft(stand.draft, base.draft) ? '' : JSON.stringify(stand))
  return {
    draft,
    basedOn,
    changed: held !== undefined,
    restored: restored && held !== undefined,
    wordsFor: (name) => (all || left.has(name) ? words[name] : undefined),
    set: (change) => keep({ version: basedOn, draft: { ...draft, ...change } }),
    leave: (name) => setLeft((before) => new Set(before).add(name)),
    check: () => {
      setAll(true)
      return sheet
    },
    settle: (stand, sent) => {
      const now = latest.current
      setSaved(stand)
      store(sameDraft(now, sent) ? '' : JSON.stringify({ version: stand.version, draft: now }))
      setAll(false)
      setLeft(new Set())
    },
    rebase: () => keep({ version: base.version, draft }),
    drop: () => store(''),
  }
}

const keyOf = (bot: string) => `bots.draft.${bot}`

/** No price can be this: its field shows the one in force until somebody writes one. */
export const priceInForce = '*'

/** A price that is written and not set yet, which this browser keeps as it does a draft. */
export const useWrittenPrice = (bot: string) => useStored(`${keyOf(bot)}.price`, priceInForce)

/** What is written of a new bot, and its price as it is typed. */
type Written = { readonly draft: Draft; readonly price: string }

/** Takes to the workbench what was written while a bot was being made out of `sent`: on top of its first version. */
export function useHandOver(bot: string, written: Written): (sent: Written) => void {
  const [, storeDraft] = useStored(keyOf(bot), '')
  const [, storePrice] = useWrittenPrice(bot)
  const latest = useLatest(written)
  return (sent) => {
    const { draft, price } = latest.current
    if (!sameDraft(draft, sent.draft)) storeDraft(JSON.stringify({ version: 1, draft }))
    if (price !== sent.price) storePrice(price)
  }
}

/** What is drawn now, for whoever began before and waited. */
export function useLatest<Value>(value: Value): RefObject<Value> {
  const latest = useRef(value)
  useEffect(() => {
    latest.current = value
  })
  return latest
}

const sameDraft = (a: Draft, b: Draft) => JSON.stringify(a) === JSON.stringify({ ...a, ...b })

/** What this browser kept, if it is still of the shape that it had then. */
function readStand(stored: string, like: Draft): Stand | undefined {
  if (stored === '') return undefined
  try {
    const { version, draft } = JSON.parse(stored) as Stand
    const names = Object.keys(like) as (keyof Draft)[]
    return typeof version === 'number' && names.every((name) => typeof draft[name] === 'string')
      ? { version, draft: { ...like, ...draft } }
      : undefined
  } catch {
    return undefined
  }
}
