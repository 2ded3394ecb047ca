import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { bigintText, eventStream, isRefusal, refuse, subscribe, type Streamed } from '#kernel/contract'
import { createHttp } from './http.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { listen } from './server.ts'
import { stream, type StreamContext } from './sse.ts'

const counting = eventStream({
  path: '/api/count/:to/events',
  input: { params: z.object({ to: z.codec(z.string(), z.int(), { decode: Number, encode: String }) }) },
  event: z.object({ n: bigintText }),
  refusals: { too_far: 422 },
})

type Counted = Streamed<{ n: bigint }>
type Count = (to: number, context: StreamContext) => AsyncIterable<Counted>

/** One to `to`, after the reader's last; "100" is where it hangs until the reader leaves. */
async function* count(to: number, { lastEventId, signal }: StreamContext): AsyncGenerator<Counted> {
  for (let n = Number(lastEventId ?? 0) + 1; n <= to; n++) yield { id: String(n), event: { n: BigInt(n) } }
  if (to === 100 && !signal.aborted) await once(signal, 'abort')
}

async function serve(run: Count = count) {
  const closing = new AbortController()
  const operations = [
    stream(counting, ({ params }, context) =>
      params.to > 1000 ? refuse('too_far', 'Count less far.') : run(params.to, context),
    ),
  ]
  const app = createHttp({
    log: createLog({ level: 'silent' }),
    metrics: createMetrics(),
    operations,
    closing: closing.signal,
  })
  const server = await listen({ fetch: app.fetch, host: '127.0.0.1', port: 0 })
  const read = subscribe({ baseUrl: server.url })
  return { ...server, closing, read, [Symbol.asyncDispose]: async () => void (await server.stop(0)) }
}

/** A stop that waits for its deadline does not end within its test. */
const longerThanTests = 120_000
const patience = { timeout: 60_000 }

const forever = () => new AbortController().signal

test('a reader gets every event once, in order, and then the end', async () => {
  await using server = await serve()
  const seen = []
  for await (const { id, event } of server.read(counting, { params: { to: 50 } }, { signal: forever() }))
    seen.push([id, event.n])
  assert.deepEqual(
    seen,
    Array.from({ length: 50 }, (_, at) => [String(at + 1), BigInt(at + 1)]),
  )
})

test('a reader goes on after the last event it has', async () => {
  await using server = await serve()
  const read = server.read(counting, { params: { to: 50 } }, { signal: forever(), lastEventId: '48' })
  assert.deepEqual(
    (await Array.fromAsync(read)).map(({ id }) => id),
    ['49', '50'],
  )
})

test('a connection that is lost is taken up again without a gap or a repeat', async () => {
  let connections = 0
  await using server = await serve(async function* (to, context) {
    connections++
    for await (const event of count(to, context)) {
      if (Number(event.id) % 7 === 0 && Number(context.lastEventId ?? 0) < Number(event.id) - 1)
        throw new Error('this connection breaks')
      yield event
    }
  })
  const states: string[] = []
  const read = server.read(
    counting,
    { params: { to: 20 } },
    { signal: forever(), onConnection: (state) => states.push(state) },
  )
  const ids = (await Array.fromAsync(read)).map(({ id }) => Number(id))
  assert.deepEqual(
    ids,
    Array.from({ length: 20 }, (_, at) => at + 1),
  )
  assert.equal(connections, 3)
  assert.deepEqual(states, ['open', 'lost', 'open', 'lost', 'open'])
})

test('a refusal comes before the first event and is the reader’s return', async () => {
  await using server = await serve()
  const read = server.read(counting, { params: { to: 2000 } }, { signal: forever() })
  const { value, done } = await read.next()
  assert.ok(done && isRefusal(value))
  assert.equal(value.refused, 'too_far')
})

test('the source is told when its reader leaves, however it leaves', patience, async () => {
  const left: string[] = []
  await using server = await serve(async function* (to, context) {
    try {
      yield* count(to, context)
    } finally {
      left.push('left')
    }
  })
  const leaving = new AbortController()
  const read = server.read(counting, { params: { to: 100 } }, { signal: leaving.signal })
  await read.next()
  leaving.abort()
  assert.equal((await read.next()).done, true)
  const socket = connect(server.port, '127.0.0.1')
  socket.write('GET /api/count/100/events HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(socket, 'data')
  socket.destroy()
  while (left.length < 2) await sleep(10)
  assert.deepEqual(left, ['left', 'left'])
})

/** What a reader gets that has the process closed once it has seen `seen`. */
async function readUntilClosed(server: Awaited<ReturnType<typeof serve>>, seen: string): Promise<string> {
  const response = await fetch(`${server.url}/api/count/100/events`)
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true })
    if (text.includes(seen)) server.closing.abort()
  }
  return text
}

test('a process that closes sends its readers away without saying that this was the end', patience, async () => {
  await using server = await serve()
  assert.doesNotMatch(await readUntilClosed(server, 'id: 100\n'), /event: end/)
  assert.equal(await server.stop(longerThanTests), 0)
})

test('a source that goes on when its process closes is ended by its return', patience, async () => {
  const left = Promise.withResolvers<void>()
  await using server = await serve(async function* () {
    try {
      for (let n = 1n; ; n++, await sleep(1)) yield { id: String(n), event: { n } }
    } finally {
      left.resolve()
    }
  })
  assert.doesNotMatch(await readUntilClosed(server, 'id: 3\n'), /event: end/)
  await left.promise
})

test('HEAD is answered by the headers alone, and no source is asked', async () => {
  let asked = 0
  await using server = await serve((to, context) => {
    asked++
    return count(to, context)
  })
  const head = await fetch(`${server.url}/api/count/100/events`, { method: 'HEAD' })
  assert.deepEqual([head.status, head.headers.get('content-type')], [200, 'text/event-stream; charset=utf-8'])
  assert.equal(asked, 0)
})
