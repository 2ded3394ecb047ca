import type { Uuid } from '#kernel'
import type { Sheet, Visibility } from '../contract.ts'

export type BotRow = {
  id: Uuid
  handle: string
  creator: Uuid | null
  visibility: Visibility
  version: number
  price_version: number
  link: string
  uses: bigint
  tags: string[]
  language: Sheet['language']
  usd_per_thousand: bigint
  search: string
  created_at: Date
  changed_at: Date
  published_at: Date | null
}

export type VersionRow = {
  bot: Uuid
  version: number
  name: string
  tagline: string
  description: string
  kind: Sheet['kind']
  model: string | null
  system_prompt: string
  greeting: string
  suggestions: string[]
  tags: string[]
  language: Sheet['language']
  max_output_tokens: number
  temperature: number | null
  at: Date
}

export type PriceRow = { bot: Uuid; version: number; usd_per_thousand: bigint; at: Date }

export type Tables = {
  'bots.bot': BotRow
  'bots.version': VersionRow
  'bots.price': PriceRow
  'bots.admitted': { bot: Uuid; viewer: Uuid; at: Date }
  'bots.use': { bot: Uuid; day: string; answers: bigint }
}

export function toSheet(row: VersionRow): Sheet {
  return {
    name: row.name,
    tagline: row.tagline,
    description: row.description,
    kind: row.kind,
    model: row.model,
    systemPrompt: row.system_prompt,
    greeting: row.greeting,
    suggestions: row.suggestions,
    tags: row.tags,
    language: row.language,
    maxOutputTokens: row.max_output_tokens,
    temperature: row.temperature === null ? null : row.temperature / 100,
  }
}

export function toVersion(sheet: Sheet, of: { bot: Uuid; version: number; at: Date }): VersionRow {
  return {
    ...of,
    name: sheet.name,
    tagline: sheet.tagline,
    description: sheet.description,
    kind: sheet.kind,
    model: sheet.model,
    system_prompt: sheet.systemPrompt,
    greeting: sheet.greeting,
    suggestions: sheet.suggestions,
    tags: sheet.tags,
    language: sheet.language,
    max_output_tokens: sheet.maxOutputTokens,
    temperature: sheet.temperature === null ? null : Math.round(sheet.temperature * 100),
  }
}
