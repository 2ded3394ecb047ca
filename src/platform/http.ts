import { randomBytes } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { uuidv7 } from '#kernel'
import { isRefusal, type AnswerOf, type Endpoint, type EventStream, type InputOf, type Refusal } from '#kernel/contract'
import { readInput } from './input.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { checkOrigin, type Origins } from './origin.ts'
import { HttpFault, problemResponse } from './problem.ts'
import type { Screens } from './screens.ts'
import { eventBody, isStream, streamHeaders, type StreamOperation } from './sse.ts'

/** What a handler may know of the request beside its input. `signal` fires when the client leaves or time is up. */
export type RequestContext = {
  readonly requestId: string
  readonly signal: AbortSignal
  readonly headers: Headers
  /** Who is at the other end of the connection, or behind a trusted proxy, who that says it is. */
  readonly clientAddress: string
  /** Sent with the answer, unless it is a refusal: a whole Set-Cookie. */
  setCookie(cookie: string): void
  readonly log: Log
}

/** One endpoint and what answers it, as a room hands them in. */
export type Operation = {
  readonly endpoint: Endpoint
  readonly run: (input: never, context: RequestContext) => unknown
}

/** Pairs an endpoint with its handler; the compiler lets the handler answer only what the contract lists. */
export function handle<E extends Endpoint>(
  endpoint: E,
  run: (input: InputOf<E>, context: RequestContext) => AnswerOf<E> | Promise<AnswerOf<E>>,
): Operation {
  return { endpoint, run }
}

/** A part of the tree of paths that a library answers by itself, such as sign-in. */
export type Mount = {
  /** Hono's pattern: `/api/auth/*`. */
  readonly path: string
  readonly fetch: (request: Request, caller: { readonly clientAddress: string }) => Promise<Response>
}

export type HttpOptions = {
  readonly log: Log
  readonly metrics: Metrics
  readonly operations: readonly (Operation | StreamOperation)[]
  readonly mounts?: readonly Mount[]
  readonly screens?: Screens
  readonly origins?: Origins
  /** How many proxies before us add to X-Forwarded-For; none unless given. */
  readonly proxies?: number
  /** Fires when the process closes: readers of streams are sent away, to come back elsewhere. */
  readonly closing?: AbortSignal
  readonly bodyBytesMax?: number
  readonly requestMsMax?: number
}

type Env = { Variables: { requestId: string }; Bindings: HttpBindings }

const saneRequestId = /^[\w.-]{8,128}$/

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** The whole HTTP surface as one `fetch`: operations, pages, /metrics, and a problem for all that is neither. */
export function createHttp(options: HttpOptions): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    const begun = performance.now()
    const offered = c.req.header('x-request-id') ?? ''
    c.set('requestId', saneRequestId.test(offered) ? offered : uuidv7())
    await next()
    c.res.headers.set('x-request-id', c.get('requestId'))
    for (const [name, value] of Object.entries(securityHeaders))
      if (!c.res.headers.has(name)) c.res.headers.set(name, value)
    observe(c, options, performance.now() - begun)
  })
  app.use(async (c, next) => {
    checkOrigin(c.req.raw, options.origins ?? { hosts: undefined })
    await next()
  })
  for (const operation of options.operations) {
    if (isStream(operation)) mountStream(app, operation, options)
    else mountOperation(app, operation, options)
  }
  for (const { path, fetch } of options.mounts ?? [])
    app.all(path, (c) => fetch(c.req.raw, { clientAddress: clientAddress(c, options) }))
  app.get('/metrics', async (c) =>
    c.text(await options.metrics.text(), 200, { 'content-type': options.metrics.contentType }),
  )
  refuseOtherMethods(app)
  if (options.screens) mountScreens(app, options.screens)
  app.notFound((c) => answerFault(c, new HttpFault(404, `Nothing is at ${c.req.path}.`), options.log))
  app.onError((fault, c) => answerFault(c, fault, options.log))
  return app
}

function observe(c: Context<Env>, { log, metrics }: HttpOptions, ms: number): void {
  const route = c.req.routePath === '/*' ? 'none' : c.req.routePath
  metrics.observeRequest({ method: c.req.method, route, status: c.res.status, seconds: ms / 1000 })
  const fields = {
    requestId: c.get('requestId'),
    method: c.req.method,
    route,
    status: c.res.status,
    ms: Math.round(ms),
  }
  log.debug(fields, 'request')
}

function mountOperation(app: Hono<Env>, { endpoint, run }: Operation, options: HttpOptions): void {
  const msMax = options.requestMsMax ?? 30_000
  app.on(endpoint.method, endpoint.path, async (c) => {
    const input = await readInput(c, endpoint, options.bodyBytesMax ?? 1_048_576)
    const timeUp = AbortSignal.timeout(msMax)
    const context = contextOf(c, options, AbortSignal.any([c.req.raw.signal, timeUp]))
    const answer = await withinTime(Promise.resolve(run(input as never, context)), timeUp)
    if (isRefusal(answer)) return refusalResponse(c, endpoint, answer)
    return c.json(z.encode(endpoint.output, answer) as object, endpoint.status?.(answer) ?? 200, {
      'cache-control': 'no-store',
    })
  })
}

function mountStream(app: Hono<Env>, { stream, run }: StreamOperation, options: HttpOptions): void {
  app.get(stream.path, async (c) => {
    const input = await readInput(c, stream, 0)
    // Hono answers HEAD by GET and drops the body unread: its source would be asked for and never told to end.
    if (c.req.method === 'HEAD') return c.body(null, 200, streamHeaders)
    const left = new AbortController()
    const signals = [c.req.raw.signal, left.signal, ...(options.closing ? [options.closing] : [])]
    const context = contextOf(c, options, AbortSignal.any(signals))
    const source = await run(input as never, { ...context, lastEventId: c.req.header('last-event-id') })
    if (isRefusal(source)) return refusalResponse(c, stream, source)
    const fault = (err: unknown) => context.log.error({ path: stream.path, err }, 'an event source broke')
    const ending = { signal: context.signal, leave: () => left.abort(), fault }
    return c.body(eventBody(stream, source as never, ending), 200, streamHeaders)
  })
}

function contextOf(c: Context<Env>, options: HttpOptions, signal: AbortSignal): RequestContext {
  const requestId = c.get('requestId')
  const { headers } = c.req.raw
  return {
    requestId,
    signal,
    headers,
    clientAddress: clientAddress(c, options),
    setCookie: (cookie) => c.header('set-cookie', cookie, { append: true }),
    log: options.log.child({ requestId }),
  }
}

/** Of X-Forwarded-For only what our own proxies wrote is believed: as many entries from its end as there are proxies. */
function clientAddress(c: Context<Env>, { proxies = 0 }: HttpOptions): string {
  const told = (c.req.header('x-forwarded-for') ?? '').split(',').map((address) => address.trim())
  const forwarded = proxies > 0 ? told.at(-proxies) : undefined
  return forwarded || (c.env.incoming?.socket.remoteAddress ?? 'unknown')
}

function refusalResponse(c: Context<Env>, declared: Endpoint | EventStream, answer: Refusal): Response {
  const { refused, detail } = answer
  const status = Object.hasOwn(declared.refusals, refused) ? declared.refusals[refused] : undefined
  if (status === undefined) throw new Error(`${c.req.method} ${declared.path} refused with the unlisted ${refused}`)
  return problemResponse({ status, detail, refused, requestId: c.get('requestId') })
}

/** The work runs on, told by its signal; only the client stops waiting. */
async function withinTime<Answer>(work: Promise<Answer>, timeUp: AbortSignal): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>()
  const onTimeUp = () => reject(new HttpFault(503, 'This took too long. Try again; what was done stays done once.'))
  timeUp.addEventListener('abort', onTimeUp, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    timeUp.removeEventListener('abort', onTimeUp)
  }
}

/** Last of all: every address that asks for a document gets the application, which knows its own addresses. */
function mountScreens(app: Hono<Env>, screens: Screens): void {
  app.get('*', async (c, next) => {
    const file = await screens.file(c.req.path, c.req.header('accept-encoding') ?? '')
    if (file) return c.body(file.body, 200, file.headers)
    if (c.req.path.startsWith('/api/') || !c.req.header('accept')?.includes('text/html')) return next()
    const nonce = randomBytes(16).toString('base64')
    const document = await screens.document(nonce)
    if (document === undefined)
      throw new HttpFault(503, 'The screens are not built. Start with npm start, which builds them.')
    return c.html(document, 200, { 'cache-control': 'no-store', 'content-security-policy': documentPolicy(nonce) })
  })
}

function documentPolicy(nonce: string): string {
  const own = `'self'`
  return (
    `default-src 'none'; script-src ${own} 'nonce-${nonce}'; style-src ${own} 'nonce-${nonce}'; font-src ${own}; ` +
    `connect-src ${own}; img-src ${own} data:; manifest-src ${own}; base-uri 'none'; form-action ${own}; frame-ancestors 'none'`
  )
}

/** After every route, so that a path that exists answers a method it lacks with 405 and the ones it has. */
function refuseOtherMethods(app: Hono<Env>): void {
  const allowed = Map.groupBy(
    app.routes.filter(({ method, path }) => method !== 'ALL' && path !== '/*'),
    ({ path }) => path,
  )
  for (const [path, routes] of allowed) {
    const methods = [...new Set(routes.map(({ method }) => method))].toSorted().join(', ')
    app.all(path, (c) => {
      throw new HttpFault(405, `${c.req.method} is not for ${c.req.path}.`, { headers: { allow: methods } })
    })
  }
}

/** The one place where what is thrown becomes an answer. What our own faults say stays in the log. */
function answerFault(c: Context<Env>, fault: unknown, log: Log): Response {
  const requestId = c.get('requestId')
  if (fault instanceof HttpFault) {
    const { status, message: detail, issues, headers } = fault
    if (status >= 500) log.warn({ requestId, path: c.req.path, detail }, 'request not served')
    return problemResponse({ status, detail, requestId, ...(issues ? { issues } : {}) }, headers)
  }
  log.error({ requestId, method: c.req.method, path: c.req.path, err: fault }, 'request failed')
  return problemResponse({ status: 500, detail: 'It is logged under the request id.', requestId })
}
