import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** One thing that a provider does while it streams. What follows the last step is a clean end of the response. */
export type Step =
  | { readonly say: string }
  | { readonly finish: string }
  | { readonly usage: unknown }
  | { readonly done: true }
  /** Bytes as they are, outside the protocol or across its lines. */
  | { readonly raw: string | Uint8Array }
  | { readonly pauseMs: number }
  /** Nothing more until `release` of the wire is called. */
  | { readonly hold: true }
  /** Nothing more ever; the connection stays open. */
  | { readonly hang: true }
  /** Drops the connection without an ending. */
  | { readonly cut: true }

/** What a provider does with one request: an answer of another status, or 200 and a stream. */
export type Script =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown }
  | {
      readonly steps: Iterable<Step>
      /** Drops the connection once this many bytes of the body are sent, wherever that falls. */
      readonly cutAtByte?: number
      readonly contentType?: string
    }

export type WireRequest = {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: { readonly model?: string; readonly [field: string]: unknown }
}

export type Wire = AsyncDisposable & {
  /** As a provider's address is written: `http://127.0.0.1:PORT/v1`. */
  readonly baseUrl: string
  /** Every request for a completion, in the order of arrival. */
  readonly requests: readonly WireRequest[]
  /** How many streams are open now. */
  open(): number
  /** How many requests the client left before their end. */
  left(): number
  /** From now on a model of this name behaves so. */
  play(model: string, script: Script): void
  /** The next requests behave so, one script each, whatever their model is; then by model again. */
  playNext(...scripts: readonly Script[]): void
  /** Lets every stream that holds go on. */
  release(): void
}

/**
 * A loopback server that speaks the wire of OpenAI's chat completions and behaves as it is told to. A model that no script
 * was given for answers `scripts.normal()`.
 */
export async function startWire(options: { readonly key?: string; readonly port?: number } = {}): Promise<Wire> {
  const byModel = new Map<string, Script>()
  const next: Script[] = []
  const requests: WireRequest[] = []
  const stage: Stage = { open: 0, left: 0, held: Promise.withResolvers<void>() }
  const server = createServer((request, response) => {
    void serve(request, response).catch((fault: unknown) => response.destroy(fault as Error))
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    const { authorization } = request.headers
    if (options.key !== undefined && authorization !== `Bearer ${options.key}`)
      return reply(response, scripts.unauthorized())
    if (path.endsWith('/models')) return reply(response, listing(byModel.keys()))
    if (!path.endsWith('/chat/completions')) return reply(response, { status: 404, body: { detail: 'Not Found' } })
    const body = JSON.parse(await textOf(request)) as WireRequest['body']
    requests.push({ path, authorization, body })
    const script = next.shift() ?? byModel.get(body.model ?? '') ?? scripts.normal()
    if ('status' in script) return reply(response, script)
    await stream(response, script, { stage, model: body.model ?? '' })
  }

  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    open: () => stage.open,
    left: () => stage.left,
    play: (model, script) => void byModel.set(model, script),
    playNext: (...more) => void next.push(...more),
    release: () => {
      stage.held.resolve()
      stage.held = Promise.withResolvers<void>()
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

type Stage = { open: number; left: number; held: PromiseWithResolvers<void> }

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

function reply(response: ServerResponse, script: Extract<Script, { status: number }>): void {
  const text = typeof script.body === 'string' ? script.body : JSON.stringify(script.body)
  response.writeHead(script.status, { 'content-type': 'application/json', ...script.headers }).end(text)
}

function listing(models: Iterable<string>): Extract<Script, { status: number }> {
  const data = ['normal', ...models].map((id) => ({ id, object: 'model', created: 1_790_000_000, owned_by: 'wire' }))
  return { status: 200, body: { object: 'list', data } }
}

type Streaming = { readonly stage: Stage; readonly model: string }

async function stream(
  response: ServerResponse,
  { steps, cutAtByte = Infinity, contentType = 'text/event-stream' }: Extract<Script, { steps: unknown }>,
  { stage, model }: Streaming,
): Promise<void> {
  const gone = Promise.withResolvers<'gone'>()
  stage.open++
  response.on('close', () => {
    stage.open--
    if (!response.writableFinished) stage.left++
    gone.resolve('gone')
  })
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache' })
  response.flushHeaders()
  let sent = 0
  for (const step of steps) {
    if (response.destroyed) return
    if ('pauseMs' in step) await Promise.race([sleep(step.pauseMs), gone.promise])
    else if ('hold' in step) await Promise.race([stage.held.promise, gone.promise])
    else if ('hang' in step) await gone.promise
    else if ('cut' in step) response.destroy()
    else {
      const bytes = bytesOf(step, model)
      const room = Math.min(bytes.length, cutAtByte - sent)
      sent += room
      await write(response, bytes.subarray(0, room), gone.promise)
      if (sent >= cutAtByte) response.destroy()
    }
  }
  if (!response.destroyed) response.end()
}

/** Waits until the bytes have left, so that a connection dropped next has delivered them. */
async function write(response: ServerResponse, bytes: Uint8Array, gone: Promise<'gone'>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  response.write(bytes, () => resolve())
  await Promise.race([promise, gone])
}

type Sending = Extract<
  Step,
  { say: string } | { finish: string } | { usage: unknown } | { done: true } | { raw: unknown }
>

function bytesOf(step: Sending, model: string): Uint8Array {
  if ('raw' in step) return Buffer.from(step.raw)
  if ('done' in step) return Buffer.from('data: [DONE]\n\n')
  const chunk = { id: 'chatcmpl-wire', object: 'chat.completion.chunk', created: 1_790_000_000, model }
  const choice = (delta: object, finish_reason: string | null) => ({ choices: [{ index: 0, delta, finish_reason }] })
  const more =
    'say' in step
      ? choice({ content: step.say }, null)
      : 'finish' in step
        ? choice({}, step.finish)
        : { choices: [], usage: step.usage }
  return Buffer.from(`data: ${JSON.stringify({ ...chunk, ...more })}\n\n`)
}

const words = ['The ', 'answer ', 'comes ', 'in ', 'seven ', 'small ', 'pieces.']
const ending: readonly Step[] = [
  { finish: 'stop' },
  { usage: { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 } },
  { done: true },
]
const say = (pieces: readonly string[]): Step[] => pieces.map((piece) => ({ say: piece }))

function error(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
  return { status, headers, body: { error: { message, type: code, param: null, code } } }
}

/** The behaviours of the field's providers, good and bad. */
export const scripts = {
  /** Some text, an ending, usage. */
  normal: (pieces: readonly string[] = words): Script => ({ steps: [...say(pieces), ...ending] }),
  /** As many pieces as asked for, with a pause before each. */
  slow: (pieces: number, pauseMs: number): Script => ({
    steps: [...Array.from({ length: pieces }, (_, at) => [{ pauseMs }, { say: `piece ${at} ` }]).flat(), ...ending],
  }),
  /** Some text, then nothing until `release`, then the rest. */
  held: (before: readonly string[] = words, after: readonly string[] = words): Script => ({
    steps: [...say(before), { hold: true }, ...say(after), ...ending],
  }),
  /** Bytes that are no event stream. */
  garbage: (): Script => ({
    steps: [{ raw: '<html><body>502 Bad Gateway</body></html>\n' }],
    contentType: 'text/html',
  }),
  /** Text, and then a line that says it is JSON and is not. */
  garbageAfter: (): Script => ({ steps: [...say(words), { raw: 'data: {"choices":[{"delta":{"content":\n\n' }] }),
  /** Nothing at all, ended as if all were well. */
  empty: (): Script => ({ steps: ending }),
  /** Drops the connection before a byte of the body. */
  closesBefore: (): Script => ({ steps: [{ cut: true }] }),
  /** Drops the connection at a byte of the body, wherever that falls. */
  closesAtByte: (cutAtByte: number): Script => ({ steps: [...say(words), ...ending], cutAtByte }),
  /** Some text, then drops the connection. */
  closesAfter: (pieces: readonly string[] = words): Script => ({ steps: [...say(pieces), { cut: true }] }),
  /** Some text, then a clean end of the response, without a finish. */
  endsEarly: (): Script => ({ steps: say(words) }),
  hangsBefore: (): Script => ({ steps: [{ hang: true }] }),
  hangsAfter: (pieces: readonly string[] = words): Script => ({ steps: [...say(pieces), { hang: true }] }),
  /** Says one thing without end, or as often as told. */
  repeats: (times = Infinity): Script => ({
    steps: (function* () {
      for (let at = 0; at < times; at++) yield { say: 'again and ' }
    })(),
  }),
  /** A line that never ends. */
  endlessLine: (): Script => ({
    steps: (function* () {
      yield { raw: 'data: {"choices":[{"delta":{"content":"' }
      for (;;) yield { raw: 'x'.repeat(65_536) }
    })(),
  }),
  noUsage: (): Script => ({ steps: [...say(words), { finish: 'stop' }, { done: true }] }),
  /** Text, and usage as told: negative, enormous, no number. */
  usage: (usage: unknown): Script => ({ steps: [...say(words), { finish: 'stop' }, { usage }, { done: true }] }),
  cutByLength: (): Script => ({ steps: [...say(words), { finish: 'length' }, ...ending.slice(1)] }),
  /** The provider's own filter: after some text, or before any. */
  contentFilter: (pieces: readonly string[] = words): Script => ({
    steps: [...say(pieces), { finish: 'content_filter' }, ...ending.slice(1)],
  }),
  /** An error in the middle of a stream of status 200. */
  errorAfter: (): Script => ({
    steps: [...say(words), { raw: 'data: {"error":{"message":"The server had an error","type":"server_error"}}\n\n' }],
  }),
  unauthorized: () => error(401, 'invalid_api_key', 'Incorrect API key provided.'),
  noQuota: () => error(429, 'insufficient_quota', 'You exceeded your current quota.'),
  rateLimited: (seconds: number) =>
    error(429, 'rate_limit_exceeded', 'Rate limit reached.', { 'retry-after': String(seconds) }),
  unknownModel: () => error(404, 'model_not_found', 'The model does not exist.'),
  tooLong: () => error(400, 'context_length_exceeded', 'This model’s maximum context length is 8192 tokens.'),
  broken: (status = 500) => error(status, 'server_error', 'The server had an error while processing your request.'),
} satisfies Record<string, (...parameters: never[]) => Script>
