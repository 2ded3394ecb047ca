import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { openaiBackend } from '#adapters/openai'
import type { BackendEvent, ModelRequest } from '#models'
import { scripts, startWire, type Script, type Step } from '../../../test/wire/openai.ts'

const said = ['The ', 'answer ', 'comes ', 'in ', 'seven ', 'small ', 'pieces.'].map((say) => ({ say }))
const sentence = 'The answer comes in seven small pieces.'
const usage = { type: 'usage', inputTokens: 12, outputTokens: 7 } as const
const backend = openaiBackend({ lineBytesMax: 100_000 })
const impatient = openaiBackend({ firstByteMs: 300, idleMs: 300 })

const finishedPiece = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: 'stop' }] })}\n\n`

function requestOf(more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'wire',
    messages: [{ role: 'user', content: 'Hello' }],
    maxOutputTokens: 100,
    signal: new AbortController().signal,
    ...more,
  }
}

async function collect(events: AsyncIterable<BackendEvent>): Promise<BackendEvent[]> {
  const all: BackendEvent[] = []
  for await (const event of events) {
    const last = all.at(-1)
    if (event.type === 'text' && last?.type === 'text')
      all.splice(-1, 1, { type: 'text', text: last.text + event.text })
    else all.push(event)
  }
  return all
}

async function answerTo(script: Script, by = backend): Promise<BackendEvent[]> {
  await using wire = await startWire()
  wire.playNext(script)
  return await collect(by.stream({ baseUrl: wire.baseUrl, key: 'sk-test' }, requestOf()))
}

test('a whole answer is text, usage and an end, and the connection stays for the next', async () => {
  await using wire = await startWire({ key: 'sk-test' })
  const address = { baseUrl: wire.baseUrl, key: 'sk-test' }
  for (const at of [1, 2]) {
    const answer = await collect(backend.stream(address, requestOf({ temperature: 0.5, user: 'u1' })))
    assert.deepEqual(answer, [{ type: 'text', text: sentence }, usage, { type: 'end', reason: 'stop' }])
    assert.equal(wire.requests.length, at)
  }
  const { body } = wire.requests[0] ?? {}
  assert.deepEqual(body, {
    model: 'wire',
    messages: [{ role: 'user', content: 'Hello' }],
    stream: true,
    max_tokens: 100,
    stream_options: { include_usage: true },
    temperature: 0.5,
    user: 'u1',
  })
  assert.deepEqual([wire.open(), wire.left()], [0, 0])
})

/** Counts what a channel of Node's or undici's tells while this lives. */
function counting(...channels: readonly string[]) {
  let seen = 0
  const see = () => void seen++
  for (const channel of channels) subscribe(channel, see)
  return {
    seen: () => seen,
    [Symbol.dispose]: () => {
      for (const channel of channels) unsubscribe(channel, see)
    },
  }
}

test('one connection serves long answers, one after the other, though the end comes after the last line', async () => {
  await using wire = await startWire()
  using connections = counting('net.server.socket')
  using over = counting('undici:request:trailers', 'undici:request:error')
  const pieces = ['x', 'y'].map((sign) => ({ say: sign.repeat(6_000) }))
  for (const at of [1, 2, 3]) {
    wire.playNext({ steps: [...pieces, { finish: 'stop' }, { done: true }, { hold: true }] })
    const answer = await collect(backend.stream({ baseUrl: wire.baseUrl }, requestOf({ maxOutputTokens: 1000 })))
    assert.deepEqual(answer.slice(1), [{ type: 'end', reason: 'stop' }])
    while (over.seen() < at) {
      wire.release()
      await new Promise(setImmediate)
    }
    // A connection is free for the next request one turn of the loop after its answer is over.
    await new Promise(setImmediate)
  }
  assert.equal(connections.seen(), 1)
})

const endings: Record<string, [Script, BackendEvent[]]> = {
  length: [scripts.cutByLength(), [usage, { type: 'end', reason: 'length' }]],
  'a filter': [scripts.contentFilter(), [usage, { type: 'end', reason: 'refused' }]],
  'no usage': [scripts.noUsage(), [{ type: 'end', reason: 'stop' }]],
  'negative usage': [scripts.usage({ prompt_tokens: -5, completion_tokens: 7 }), [{ type: 'end', reason: 'stop' }]],
  'usage that is no number': [scripts.usage({ prompt_tokens: '12' }), [{ type: 'end', reason: 'stop' }]],
  'usage beyond all sense': [
    scripts.usage({ prompt_tokens: 1e300, completion_tokens: 1e300 }),
    [{ type: 'end', reason: 'stop' }],
  ],
  'a finish and a reset': [{ steps: [...said, { finish: 'stop' }, { cut: true }] }, [{ type: 'end', reason: 'stop' }]],
  'a finish, usage and a reset': [
    { steps: [...said, { finish: 'length' }, { usage: { prompt_tokens: 12, completion_tokens: 7 } }, { cut: true }] },
    [usage, { type: 'end', reason: 'length' }],
  ],
  'a finish and half a line': [
    { steps: [...said, { finish: 'stop' }, { raw: 'data: {"choices":[],"usa' }] },
    [{ type: 'end', reason: 'stop' }],
  ],
  'a finish on every piece': [
    { steps: [...said.map(({ say }) => ({ raw: finishedPiece(say) })), { done: true }] },
    [{ type: 'end', reason: 'stop' }],
  ],
}
for (const [name, [script, expected]] of Object.entries(endings)) {
  test(`an answer that ends with ${name}`, async () => {
    assert.deepEqual(await answerTo(script), [{ type: 'text', text: sentence }, ...expected])
  })
}

test('after a finish, usage and the end are waited for only a while', async () => {
  const script: Script = { steps: [...said, { finish: 'stop' }, { hang: true }] }
  const answer = await answerTo(script, openaiBackend({ tailMs: 300 }))
  assert.deepEqual(answer, [
    { type: 'text', text: sentence },
    { type: 'end', reason: 'stop' },
  ])
})

const failures: Record<string, [Script, string, RegExp?]> = {
  'a wrong key': [scripts.unauthorized(), 'key', /Incorrect API key/],
  'no quota': [scripts.noQuota(), 'quota'],
  'too many requests': [scripts.rateLimited(7), 'rate'],
  'an unknown model': [scripts.unknownModel(), 'unknown_model'],
  'too long a prompt': [scripts.tooLong(), 'too_long'],
  'a broken server': [scripts.broken(), 'unavailable'],
  garbage: [scripts.garbage(), 'garbage'],
  'half a line of JSON': [scripts.garbageAfter(), 'garbage'],
  'an error in mid-stream': [scripts.errorAfter(), 'unavailable', /in mid-stream/],
  'a close before the first byte': [scripts.closesBefore(), 'unavailable'],
  'a close in mid-line': [scripts.closesAtByte(300), 'unavailable'],
  'a close after some text': [scripts.closesAfter(), 'unavailable'],
  'an end without a finish': [scripts.endsEarly(), 'unavailable'],
  'a reset after a finish of nothing': [{ steps: [{ finish: 'stop' }, { cut: true }] }, 'unavailable'],
  'a reset amid pieces that all have a finish': [
    { steps: [{ raw: finishedPiece('one ') }, { raw: finishedPiece('two ') }, { cut: true }] },
    'unavailable',
  ],
  'a line without end': [scripts.endlessLine(), 'garbage'],
  'a redirect': [{ status: 307, headers: { location: 'http://127.0.0.1:1/v1' }, body: '' }, 'garbage', /redirect/],
  'a bare error of Ollama': [{ status: 404, body: { error: 'model "x" not found' } }, 'unknown_model', /not found/],
  'a bare error of FastAPI': [{ status: 422, body: { detail: [{ loc: ['body', 'messages'] }] } }, 'garbage'],
}
for (const [name, [script, kind, detail]] of Object.entries(failures)) {
  test(`${name} is ${kind}`, async () => {
    const last = (await answerTo(script)).at(-1)
    assert.ok(last?.type === 'failed')
    assert.equal(last.kind, kind, last.detail)
    if (detail) assert.match(last.detail, detail)
    if (kind === 'rate') assert.equal(last.retryAfterMs, 7000)
  })
}

const hangs = { 'before the first byte': scripts.hangsBefore(), 'in mid-answer': scripts.hangsAfter() }
for (const [where, script] of Object.entries(hangs)) {
  test(`a hang ${where} is timeout`, async () => {
    const last = (await answerTo(script, impatient)).at(-1)
    assert.ok(last?.type === 'failed' && last.kind === 'timeout')
  })
}

test('nobody there is unavailable', async () => {
  const wire = await startWire()
  await wire[Symbol.asyncDispose]()
  const [answer] = await collect(backend.stream({ baseUrl: wire.baseUrl }, requestOf()))
  assert.ok(answer?.type === 'failed' && answer.kind === 'unavailable')
})

test('a model that repeats itself without end is cut off by what was allowed', async () => {
  await using wire = await startWire()
  wire.playNext(scripts.repeats())
  const answer = await collect(backend.stream({ baseUrl: wire.baseUrl }, requestOf({ maxOutputTokens: 10 })))
  const [text, end, ...rest] = answer
  assert.ok(text?.type === 'text' && text.text.length < 10 * 32 + 4096 + 100)
  assert.deepEqual([end, rest], [{ type: 'end', reason: 'length' }, []])
  while (wire.open() > 0) await new Promise(setImmediate)
  assert.equal(wire.left(), 1)
})

test('whoever stops reading, or fires the signal, closes the connection and hears nothing more', async () => {
  await using wire = await startWire()
  const address = { baseUrl: wire.baseUrl }
  wire.playNext(scripts.held(['one ']), scripts.held(['one ']), scripts.hangsBefore())
  for await (const event of backend.stream(address, requestOf())) {
    assert.deepEqual(event, { type: 'text', text: 'one ' })
    break
  }
  const stop = new AbortController()
  const heard: BackendEvent[] = []
  for await (const event of backend.stream(address, requestOf({ signal: stop.signal }))) {
    heard.push(event)
    stop.abort()
  }
  assert.deepEqual(heard, [{ type: 'text', text: 'one ' }])
  const late = new AbortController()
  const silent = collect(backend.stream(address, requestOf({ signal: late.signal })))
  while (wire.requests.length < 3) await new Promise(setImmediate)
  late.abort()
  assert.deepEqual(await silent, [])
  while (wire.open() > 0) await new Promise(setImmediate)
  assert.equal(wire.left(), 3)
})

test('text is whole signs without NUL, however the provider cuts it', async () => {
  const raw = (text: string): Step => ({ raw: `data: {"choices":[{"delta":{"content":"${text}"}}]}\n\n` })
  const bytes = Buffer.from('data: {"choices":[{"delta":{"content":"日本"}}]}\r\n\r\n')
  const steps: Step[] = [
    raw('\\ud83d'),
    raw('\\ude00 and '),
    raw('\\ude00\\u0000 '),
    { raw: ': a comment\nevent: message\n' },
    ...[...bytes].map((byte) => ({ raw: new Uint8Array([byte]) })),
    { finish: 'stop' },
  ]
  assert.deepEqual(await answerTo({ steps }), [
    { type: 'text', text: '😀 and \uFFFD\uFFFD 日本' },
    { type: 'end', reason: 'stop' },
  ])
})

test('a server that does not stream is read whole', async () => {
  const body = {
    choices: [{ index: 0, message: { role: 'assistant', content: 'All at once.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 4 },
  }
  assert.deepEqual(await answerTo({ status: 200, body }), [
    { type: 'text', text: 'All at once.' },
    { type: 'usage', inputTokens: 3, outputTokens: 4 },
    { type: 'end', reason: 'stop' },
  ])
})

test('a field that an endpoint does not know is left out, then and afterwards', async () => {
  await using wire = await startWire()
  const address = { baseUrl: wire.baseUrl }
  const complain = (message: string): Script => ({ status: 400, body: { error: { message } } })
  wire.playNext(
    complain("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
    complain("Unsupported value: 'temperature' does not support 0.5 with this model."),
    complain('Extra inputs are not permitted: stream_options'),
  )
  const request = requestOf({ temperature: 0.5 })
  assert.equal((await collect(backend.stream(address, request))).at(-1)?.type, 'end')
  assert.equal((await collect(backend.stream(address, request))).at(-1)?.type, 'end')
  assert.equal(wire.requests.length, 5)
  for (const { body } of wire.requests.slice(3))
    assert.deepEqual(Object.keys(body).toSorted(), ['max_completion_tokens', 'messages', 'model', 'stream'])
})

test('models are listed, or it is said why not', async () => {
  await using wire = await startWire({ key: 'sk-test' })
  wire.play('other', scripts.normal())
  const { signal } = new AbortController()
  assert.deepEqual(await backend.list({ baseUrl: wire.baseUrl, key: 'sk-test' }, signal), ['normal', 'other'])
  const refused = await backend.list({ baseUrl: wire.baseUrl, key: 'sk-other' }, signal)
  assert.ok('kind' in refused && refused.kind === 'key')
  const lost = await backend.list({ baseUrl: `${wire.baseUrl}/nowhere`, key: 'sk-test' }, signal)
  assert.ok(!('kind' in lost) && lost.length === 2, 'any path that ends in /models lists')
})
