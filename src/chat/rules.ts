import { refuse, type Refusal, type Uuid } from '#kernel'
import type { HistoryMessage } from '#turns'
import { contextOf, joinBytes, limits } from './contract.ts'

/** A deleted conversation can be restored for so long. */
export const keptDeletedMs = 30 * 86_400_000

export const unknownConversation = refuse(
  'unknown_conversation',
  'This conversation is not here: it was deleted, or it belongs to somebody else.',
)

export const isOpenTo = (owner: Uuid, standing: { readonly owner: Uuid; readonly deleted: boolean }): boolean =>
  standing.owner === owner && !standing.deleted

/** What is refused of a text, by name; everything else is kept as it was written, and means nothing to us. */
export function checkText(text: string): Refusal<'empty_text' | 'broken_text' | 'too_long'> | undefined {
  if (!isSound(text))
    return refuse('broken_text', 'This contains broken characters. Paste it again as plain text, then send it.')
  if (text.trim() === '') return refuse('empty_text', 'Write something first.')
  if (Buffer.byteLength(text) <= limits.textBytes) return undefined
  const most = limits.textBytes.toLocaleString('en')
  return refuse('too_long', `A message has at most ${most} bytes. Shorten it, or send it in parts.`)
}

/** Half a surrogate pair is no character, and PostgreSQL keeps no NUL. */
const isSound = (text: string) => text.isWellFormed() && !text.includes('\0')

export function checkTitle(text: string): string | Refusal<'bad_title'> {
  const title = text.trim().replaceAll(/\s+/g, ' ')
  if (title === '') return refuse('bad_title', 'A title has at least one character.')
  if (!isSound(title)) return refuse('bad_title', 'This title contains broken characters. Type it anew.')
  if (title.length <= limits.title) return title
  return refuse('bad_title', `A title has at most ${limits.title} characters.`)
}

const titleMax = 60
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
const markup = /^\s*(?:[#>*+-]+|\d+[.)])\s+|[*_`~]+/g
const mention = /(?:^|\s)@[a-z0-9-]+[,:]?(?=\s|$)/gi

/** The first line that says something, without mentions and markup, cut at a word. */
export function titleOf(text: string): string {
  const lines = text.split('\n', 50).map((line) => plain(cutAt(line, 1000)))
  const line = lines.find((each) => /[\p{L}\p{N}]/u.test(each)) ?? cutAt(text.trim().replaceAll(/\s+/g, ' '), titleMax)
  const [sentence = line] = line.split(/(?<=[.!?])\s|(?<=[。！？])/)
  const signs = Array.from(graphemes.segment(sentence), ({ segment }) => segment)
  const whole = signs.length <= titleMax ? sentence : shortened(signs.slice(0, titleMax - 1).join(''))
  return cutAt(whole, limits.title) || '…'
}

function shortened(cut: string): string {
  const space = cut.lastIndexOf(' ')
  return `${space > titleMax / 2 ? cut.slice(0, space) : cut}…`
}

/** Never in the middle of a surrogate pair. */
const cutAt = (text: string, units: number) => text.slice(0, units).replace(/[\uD800-\uDBFF]$/, '')

const plain = (line: string) => line.replaceAll(mention, ' ').replaceAll(markup, '').replaceAll(/\s+/g, ' ').trim()

/** One message of a branch, as a prompt sees it. */
export type Said = { readonly text: string } & (
  | { readonly kind: 'question' }
  | { readonly kind: 'answer'; readonly bot: Uuid; readonly handle: string }
)

type Told = { readonly role: HistoryMessage['role']; content: string }

/**
 * What one bot is sent: the branch, oldest first, cut from its beginning to fit. Its own answers stand as it gave them,
 * those of other bots under their handles. Neighbours of one role become one message, since many models want turns to
 * alternate. Nothing but the conversation goes in.
 */
export function historyFor(bot: Uuid, branch: readonly Said[]): HistoryMessage[] {
  const told = branch.filter(({ text }) => text !== '')
  const { kept } = contextOf(told.map(sizeOf))
  const history: Told[] = []
  for (const said of told.slice(told.length - kept.length)) {
    const next = tell(said, bot)
    const last = history.at(-1)
    if (last?.role === next.role) last.content += joint + next.content
    else history.push(next)
  }
  return history
}

const joint = '\n\n'

function tell(said: Said, bot: Uuid): Told {
  if (said.kind === 'question') return { role: 'user', content: said.text }
  if (said.bot === bot) return { role: 'assistant', content: said.text }
  return { role: 'assistant', content: `@${said.handle}: ${said.text}` }
}

function sizeOf(said: Said): number {
  return sizeOfMessage({ bytes: Buffer.byteLength(said.text), handle: said.kind === 'answer' ? said.handle : null })
}

/** Counted as told to another bot, so that one figure is right, or a little too high, for all. */
export function sizeOfMessage({ bytes, handle }: { readonly bytes: number; readonly handle: string | null }): number {
  return bytes + joinBytes + (handle === null ? 0 : handle.length + '@: '.length)
}
