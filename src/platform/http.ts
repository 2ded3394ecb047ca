import { randomBytes } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { uuidv7 } from '#kernel'
import { isRefusal, type AnswerOf, type Endpoint, type InputOf } from '#kernel/contract'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { HttpFault, problemResponse } from './problem.ts'

/** What a handler may know of the request beside its input. `signal` fires when the client leaves or time is up. */
export type RequestContext = {
  readonly requestId: string
  readonly signal: AbortSignal
  readonly headers: Headers
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

/** A document rather than an operation: the browser's entry. It sets its own content security policy. */
type Page = { readonly path: string; readonly render: (context: { nonce: string }) => string | Promise<string> }

export type HttpOptions = {
  readonly log: Log
  readonly metrics: Metrics
  readonly operations: readonly Operation[]
  readonly pages?: readonly Page[]
  readonly bodyBytesMax?: number
  readonly requestMsMax?: number
}

type Env = { Variables: { requestId: string } }

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
  for (const operation of options.operations) mountOperation(app, operation, options)
  for (const page of options.pages ?? []) mountPage(app, page)
  app.get('/metrics', async (c) =>
    c.text(await options.metrics.text(), 200, { 'content-type': options.metrics.contentType }),
  )
  refuseOtherMethods(app)
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
    const requestId = c.get('requestId')
    const input = await readInput(c, endpoint, options.bodyBytesMax ?? 1_048_576)
    const timeUp = AbortSignal.timeout(msMax)
    const signal = AbortSignal.any([c.req.raw.signal, timeUp])
    const context = { requestId, signal, headers: c.req.raw.headers, log: options.log.child({ requestId }) }
    const answer = await withinTime(Promise.resolve(run(input as never, context)), timeUp)
    if (isRefusal(answer)) {
      const { refused, detail } = answer as { refused: string; detail: string }
      const status = Object.hasOwn(endpoint.refusals, refused) ? endpoint.refusals[refused] : undefined
      if (status === undefined)
        throw new Error(`${endpoint.method} ${endpoint.path} refused with the unlisted ${refused}`)
      return problemResponse({ status, detail, refused, requestId })
    }
    return c.json(z.encode(endpoint.output, answer) as object, endpoint.status?.(answer) ?? 200, {
      'cache-control': 'no-store',
    })
  })
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

async function readInput(c: Context<Env>, { input }: Endpoint, bytesMax: number): Promise<Record<string, unknown>> {
  const read: Record<string, unknown> = {}
  const issues: { path: string; message: string }[] = []
  for (const [part, schema] of Object.entries(input)) {
    if (schema === undefined) continue
    const raw =
      part === 'params' ? c.req.param() : part === 'query' ? c.req.query() : await readJson(c.req.raw, bytesMax)
    const parsed = await z.safeDecodeAsync(schema as z.ZodType, raw as never)
    if (parsed.success) read[part] = parsed.data
    else issues.push(...parsed.error.issues.map(({ path, message }) => ({ path: [part, ...path].join('.'), message })))
  }
  if (issues.length > 0)
    throw new HttpFault(400, 'The request does not have the shape this operation takes.', { issues })
  return read
}

/** Only application/json: what a form on another site can send without asking is thereby refused. */
async function readJson(request: Request, bytesMax: number): Promise<unknown> {
  const kind = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (kind !== 'application/json') throw new HttpFault(415, 'Send the body as application/json.')
  const text = await readText(request, bytesMax)
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpFault(400, 'The body is not JSON.')
  }
}

/** Counts what arrives, since a length that is announced need not be true, or there at all. */
async function readText(request: Request, bytesMax: number): Promise<string> {
  const tooLarge = () => new HttpFault(413, `The body is larger than ${bytesMax} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge()
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of request.body ?? []) {
    bytes += piece.length
    if (bytes > bytesMax) throw tooLarge()
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function mountPage(app: Hono<Env>, page: Page): void {
  app.get(page.path, async (c) => {
    const nonce = randomBytes(16).toString('base64')
    const own = `'self'`
    return c.html(await page.render({ nonce }), 200, {
      'cache-control': 'no-store',
      'content-security-policy':
        `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src ${own}; img-src ${own} data:; ` +
        `base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    })
  })
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
