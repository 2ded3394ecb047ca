import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { bigintText, client, endpoint, refuse } from '#kernel/contract'
import { OperatorFault } from './fault.ts'
import { createHttp, handle, type Operation } from './http.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { listen } from './server.ts'

const spend = endpoint({
  method: 'POST',
  path: '/api/accounts/:account/spend',
  input: { params: z.object({ account: z.string() }), body: z.object({ amount: bigintText }) },
  output: z.object({ left: bigintText }),
  refusals: { insufficient_funds: 402 },
})
const slow = endpoint({
  method: 'GET',
  path: '/api/slow/:ms',
  input: { params: z.object({ ms: z.codec(z.string(), z.int(), { decode: Number, encode: String }) }) },
  output: z.object({ waited: z.boolean() }),
  refusals: {},
})
const held = endpoint({
  method: 'GET',
  path: '/api/held',
  input: {},
  output: z.object({ waited: z.boolean() }),
  refusals: {},
})
const broken = endpoint({ method: 'GET', path: '/api/broken', input: {}, output: z.object({}), refusals: {} })
const rogue = endpoint({ method: 'GET', path: '/api/rogue', input: {}, output: z.object({}), refusals: {} })

/** `held`: such a request has arrived, and is answered when what comes with it is called. */
const arrivals = new EventEmitter<{ held: [answer: () => void] }>()

const operations: readonly Operation[] = [
  handle(spend, ({ body }) =>
    body.amount > 10n ? refuse('insufficient_funds', 'You have 10.') : { left: 10n - body.amount, secret: 'inner' },
  ),
  handle(slow, async ({ params }) => {
    await sleep(params.ms)
    return { waited: true }
  }),
  handle(held, async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    arrivals.emit('held', resolve)
    await promise
    return { waited: true }
  }),
  handle(broken, () => {
    throw new Error('the password of the database is hunter2')
  }),
  handle(rogue, () => refuse('unlisted', 'not in the contract') as never),
]

async function serve(settings: { requestMsMax?: number } = {}) {
  const lines: string[] = []
  const log = createLog({ level: 'debug', destination: { write: (line) => lines.push(line) } })
  const app = createHttp({ log, metrics: createMetrics(), operations, bodyBytesMax: 2000, ...settings })
  const server = await listen({ fetch: app.fetch, host: '127.0.0.1', port: 0 })
  const post = (body: string | ReadableStream, kind = 'application/json') =>
    fetch(`${server.url}/api/accounts/a/spend`, {
      method: 'POST',
      body,
      headers: { 'content-type': kind, connection: 'close' },
      duplex: 'half',
    })
  return { ...server, lines, post, [Symbol.asyncDispose]: async () => void (await server.stop(0)) }
}

const problemOf = async (response: Response) => {
  assert.equal(response.headers.get('content-type'), 'application/problem+json')
  const body: unknown = await response.json()
  return body
}

test('outputs and refusals arrive as the contract says, and nothing beside them', async () => {
  await using server = await serve()
  const call = client({ baseUrl: server.url })
  assert.deepEqual(await call(spend, { params: { account: 'a' }, body: { amount: 4n } }), { left: 6n })
  const refused = await call(spend, { params: { account: 'a' }, body: { amount: 11n } })
  assert.deepEqual(refused, { refused: 'insufficient_funds', detail: 'You have 10.' })
  const raw = await server.post('{"amount":"11"}')
  assert.equal(raw.status, 402)
  assert.partialDeepStrictEqual(await problemOf(raw), { type: 'urn:bottega:refusal:insufficient_funds', status: 402 })
})

test('every request has an id: its own if sane, echoed, logged, told in the problem', async () => {
  await using server = await serve()
  const given = await fetch(`${server.url}/api/broken`, { headers: { 'x-request-id': 'my-request-1' } })
  assert.equal(given.headers.get('x-request-id'), 'my-request-1')
  assert.partialDeepStrictEqual(await problemOf(given), { requestId: 'my-request-1' })
  for (const bad of ['short', 'with space in it', 'a'.repeat(129)]) {
    const response = await fetch(`${server.url}/api/broken`, { headers: { 'x-request-id': bad } })
    assert.match(response.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
    await response.body?.cancel()
  }
})

test('a fault is logged under its request id and keeps its inside to itself', async () => {
  await using server = await serve()
  const response = await fetch(`${server.url}/api/broken`, { headers: { 'x-request-id': 'find-me-1' } })
  assert.equal(response.status, 500)
  const body = JSON.stringify(await problemOf(response))
  assert.ok(!body.includes('hunter2') && !body.includes('Error'), body)
  const logged = server.lines.filter((line) => line.includes('find-me-1') && line.includes('"level":"error"'))
  assert.equal(logged.length, 1)
  assert.match(logged[0] ?? '', /hunter2.*http\.test\.ts/)
  const unlisted = await fetch(`${server.url}/api/rogue`)
  assert.equal(unlisted.status, 500)
})

test('what does not fit is refused by name: shape, JSON, content type, size, path, method', async () => {
  await using server = await serve()
  const shape = await server.post('{"amount":4}')
  assert.equal(shape.status, 400)
  assert.partialDeepStrictEqual(await problemOf(shape), { issues: [{ path: 'body.amount' }] })
  assert.equal((await server.post('{"amount"')).status, 400)
  assert.equal((await server.post('amount=4', 'application/x-www-form-urlencoded')).status, 415)
  assert.equal((await server.post(`{"amount":"4","x":"${'y'.repeat(2000)}"}`)).status, 413)
  const chunked = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(600)),
  })
  assert.equal((await server.post(chunked)).status, 413)
  const small = new Blob(['{"amount":"4"}']).stream()
  assert.equal((await server.post(small)).status, 200)
  const missing = await fetch(`${server.url}/api/nowhere`)
  assert.equal(missing.status, 404)
  assert.partialDeepStrictEqual(await problemOf(missing), { detail: 'Nothing is at /api/nowhere.' })
  const method = await fetch(`${server.url}/api/broken`, { method: 'DELETE' })
  assert.equal(method.status, 405)
  assert.equal(method.headers.get('allow'), 'GET')
  assert.equal((await problemOf(method)) !== null, true)
})

test('every answer carries the security headers', async () => {
  await using server = await serve()
  for (const path of ['/api/broken', '/nowhere', '/metrics']) {
    const { headers } = await fetch(server.url + path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
  }
})

test('the metrics count requests by route, never by path', async () => {
  await using server = await serve()
  await (await fetch(`${server.url}/api/slow/1`)).text()
  await (await fetch(`${server.url}/made/up/path`)).text()
  const text = await (await fetch(`${server.url}/metrics`)).text()
  assert.match(text, /http_request_duration_seconds_count\{method="GET",route="\/api\/slow\/:ms",status="200"\} 1/)
  assert.match(text, /route="none",status="404"/)
  assert.match(text, /process_resident_memory_bytes/)
})

test('a handler that takes too long is answered for', async () => {
  await using server = await serve({ requestMsMax: 50 })
  const response = await fetch(`${server.url}/api/slow/400`)
  assert.equal(response.status, 503)
  assert.match(JSON.stringify(await problemOf(response)), /too long/)
})

/** A stop that waits for its deadline does not end within its test. */
const longerThanTests = 120_000
const patience = { timeout: 60_000 }

test('stop finishes what runs, closes what waits at once, and refuses what comes', patience, async () => {
  await using server = await serve()
  const agent = new Agent({ keepAlive: true })
  const idle = get(`${server.url}/api/slow/1`, { agent })
  const [answered] = await once(idle, 'response')
  answered.resume()
  await once(answered, 'end')
  const silent = connect(server.port, '127.0.0.1')
  await once(silent, 'connect')
  const order: string[] = []
  const running = fetch(`${server.url}/api/held`).finally(() => order.push('answered'))
  const [answer] = await once(arrivals, 'held')
  const stopped = server.stop(longerThanTests)
  await once(silent, 'close')
  order.push('silent one closed')
  await assert.rejects(fetch(`${server.url}/api/slow/1`))
  answer()
  const response = await running
  assert.deepEqual(order, ['silent one closed', 'answered'])
  assert.equal(response.headers.get('connection'), 'close')
  assert.deepEqual(await response.json(), { waited: true })
  assert.equal(await stopped, 0)
  agent.destroy()
})

test('stop lets an answer under way end, then closes its connection', patience, async () => {
  const { readable, writable } = new TransformStream<Uint8Array>()
  const server = await listen({ fetch: () => new Response(readable), host: '127.0.0.1', port: 0 })
  const writer = writable.getWriter()
  const agent = new Agent({ keepAlive: true })
  const asked = get(server.url, { agent })
  await writer.write(Buffer.from('one'))
  const [answer] = await once(asked, 'response')
  const stopped = server.stop(longerThanTests)
  await writer.write(Buffer.from('two'))
  await writer.close()
  assert.equal(Buffer.concat(await Array.fromAsync(answer)).toString(), 'onetwo')
  assert.equal(await stopped, 0)
  agent.destroy()
})

test('stop cuts what is still running at the deadline', async () => {
  await using server = await serve()
  const failed = assert.rejects(fetch(`${server.url}/api/held`))
  await once(arrivals, 'held')
  assert.equal(await server.stop(100), 1)
  await failed
})

test('a port in use is named with what to do', async () => {
  await using server = await serve()
  const fault = await listen({ fetch: () => new Response(), host: '127.0.0.1', port: server.port }).catch(
    (e: unknown) => e,
  )
  assert.ok(fault instanceof OperatorFault)
  assert.match(fault.message, /in use/)
  assert.match(fault.remedy, /PORT=/)
})
