import { Agent, request as send, type Dispatcher } from 'undici'
import { z } from 'zod'
import type { BackendEvent, BackendFailure, ModelAddress, ModelBackend, ModelRequest } from '#models'
import { createReader } from './chunks.ts'
import { adapt, bodyOf, usualDialect, type Dialect } from './dialect.ts'
import { failureOfFault, failureOfResponse } from './failure.ts'
import { dataLines, wholeText } from './lines.ts'

export type Limits = {
  readonly connectMs: number
  readonly firstByteMs: number
  /** Of silence in mid-answer. */
  readonly idleMs: number
  /** For what follows a whole answer: its usage, and the end of the response. */
  readonly tailMs: number
  readonly lineBytesMax: number
  readonly answerBytesMax: number
  /** Text beyond this for each token that was allowed is no answer to what was asked: it ends as `length`. */
  readonly textBytesPerToken: number
}

const usualLimits: Limits = {
  connectMs: 5_000,
  firstByteMs: 60_000,
  idleMs: 60_000,
  tailMs: 5_000,
  lineBytesMax: 1_048_576,
  answerBytesMax: 8_388_608,
  textBytesPerToken: 32,
}

const textBytesFree = 4096
const errorBytesMax = 65_536
const listBytesMax = 4_194_304
const adaptationsMax = 4
const dialectsMax = 1000

/**
 * Any endpoint that speaks OpenAI's chat completions. Redirects are not followed: a provider cannot send the key, or a
 * conversation, to another address than the operator named.
 */
export function openaiBackend(limits: Partial<Limits> = {}): ModelBackend {
  const line = createLine({ ...usualLimits, ...limits })
  return {
    stream: (address, request) => stream(line, address, request),
    list: (address, signal) => list(line, address, signal),
  }
}

type Line = {
  readonly limits: Limits
  readonly dialects: Map<string, Dialect>
  send(address: ModelAddress, path: string, options: Sending): Promise<Dispatcher.ResponseData>
}
type Sending = { readonly signal: AbortSignal; readonly body?: string }

function createLine(limits: Limits): Line {
  const { connectMs, firstByteMs: headersTimeout, idleMs: bodyTimeout } = limits
  const dispatcher = new Agent({ connect: { timeout: connectMs }, headersTimeout, bodyTimeout })
  return {
    limits,
    dialects: new Map(),
    send: ({ baseUrl, key }, path, { signal, body }) =>
      send(baseUrl + path, {
        dispatcher,
        signal,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          accept: body === undefined ? 'application/json' : 'text/event-stream',
          'user-agent': 'bottega',
          ...(key === undefined ? {} : keyHeaders(baseUrl, key)),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
      }),
  }
}

/** Anthropic takes the usual header for answers, and for its list of models only its own. */
function keyHeaders(baseUrl: string, key: string): Readonly<Record<string, string>> {
  const usual = { authorization: `Bearer ${key}` }
  const anthropic = new URL(baseUrl).hostname === 'api.anthropic.com'
  return anthropic ? { ...usual, 'x-api-key': key, 'anthropic-version': '2023-06-01' } : usual
}

async function* stream(line: Line, address: ModelAddress, request: ModelRequest): AsyncGenerator<BackendEvent> {
  try {
    const response = await ask(line, address, request)
    if ('type' in response) yield response
    else yield* answer(response, line.limits, request)
  } catch (fault) {
    if (!request.signal.aborted) yield failureOfFault(fault)
  }
}

/** Asks, and asks again in another dialect where the endpoint names a field that it does not know. */
async function ask(
  { dialects, ...line }: Line,
  address: ModelAddress,
  request: ModelRequest,
): Promise<Dispatcher.ResponseData | BackendFailure> {
  const place = `${address.baseUrl} ${request.model}`
  let dialect = dialects.get(place) ?? usualDialect(address)
  for (let attempt = 0; ; attempt++) {
    const body = bodyOf(request, dialect)
    const response = await line.send(address, '/chat/completions', { signal: request.signal, body })
    if (response.statusCode === 200) {
      if (attempt > 0 && dialects.size < dialectsMax) dialects.set(place, dialect)
      return response
    }
    const text = await wholeText(response.body, errorBytesMax)
    const failure = failureOf(response, text)
    const understood = failure.kind !== 'garbage' || ![400, 422].includes(response.statusCode)
    const next = understood || attempt === adaptationsMax ? undefined : adapt(dialect, text)
    if (!next) return failure
    dialect = next
  }
}

function failureOf({ statusCode, headers }: Dispatcher.ResponseData, text: string): BackendFailure {
  if (statusCode >= 300 && statusCode < 400)
    return { type: 'failed', kind: 'garbage', detail: `a redirect to ${String(headers['location'])}` }
  const retryAfter = headers['retry-after']
  return failureOfResponse(statusCode, text, typeof retryAfter === 'string' ? retryAfter : undefined)
}

async function* answer(
  { headers, body }: Dispatcher.ResponseData,
  limits: Limits,
  request: ModelRequest,
): AsyncGenerator<BackendEvent> {
  const kind = String(headers['content-type'] ?? '')
  const reader = createReader()
  let room = textBytesFree + request.maxOutputTokens * limits.textBytesPerToken
  let tail: NodeJS.Timeout | undefined
  let read = false
  // A body that is destroyed reports its own end as an error, and one without a listener ends the process.
  body.on('error', () => undefined)
  try {
    for await (const data of payloads(body, kind, limits)) {
      const told = reader.read(data)
      if ('type' in told) return yield told
      if (!reader.isWhole()) clearTimeout(tail)
      if (told.text !== '') yield { type: 'text', text: told.text }
      room -= Buffer.byteLength(told.text)
      if (room < 0) return yield { type: 'end', reason: 'length' }
      if (told.done) break
      if (reader.isWhole()) tail ??= setTimeout(() => body.destroy(), limits.tailMs)
    }
    read = true
  } catch (fault) {
    if (request.signal.aborted) return
    const failure = failureOfFault(fault)
    if (!reader.isWhole()) return yield failure
  } finally {
    clearTimeout(tail)
    // What follows the end is read away, so that the next answer finds the connection open; anything else closes it.
    if (read) void readAway(body, limits)
    else body.destroy()
  }
  yield* reader.finish()
}

/** The limit of `dump` is one for the body from its start, as ours is. */
async function readAway(body: Dispatcher.ResponseData['body'], { answerBytesMax, tailMs }: Limits): Promise<void> {
  await body.dump({ limit: answerBytesMax, signal: AbortSignal.timeout(tailMs) }).catch(() => undefined)
}

/** A server that does not stream answers with one JSON document: it is read as one chunk. */
async function* payloads(body: Dispatcher.ResponseData['body'], kind: string, limits: Limits): AsyncGenerator<string> {
  const parts = body.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
  if (kind.startsWith('application/json')) yield await wholeText(parts, limits.answerBytesMax)
  else yield* dataLines(parts, limits)
}

const listing = z.union([
  z.object({ data: z.array(z.object({ id: z.string() })) }).transform(({ data }) => data),
  z.array(z.object({ id: z.string() })),
])
const nameMax = 200

async function list(
  line: Line,
  address: ModelAddress,
  signal: AbortSignal,
): Promise<readonly string[] | BackendFailure> {
  try {
    const response = await line.send(address, '/models', { signal })
    const text = await wholeText(response.body, response.statusCode === 200 ? listBytesMax : errorBytesMax)
    if (response.statusCode !== 200) return failureOf(response, text)
    const models = listing.safeParse(JSON.parse(text)).data
    if (!models) return { type: 'failed', kind: 'garbage', detail: 'what came is no list of models' }
    return models
      .map(({ id }) => id.toWellFormed())
      .filter((id) => id !== '' && id.length <= nameMax && !id.includes('\0'))
  } catch (fault) {
    if (fault instanceof SyntaxError) return { type: 'failed', kind: 'garbage', detail: 'what came is no JSON' }
    if (signal.aborted) return { type: 'failed', kind: 'timeout', detail: 'no list of models in time' }
    return failureOfFault(fault)
  }
}
