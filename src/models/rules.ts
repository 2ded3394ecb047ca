import { isIP } from 'node:net'
import { refuse, type Money, type Refusal } from '#kernel'
import type { FailureKind } from './ports.ts'

/** What a run asks of a model. `model` is the house's name, `provider/name`; backends get the part behind the slash. */
export type ModelRequest = {
  readonly model: string
  readonly messages: readonly {
    readonly role: 'system' | 'user' | 'assistant'
    readonly content: string
    readonly name?: string
  }[]
  readonly maxOutputTokens: number
  readonly temperature?: number
  /** A pseudonym, so that a provider can tell users apart and no more. */
  readonly user?: string
  readonly signal: AbortSignal
}

/**
 * Text is well-formed Unicode without NUL. `usage` is what the provider says and counts hidden reasoning as output; it
 * may be missing, comes once at most, and is whole and not negative. Whether to believe it, the caller decides by what
 * was delivered.
 */
export type ModelEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'usage'; readonly inputTokens: number; readonly outputTokens: number }
  | { readonly type: 'end'; readonly reason: 'stop' | 'length' | 'refused' }

/** What a million tokens cost the house, and which row of the cost list says so. */
export type ModelCost = {
  readonly version: number
  readonly inputPerMillion: Money<'USD'>
  readonly outputPerMillion: Money<'USD'>
}

/** `ollama/llama3.2` and `openrouter/deepseek/deepseek-chat`: the provider's short name ends at the first slash. */
export function splitModel(model: string): { readonly provider: string; readonly name: string } {
  const slash = model.indexOf('/')
  return slash < 1 ? { provider: model, name: '' } : { provider: model.slice(0, slash), name: model.slice(slash + 1) }
}

/** What a reader is told, by kind: what happened and what to do. Nothing of the provider's own words. */
export function wordsFor(kind: FailureKind, provider: string, retryAfterMs?: number): string {
  switch (kind) {
    case 'key':
      return `${provider} did not accept this place’s key. The operator can paste a new one at the desk.`
    case 'quota':
      return `This place’s account at ${provider} has run out. Try another bot, or tell the operator.`
    case 'rate':
      return `${provider} has too much to do. Try again in ${spanWords(retryAfterMs ?? 20_000)}.`
    case 'unavailable':
      return `${provider} broke off or is out of reach. Try again; if it stays so, try another bot.`
    case 'unknown_model':
      return `${provider} does not offer this bot’s model here. Its creator can choose another one in the studio.`
    case 'too_long':
      return 'This conversation is too long for the bot’s model. Begin a new one, or shorten the last message.'
    case 'garbage':
      return `${provider} answered something that cannot be read. Try again; if it stays so, tell the operator.`
    case 'timeout':
      return `${provider} fell silent for too long. Try again.`
    case 'refused':
      return `${provider} declined to answer this. Put it in other words.`
  }
}

/** What the operator is told at the desk: what to do, and the provider's own words where it was there to have any. */
export function deskWords({ kind, detail }: { kind: FailureKind; detail: string }, baseUrl: string): string {
  if (kind !== 'unavailable' || !nobodyThere.test(detail)) return `${remedies[kind]} The provider’s answer: ${detail}`
  const { host } = new URL(baseUrl)
  if (isOurs(baseUrl)) return `No engine answers at ${host}. Start it, or correct the address.`
  return `${host} cannot be reached from this machine. Check the address for a slip, and this machine’s network.`
}

/** What Node says where a name leads nowhere, or nobody listens there. */
const nobodyThere = /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL):/

const remedies: Readonly<Record<FailureKind, string>> = {
  key: 'The key was not accepted. Check that it was pasted whole, and has not been revoked.',
  quota: 'The account behind this key has no credit left. Top it up at the provider.',
  rate: 'The provider limits how often this key may ask. Try again in a minute.',
  unavailable: 'The provider broke off, or has a fault of its own. Try again in a minute.',
  unknown_model: 'The provider has no model of this name. Choose another one.',
  too_long: 'The provider found the question too long. Choose a model with a larger context.',
  garbage: 'What came back is not the wire of OpenAI’s chat completions. Check the address: it usually ends in /v1.',
  timeout: 'The provider did not answer in time. A local engine may still be loading its model: try again.',
  refused: 'The provider’s own filter declined the question. Try another model.',
}

/**
 * A provider's words for a log or a screen. It may repeat what it was given, and a key goes onto neither; what is left is cut,
 * and made of whole signs without NUL, since PostgreSQL keeps no others.
 */
export function withoutKey(
  words: string,
  { key, charactersMax = 1000 }: { readonly key: string | undefined; readonly charactersMax?: number },
): string {
  const scrubbed = key ? words.replaceAll(key, '[key]') : words
  return scrubbed.slice(0, charactersMax).replaceAll('\0', '\uFFFD').toWellFormed()
}

function spanWords(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  if (seconds < 90) return seconds === 1 ? 'a second' : `${seconds} seconds`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`
}

/** The address as it is kept, without a slash at its end, or why it is none. http goes only where nobody listens between. */
export function checkAddress(text: string): string | Refusal<'bad_address'> {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol))
    return refuse('bad_address', 'Write the whole address, such as https://api.example.com/v1.')
  if (url.username || url.password || url.search || url.hash)
    return refuse(
      'bad_address',
      'Write the address alone: the key has a field of its own, and nothing follows the path.',
    )
  const host = hostOf(url.hostname)
  if (isLinkLocal(host)) return refuse('bad_address', 'Addresses of this range belong to the machine’s own cloud.')
  if (url.protocol === 'http:' && !isNear(host))
    return refuse('bad_address', 'Use https: over http everybody on the way could read the key and the conversations.')
  return url.href.replace(/\/+$/, '')
}

const hostOf = (hostname: string) => hostname.replace(/^\[|\]$/g, '').toLowerCase()

/** Where clouds answer with the machine's own credentials, in every form that reaches it. */
function isLinkLocal(host: string): boolean {
  const mapped = /^::ffff:([0-9a-f]{1,4}):/.exec(host)?.[1]
  return (
    host.startsWith('169.254.') ||
    /^fe[89ab]/.test(host) ||
    mapped === 'a9fe' ||
    host === 'fd00:ec2::254' ||
    host === 'metadata.google.internal' ||
    host === 'metadata'
  )
}

/** Whether nobody else runs what answers there, so that no bill comes of it. */
export function isOurs(baseUrl: string): boolean {
  return !URL.canParse(baseUrl) || isNear(hostOf(new URL(baseUrl).hostname))
}

/** This machine and private networks (RFC 1918, RFC 4193), names without a dot, and names that only such networks know. */
function isNear(host: string): boolean {
  if (isIP(host) === 4) return /^(?:127|10)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\./.test(host)
  if (isIP(host) === 6) return host === '::1' || /^f[cd]/.test(host)
  return !host.includes('.') || /\.(?:localhost|local|internal|lan|home\.arpa)$/.test(host)
}

const notForChat =
  /embed|whisper|tts|audio|speech|image|imagen|dall-?e|sora|veo|video|moderat|guard|realtime|transcri|rerank|ocr|search|codex|computer/i
const small = /mini|nano|small|haiku|flash|lite|instant|tiny|\b[1-9]b\b/i

/** Models to put a first question to, the likeliest and cheapest first; at most three. */
export function trialCandidates(names: readonly string[]): readonly string[] {
  const chat = names.filter((name) => !notForChat.test(name))
  const smallest = chat.filter((name) => small.test(name))
  return [...new Set([...smallest, ...chat, ...names])].slice(0, 3)
}

/** What creators may build on from the start: models that have a cost, and the one that answered. */
export function offeredAtFirst(
  names: readonly string[],
  known: { readonly answered: string | undefined; hasCost(name: string): boolean },
): readonly string[] {
  return names.filter((name) => name === known.answered || (known.hasCost(name) && !notForChat.test(name)))
}
