// One of the lanes that are compared: HTTP in, a decision, HTTP out. `node gateway.ts WISH`, where WISH is JSON; prints its URL.
import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import { isRefusal } from '#kernel'
import { createScheduler, type Failure, type Grant, type RetryRefusal, type WaitRefusal } from '#scheduler'
import { promptHeader } from '../../tools/engine-sim/chat.ts'
import { createLine, type Decider } from './line.ts'
import { askEngine } from './signs.ts'
import { createTokenCounter } from './tokens.ts'

/** `given`: the operator says the slots. `told`: the engine is asked. `found`: neither, a black box. */
const knowledge = ['given', 'told', 'found'] as const

const wishSchema = z.object({
  decider: z.enum(['scheduler', 'arrival', 'class']),
  slotsAre: z.enum(knowledge),
  /** Slots beyond any number are null in JSON. */
  backends: z.array(z.object({ id: z.string(), url: z.string(), slots: z.number().nullable() })),
})
export type GatewayWish = z.infer<typeof wishSchema>

const wish = wishSchema.parse(JSON.parse(process.argv[2] ?? '{}'))
const urlOf = new Map(wish.backends.map(({ id, url }) => [id, url]))
const agent = new Agent({ keepAlive: true })
const decider = createDecider()

function createDecider(): Decider {
  if (wish.decider !== 'scheduler')
    return createLine({
      backends: wish.backends.map(({ id, slots }) => ({ id, slots: slots ?? Infinity })),
      order: wish.decider,
    })
  const backends = wish.backends.map(({ id, url, slots }) => ({
    id,
    ...(wish.slotsAre === 'given' && slots !== null ? { slots } : {}),
    ...(wish.slotsAre === 'told' ? { signs: (signal: AbortSignal) => askEngine(url, signal) } : {}),
  }))
  return createScheduler({ backends })
}

type Answer = Grant | WaitRefusal | RetryRefusal

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/view') return void response.end(JSON.stringify(decider.view() ?? null))
  const body = await buffer(request)
  const leaving = new AbortController()
  response.once('close', () => leaving.abort())
  const { headers } = request
  const ticket = decider.ticket({
    class: String(headers['x-class']),
    user: String(headers['x-user']),
    inputTokens: Number(headers[promptHeader]),
    patienceMs: Number(headers['x-patience-ms']),
    signal: leaving.signal,
  })
  if (isRefusal(ticket)) return void response.writeHead(503).end(JSON.stringify(ticket))
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.write(`: ${JSON.stringify(ticket.standing())}\n\n`)
  let grant: Answer = await ticket.granted
  while (!isRefusal<Answer>(grant)) {
    const failure = await relay(grant, { body, headers }, response)
    if (!failure) return void response.end()
    grant = await grant.failed(failure)
  }
  response.end(`data: ${JSON.stringify({ error: grant })}\n\n`)
}

/** Passes the answer on as it comes. Undefined when it is whole, or nobody wants it any more. */
function relay(
  grant: Grant,
  { body, headers }: { readonly body: Buffer; readonly headers: IncomingMessage['headers'] },
  response: ServerResponse,
): Promise<Failure | undefined> {
  const { promise, resolve } = Promise.withResolvers<Failure | undefined>()
  const count = createTokenCounter()
  let outputTokens = 0
  let whole = false
  const end = (failure: Failure): void => {
    if (whole) return
    if (grant.signal.aborted) return resolve(isFailure(grant.signal.reason) ? grant.signal.reason : undefined)
    resolve(failure)
  }
  const { host: _, ...rest } = headers
  const url = `${urlOf.get(grant.backend)}/v1/chat/completions`
  const upstream = send(url, { method: 'POST', agent, headers: rest, signal: grant.signal }, (answer) => {
    const failure = failureOf(answer)
    if (failure) return void answer.resume().once('close', () => resolve(failure))
    answer.on('data', (piece: Buffer) => {
      const tokens = count(piece)
      if (tokens > 0 && outputTokens === 0) grant.firstToken()
      if (tokens > 0) grant.tokens(tokens)
      outputTokens += tokens
      response.write(piece)
    })
    answer.once('end', () => {
      whole = answer.complete
      if (!whole) return
      grant.done({ inputTokens: Number(headers[promptHeader]), outputTokens })
      resolve(undefined)
    })
    answer.once('error', () => end({ kind: 'unreachable' }))
    answer.once('close', () => end({ kind: 'unreachable' }))
  })
  upstream.once('error', () => end({ kind: 'unreachable' }))
  upstream.end(body)
  return promise
}

const isFailure = (reason: unknown): reason is Failure =>
  typeof reason === 'object' && reason !== null && 'kind' in reason && reason.kind === 'hung'

function failureOf({ statusCode = 500, headers }: IncomingMessage): Failure | undefined {
  if (statusCode < 300) return undefined
  if ([429, 498, 503].includes(statusCode))
    return { kind: 'busy', retryAfterMs: Number(headers['retry-after'] ?? 1) * 1000 }
  return { kind: statusCode < 500 ? 'rejected' : 'unreachable' }
}

const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 })
server.on('request', (request, response) => void serve(request, response).catch(() => response.destroy()))
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
)
const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
}, 250)
