import type { Uuid } from '#kernel'
import type { HistoryMessage } from '#turns'
import type { Ending } from '#turns/contract'

/** A message as a prompt needs it. */
export type Said = {
  readonly author: 'person' | 'bot'
  readonly bot: Uuid | null
  /** The bot's name in words. */
  readonly name: string | null
  readonly text: string
  readonly ending: Ending | null
}

/** Kept free of everything that the history is weighed against: the bot's own prompt and what a model puts around messages. */
const bytesPerToken = 3
const usualContextTokens = 8_000
const historyBytesMax = 400_000
/** What a message costs beside its text: its role and the name before it. */
export const framingBytes = 64

/** How many bytes of conversation fit before this bot, on a model with so many tokens of context. */
export function historyBudget(bot: {
  readonly contextTokens: number | null
  readonly maxOutputTokens: number
  readonly systemPrompt: string
}): number {
  const tokens = (bot.contextTokens ?? usualContextTokens) - bot.maxOutputTokens
  const left = tokens * bytesPerToken - Buffer.byteLength(bot.systemPrompt)
  return Math.min(historyBytesMax, Math.max(left, usualContextTokens))
}

/**
 * What one bot is sent of a conversation, oldest first, the message to be answered last. Its own answers are the assistant's; those
 * of other bots are told to it under their names. What does not fit is left out from the oldest on; the last message always goes.
 */
export function historyFor(
  bot: Uuid,
  path: readonly Said[],
  bytesMax: number,
): { readonly history: readonly HistoryMessage[]; readonly leftOut: number } {
  const heard = path.filter(({ author, text }) => author === 'person' || text !== '').map((said) => spoken(bot, said))
  let bytes = 0
  let from = heard.length
  while (from > 0) {
    bytes += bytesOf(heard[from - 1]?.content ?? '')
    if (bytes > bytesMax && from < heard.length) break
    from--
  }
  // A history begins with a person: an answer to a question that was cut off would answer nothing.
  while (from < heard.length - 1 && heard[from]?.role === 'assistant') from++
  return { history: heard.slice(from), leftOut: from }
}

function spoken(bot: Uuid, said: Said): HistoryMessage {
  if (said.author === 'person') return { role: 'user', content: said.text }
  if (said.bot === bot) return { role: 'assistant', content: said.text }
  const name = said.name ?? 'Another bot'
  return { role: 'user', content: `${name} answered:\n${said.text}` }
}

/** What a next message would be sent along with, at most; the same sum that its quote is asked for. */
export function contextBytesOf(path: readonly Pick<Said, 'text'>[]): number {
  return path.reduce((sum, { text }) => sum + bytesOf(text), 0)
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text) + framingBytes
}

const control = /[\p{Cc}--[\n\r\t]]/gv

/** As it is kept: halves of surrogate pairs replaced, control characters gone, empty space around it cut. Null if nothing is left. */
export function soundText(text: string): string | null {
  const sound = text.toWellFormed().replaceAll(control, '').replaceAll('\r\n', '\n').trim()
  return sound === '' ? null : sound
}

const titleChars = 60

/** A title out of a first message: its first line, cut between words. */
export function titleOf(text: string): string {
  const line = (text.split('\n').find((each) => /[\p{L}\p{N}]/u.test(each)) ?? text).replace(/^[#>*\-\s`]+/, '').trim()
  const signs = [...(line === '' ? text.trim() : line)]
  if (signs.length <= titleChars) return signs.join('')
  const cut = signs.slice(0, titleChars).join('')
  const space = cut.lastIndexOf(' ')
  return `${(space > titleChars / 2 ? cut.slice(0, space) : cut).trimEnd()}…`
}
