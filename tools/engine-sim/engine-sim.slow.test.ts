import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { answerHeader, promptHeader } from './chat.ts'
import { startEngine, type EngineWish, type RunningEngine } from './start.ts'

type Ask = { readonly prompt?: number; readonly answer?: number; readonly body?: object; readonly signal?: AbortSignal }

function ask({ url }: RunningEngine, { prompt = 10, answer, body, signal }: Ask = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': 'ours',
      [promptHeader]: String(prompt),
      ...(answer === undefined ? {} : { [answerHeader]: String(answer) }),
    },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }], stream: true, ...body }),
    ...(signal ? { signal } : {}),
  })
}

const quick = (wish: EngineWish = {}) => startEngine({ stepMs: 1, ...wish })

async function until(engine: RunningEngine, holds: (view: Awaited<ReturnType<RunningEngine['view']>>) => boolean) {
  for (let tries = 0; tries < 500; tries++) {
    const view = await engine.view()
    if (holds(view)) return view
    await wait(10)
  }
  throw new Error('The engine never came to this.')
}

const eventsIn = (text: string): unknown[] =>
  text
    .split('\n\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as unknown)

test('a stream is a role, a chunk for each token, an ending, the usage if asked, and DONE', async () => {
  await using engine = await quick({ settings: { answer: 'one two three' } })
  const response = await ask(engine, { prompt: 7, body: { stream_options: { include_usage: true } } })
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
  const text = await response.text()
  const deltas = eventsIn(text).map((event) => {
    const { choices } = event as { choices: { delta: { content?: string }; finish_reason: string | null }[] }
    return choices[0] ? (choices[0].delta.content ?? choices[0].finish_reason) : 'usage'
  })
  assert.deepEqual(deltas, ['', 'one', ' two', ' three', 'stop', 'usage'])
  assert.match(text, /"usage":\{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10\}/)
  assert.ok(text.endsWith('data: [DONE]\n\n'))
})

test('the same answer comes whole, and is cut where the caller asked for fewer tokens', async () => {
  await using engine = await quick({ settings: { answer: 'one two three' } })
  const whole = await (await ask(engine, { body: { stream: false } })).json()
  assert.deepEqual((whole as { choices: unknown[] }).choices, [
    { index: 0, message: { role: 'assistant', content: 'one two three' }, finish_reason: 'stop' },
  ])
  const cut = JSON.stringify(await (await ask(engine, { body: { stream: false, max_tokens: 2 } })).json())
  assert.match(cut, /"content":"one two".*"finish_reason":"length"/)
})

test('what is no request is refused in the words of the wire', async () => {
  await using engine = await quick({ settings: { kvTokens: 100 } })
  const malformed = await ask(engine, { body: { messages: 'hello' } })
  assert.equal(malformed.status, 400)
  const tooLong = await ask(engine, { prompt: 101 })
  assert.equal(tooLong.status, 400)
  assert.match(await tooLong.text(), /"code":"context_length_exceeded"/)
  assert.equal((await fetch(`${engine.url}/nothing`)).status, 404)
})

test('each dialect tells what its engine would, and nothing else', async () => {
  const texts = async (dialect: 'vllm' | 'llama' | 'none') => {
    await using engine = await quick({ dialect, model: 'small', settings: { slots: 4, kvTokens: 400 } })
    const [metrics, props, models] = await Promise.all(
      ['/metrics', '/props', '/v1/models'].map(async (path) => (await fetch(engine.url + path)).text()),
    )
    return { metrics, props, models }
  }
  const [vllm, llama, none] = await Promise.all([texts('vllm'), texts('llama'), texts('none')])
  assert.match(vllm.metrics ?? '', /^vllm:num_requests_waiting\{model_name="small"\} 0$/m)
  assert.match(vllm.props ?? '', /nothing at this address/)
  assert.match(llama.metrics ?? '', /^llamacpp:requests_deferred 0$/m)
  assert.match(llama.props ?? '', /"total_slots":4.*"n_ctx":100/)
  assert.match(none.metrics ?? '', /nothing at this address/)
  assert.match(none.models ?? '', /"id":"small"/)
})

test('more than the slots wait inside, and a full queue or a limit of requests turns away', async () => {
  await using engine = await quick({ settings: { slots: 1, queueMax: 1, answer: null } })
  const leaving = new AbortController()
  const long = { answer: 100_000, signal: leaving.signal }
  await ask(engine, long)
  await ask(engine, long)
  await until(engine, ({ running, waiting }) => running === 1 && waiting === 1)
  assert.equal((await ask(engine)).status, 503)
  await engine.change({ rejectAbove: 2, retryAfter: 7 })
  const refused = await ask(engine)
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('retry-after'), '7')
  leaving.abort()
  const { left } = await until(engine, ({ running, waiting }) => running + waiting === 0)
  assert.deepEqual(
    left.map(({ request }) => request),
    ['ours', 'ours'],
  )
})

test('a queue has its limit too where all come at once, and where the cache is what is short', async () => {
  for (const settings of [{ slots: 2 }, { kvTokens: 100 }]) {
    // Stalled, so that all of them come before its first step.
    await using engine = await quick({ settings: { ...settings, queueMax: 1, stalled: true } })
    const statuses: number[] = []
    for (let asked = 0; asked < 5; asked++) statuses.push((await ask(engine, { prompt: 40, answer: 50 })).status)
    assert.deepEqual(statuses, [200, 200, 200, 503, 503])
  }
})

test('a stalled engine says nothing until it is told to go on', async () => {
  await using engine = await quick({ settings: { stalled: true } })
  const response = await ask(engine, { answer: 3 })
  assert.equal((await fetch(`${engine.url}/health`)).status, 503)
  await engine.change({ stalled: false })
  assert.match(await response.text(), /\[DONE\]/)
})

test('a stream that hangs keeps its slot until its client goes', async () => {
  await using engine = await quick({ settings: { slots: 1, hangAfter: 2 } })
  const leaving = new AbortController()
  const reader = (await ask(engine, { answer: 9, signal: leaving.signal })).body?.getReader()
  let text = ''
  while (text.split('"content":"').length < 4)
    text += new TextDecoder().decode((await reader?.read())?.value as Uint8Array)
  await engine.change({ hangAfter: null })
  const next = await ask(engine, { answer: 1 })
  await until(engine, ({ running, waiting }) => running === 1 && waiting === 1)
  leaving.abort()
  assert.match(await next.text(), /\[DONE\]/)
})

test('a reset breaks the connection before the answer is whole', async () => {
  await using engine = await quick({ settings: { resetShare: 1 } })
  await assert.rejects(async () => (await ask(engine, { answer: 50 })).text())
  await engine.change({ resetShare: 0 })
  assert.match(await (await ask(engine)).text(), /\[DONE\]/)
})

test('a change that no engine could follow is refused, and the old settings stand', async () => {
  await using engine = await quick()
  await assert.rejects(engine.change({ slots: 0 }), /refused the change/)
  await assert.rejects(engine.change({ slotz: 3 } as object), /refused the change/)
  assert.equal((await engine.view()).settings.slots, 64)
})

test('killed through its own wire it is gone without a word', async () => {
  await using engine = await quick()
  await assert.rejects(fetch(`${engine.url}/control/kill`, { method: 'POST' }))
  await assert.rejects(fetch(`${engine.url}/health`))
})

test('it ends when the process that started it is killed', async () => {
  const start = join(import.meta.dirname, 'start.ts')
  const script = `import { startEngine } from ${JSON.stringify(start)}
    console.log((await startEngine()).url)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [url] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string]
  assert.equal((await fetch(`${url}/health`)).status, 200)
  parent.kill('SIGKILL')
  for (let tries = 0; ; tries++) {
    if (!(await fetch(`${url}/health`).catch(() => undefined))) break
    assert.ok(tries < 500, 'the engine outlives its parent')
    await wait(20)
  }
})
