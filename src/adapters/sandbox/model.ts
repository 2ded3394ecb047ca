import { setTimeout as sleep } from 'node:timers/promises'
import type { BackendEvent, ModelBackend, ModelRequest } from '#models'
import { refusal, texts, type Asked } from './model-texts.ts'

type Manner = {
  readonly text: keyof typeof texts
  readonly paceMs: number
  readonly ends: 'well' | 'refused' | 'breaking off' | 'before it begins'
}

const usual: Manner = { text: 'plain', paceMs: 12, ends: 'well' }

/** The sandbox's models. `instant` is for those who measure what is around the answer. */
const manners: Readonly<Record<string, Manner>> = {
  plain: usual,
  markdown: { ...usual, text: 'markdown' },
  code: { ...usual, text: 'code' },
  table: { ...usual, text: 'table' },
  long: { ...usual, text: 'long', paceMs: 6 },
  picture: { ...usual, text: 'picture' },
  slow: { ...usual, text: 'markdown', paceMs: 180 },
  instant: { ...usual, paceMs: 0 },
  refuses: { ...usual, ends: 'refused' },
  breaks: { ...usual, text: 'markdown', ends: 'breaking off' },
  fails: { ...usual, ends: 'before it begins' },
}

/**
 * Models that answer from a script: the same prompt gives the same answer. A command before the prompt's last paragraph
 * (`/table`, `/slow`, `/breaks` … by the names above) steers any of them. For demos and tests alone; every text says what
 * it is.
 */
export function sandboxBackend(): ModelBackend {
  return {
    list: () => Promise.resolve(Object.keys(manners)),
    stream: (_, request) => stream(request),
  }
}

async function* stream(request: ModelRequest): AsyncGenerator<BackendEvent> {
  const own = manners[request.model]
  if (!own) return yield { type: 'failed', kind: 'unknown_model', detail: `the sandbox has no ${request.model}` }
  const { manner, asked } = steer(own, request)
  if (manner.ends === 'before it begins')
    return yield { type: 'failed', kind: 'unavailable', detail: 'the sandbox fails before it begins, as told' }
  const script = piecesOf(manner.ends === 'refused' ? refusal : texts[manner.text](asked))
  const allowed = allowedPieces(script, request.maxOutputTokens)
  const said = manner.ends === 'breaking off' ? Math.min(allowed, script.length >> 1) : allowed
  for (const text of script.slice(0, said)) {
    if (!(await pause(manner.paceMs, request.signal))) return
    yield { type: 'text', text }
  }
  if (manner.ends === 'breaking off')
    return yield { type: 'failed', kind: 'unavailable', detail: 'the sandbox breaks off, as told' }
  const inputTokens = tokensOf(request.messages.map(({ content }) => content).join('\n'))
  yield { type: 'usage', inputTokens, outputTokens: tokensOf(script.slice(0, said).join('')) }
  if (manner.ends === 'refused') yield { type: 'end', reason: 'refused' }
  else yield { type: 'end', reason: said < script.length ? 'length' : 'stop' }
}

/**
 * The manner that the last paragraph's command asks for, and that paragraph without it. What stands before may be a
 * question that got no answer, joined to this one: its command was for then.
 */
function steer(own: Manner, { messages }: ModelRequest): { readonly manner: Manner; readonly asked: Asked } {
  const prompt = lastParagraph(messages.findLast(({ role }) => role === 'user')?.content ?? '')
  const system = messages.find(({ role }) => role === 'system')?.content ?? ''
  const role = /\bYou are (an? [^.,;:\n]{3,60})/.exec(system)?.[1]?.trim()
  const [, command = '', text = prompt] = /^\s*\/([a-z]+)\b\s*([^]*)$/.exec(prompt) ?? []
  const told = Object.hasOwn(manners, command) ? manners[command] : undefined
  return told ? { manner: told, asked: { text, role } } : { manner: own, asked: { text: prompt, role } }
}

const lastParagraph = (text: string) =>
  text
    .trimEnd()
    .split(/\n\s*\n/)
    .at(-1) ?? ''

/** As a model would say it: a word or two at a time, spaces with what they follow. */
function piecesOf(text: string): readonly string[] {
  return text.match(/\s*\S{1,24}(?:\s+\S{1,3}(?=\s))?/gu) ?? []
}

/** A rule of thumb for text of this kind: four signs are a token. */
const tokensOf = (text: string) => Math.ceil(text.length / 4)

function allowedPieces(script: readonly string[], tokensMax: number): number {
  let said = ''
  const over = script.findIndex((piece) => tokensOf((said += piece)) > tokensMax)
  return over === -1 ? script.length : over
}

/** False once the caller has left. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined)
  return !signal.aborted
}
