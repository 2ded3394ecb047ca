import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BackendEvent, ModelRequest } from '#models'
import { sandboxBackend } from './model.ts'

const backend = sandboxBackend()

async function answer(model: string, prompt: string, more: Partial<ModelRequest> = {}) {
  const events: BackendEvent[] = []
  const signal = new AbortController().signal
  const messages = [{ role: 'user', content: prompt }] as const
  const request = { model, messages, maxOutputTokens: 4000, signal, ...more }
  for await (const event of backend.stream({ baseUrl: 'sandbox:' }, request)) events.push(event)
  const text = events.map((event) => (event.type === 'text' ? event.text : '')).join('')
  return { text, events, last: events.at(-1) }
}

test('the same prompt gets the same answer, which says what it is', async () => {
  const [one, two] = [await answer('instant', 'What is a ledger?'), await answer('instant', 'What is a ledger?')]
  assert.deepEqual(one.events, two.events)
  assert.match(one.text, /What is a ledger\?/)
  assert.match(one.text, /Sandbox model/)
  assert.deepEqual(one.last, { type: 'end', reason: 'stop' })
  const usage = one.events.at(-2)
  assert.ok(usage?.type === 'usage' && usage.outputTokens === Math.ceil(one.text.length / 4))
})

test('a command steers any model, and is no part of the question', async () => {
  const { text, last } = await answer('instant', '/code how to split')
  assert.match(text, /```ts/)
  assert.doesNotMatch(text, /\/code/)
  assert.deepEqual(last, { type: 'end', reason: 'stop' })
  assert.match((await answer('instant', '/nothing of that name')).text, /\/nothing/)
})

test('a question that got no answer steers no later one', async () => {
  const { text, last } = await answer('instant', '/fails at first\n\n/breaks then\n\nWhat is a ledger?')
  assert.deepEqual(last, { type: 'end', reason: 'stop' })
  assert.match(text, /You wrote “What is a ledger\?”/)
  assert.match((await answer('instant', 'What is a ledger?\n\n/code how to split\n')).text, /```ts/)
})

test('it refuses, breaks off and fails where that is asked for', async () => {
  assert.deepEqual((await answer('refuses', 'x')).last, { type: 'end', reason: 'refused' })
  const broken = await answer('breaks', 'x')
  assert.ok(broken.text.length > 50 && broken.last?.type === 'failed')
  const failed = await answer('fails', 'x')
  assert.ok(failed.text === '' && failed.last?.type === 'failed')
})

test('it says no more than it may, and nothing after the caller left', async () => {
  const short = await answer('instant', 'x', { maxOutputTokens: 10 })
  assert.ok(short.text.length <= 40)
  assert.deepEqual(short.last, { type: 'end', reason: 'length' })
  const gone = await answer('slow', 'x', { signal: AbortSignal.abort() })
  assert.deepEqual(gone.events, [])
})

test('it speaks in the role that the bot gave it', async () => {
  const messages = [
    { role: 'system', content: 'You are a patient tutor. Be kind.' },
    { role: 'user', content: 'Hello' },
  ] as const
  assert.match((await answer('instant', '', { messages })).text, /Speaking as a patient tutor/)
})
