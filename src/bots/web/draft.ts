import { useState } from 'react'
import { sheet as sheetSchema, type Sheet } from '#bots/contract'

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

export type Drafting = {
  readonly draft: Draft
  readonly sheet: Sheet | undefined
  readonly changed: boolean
  /** What is wrong with a field, once its writer has left it or tried to save. */
  readonly wordsFor: (name: keyof Draft) => string | undefined
  readonly set: (change: Partial<Draft>) => void
  readonly leave: (name: keyof Draft) => void
  /** Shows everything that is wrong; answers the sheet if nothing is. */
  readonly check: () => Sheet | undefined
  readonly restart: (from: Draft) => void
}

export function useDraft(start: Draft): Drafting {
  const [base, setBase] = useState(start)
  const [draft, setDraft] = useState(start)
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [all, setAll] = useState(false)
  const { sheet, words } = checkDraft(draft)
  return {
    draft,
    sheet,
    changed: JSON.stringify(draft) !== JSON.stringify(base),
    wordsFor: (name) => (all || left.has(name) ? words[name] : undefined),
    set: (change) => setDraft((before) => ({ ...before, ...change })),
    leave: (name) => setLeft((before) => new Set(before).add(name)),
    check: () => {
      setAll(true)
      return sheet
    },
    restart: (from) => {
      setBase(from)
      setDraft(from)
      setAll(false)
      setLeft(new Set())
    },
  }
}
