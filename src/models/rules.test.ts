import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextTokensOf, costNames, shippedCosts } from './costs.ts'
import { checkAddress, deskWords, offeredAtFirst, splitModel, trialCandidates, wordsFor } from './rules.ts'

test('a model’s provider ends at the first slash', () => {
  assert.deepEqual(splitModel('openrouter/deepseek/deepseek-chat'), {
    provider: 'openrouter',
    name: 'deepseek/deepseek-chat',
  })
  for (const bare of ['gpt-5', '/gpt-5', '']) assert.equal(splitModel(bare).name, '')
})

test('http stays near, and an address loses what does not belong to it', () => {
  for (const [text, kept] of [
    ['https://api.example.com/v1/', 'https://api.example.com/v1'],
    [' http://127.0.0.1:11434/v1 ', 'http://127.0.0.1:11434/v1'],
    ['http://[::1]:8000/v1', 'http://[::1]:8000/v1'],
    ['http://192.168.1.5:8000', 'http://192.168.1.5:8000'],
    ['http://172.31.0.1/v1', 'http://172.31.0.1/v1'],
    ['http://ollama:11434/v1', 'http://ollama:11434/v1'],
    ['http://box.local/v1', 'http://box.local/v1'],
  ] as const)
    assert.equal(checkAddress(text), kept)
  for (const text of [
    'http://172.32.0.1/v1',
    'http://11.0.0.1',
    'http://[2001:db8::1]/v1',
    'http://127.0.0.1.example.com/',
  ])
    assert.notEqual(typeof checkAddress(text), 'string', text)
})

test('the first question goes to a small model that can chat', () => {
  const names = ['text-embedding-3-small', 'gpt-5', 'tts-1', 'gpt-5-mini', 'gpt-5-nano', 'dall-e-3', 'whisper-1']
  assert.deepEqual(trialCandidates(names), ['gpt-5-mini', 'gpt-5-nano', 'gpt-5'])
  assert.deepEqual(trialCandidates(['nomic-embed-text']), ['nomic-embed-text'], 'better than nothing')
  assert.deepEqual(trialCandidates([]), [])
})

test('from the start creators may build on what has a cost, and on what answered', () => {
  const hasCost = (name: string) => name !== 'unknown'
  const names = ['unknown', 'gpt-5', 'text-embedding-3-small']
  assert.deepEqual(offeredAtFirst(names, { answered: 'unknown', hasCost }), ['unknown', 'gpt-5'])
  assert.deepEqual(offeredAtFirst(names, { answered: undefined, hasCost }), ['gpt-5'])
})

test('figures are found under the names that lists use', () => {
  assert.deepEqual(costNames('gemini', 'models/gemini-2.5-flash'), [
    'gemini/models/gemini-2.5-flash',
    'gemini/gemini-2.5-flash',
    'gemini/*',
  ])
  assert.equal(contextTokensOf('anthropic', 'claude-haiku-4-5-20251001'), 200_000)
  assert.equal(contextTokensOf('openai', 'gpt-5-mini-2025-08-07'), 400_000)
  assert.equal(contextTokensOf('nobody', 'nothing'), null)
  const figureOf = (name: string) =>
    costNames('openai', name).flatMap((each) => shippedCosts.filter(({ model }) => model === each))[0]
  assert.equal(figureOf('gpt-4o-2024-08-06')?.output_per_million, 10_000_000n)
  assert.equal(
    figureOf('gpt-4o-2024-05-13')?.output_per_million,
    15_000_000n,
    'the first release has a price of its own',
  )
})

test('every shipped figure says of when it is and from where, once for each model', () => {
  assert.equal(new Set(shippedCosts.map(({ model }) => model)).size, shippedCosts.length)
  for (const { as_of: asOf, source, input_per_million: input } of shippedCosts) {
    assert.match(asOf, /^20\d\d-\d\d-\d\d$/)
    assert.ok(source !== '' && input >= 0n)
  }
})

test('a reader is told how long to wait', () => {
  assert.match(wordsFor('rate', 'OpenAI', 400), /in a second\./)
  assert.match(wordsFor('rate', 'OpenAI', 30_000), /in 30 seconds\./)
  assert.match(wordsFor('rate', 'OpenAI', 7_200_000), /in 2 hours\./)
})

test('the operator is told whether an engine does not run or the way out is shut, without the codes of Node', () => {
  const lost = (code: string) => ({ kind: 'unavailable', detail: `${code}: getaddrinfo x` }) as const
  const local = deskWords(lost('ECONNREFUSED'), 'http://127.0.0.1:11434/v1')
  assert.equal(local, 'No engine answers at 127.0.0.1:11434. Start it, or correct the address.')
  const cloud = deskWords(lost('ENOTFOUND'), 'https://api.example.com/v1')
  assert.match(cloud, /^api\.example\.com cannot be reached from this machine\./)
  assert.doesNotMatch(cloud, /ENOTFOUND|engine/)
  const broken = deskWords({ kind: 'unavailable', detail: '502: bad gateway' }, 'https://api.example.com/v1')
  assert.match(broken, /Try again in a minute\. The provider’s answer: 502/)
})
