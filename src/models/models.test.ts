import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openaiBackend } from '#adapters/openai'
import { isRefusal } from '#kernel'
import { ProviderFailure, modelsRoom, openModels, type Models, type ModelRequest } from '#models'
import { openPeople, peopleRoom } from '#people'
import { scripts, startWire, type Script } from '../../test/wire/openai.ts'
import { World, type World as TestWorld } from '../../test/world.ts'
import * as contract from './contract.ts'
import { createSealer } from './sealing.ts'

const key = 'sk-a-key-of-the-wire-1234'

type Options = Pick<Parameters<typeof openModels>[0], 'providerKeys' | 'engines'>

async function house(options: Options = {}) {
  let models: Models | undefined
  let openAgain: (() => Promise<Models>) | undefined
  const world = await World.start({
    features: async (deps) => {
      const people = openPeople(deps)
      openAgain = () => openModels({ ...deps, backends: { openai: openaiBackend() }, ...options })
      models = await openAgain()
      return [peopleRoom({ ...deps, people, personal: [] }), modelsRoom({ models, people })]
    },
  })
  assert(models && openAgain)
  return { world, models, openAgain, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

function requestOf(model: string): ModelRequest {
  return {
    model,
    messages: [{ role: 'user', content: 'Hello' }],
    maxOutputTokens: 50,
    signal: new AbortController().signal,
  }
}

async function textOf(models: Models, model: string): Promise<string> {
  let text = ''
  for await (const event of models.stream(requestOf(model))) if (event.type === 'text') text += event.text
  return text
}

const operator = (world: TestWorld) => world.people.claim('Olga')

const body = (baseUrl: string, more: object = {}) => ({
  body: { slug: 'wire', name: 'The wire', baseUrl, key, ...more },
})

test('from a pasted key to a real answer, and the key is nowhere to be read', async () => {
  await using wire = await startWire({ key })
  await using open = await house()
  const { world, models } = open
  const { call } = await operator(world)
  const added = await call(contract.addProvider, body(wire.baseUrl))
  assert.ok(!isRefusal(added), JSON.stringify(added))
  assert.equal(added.provider.keyHint, '1234')
  assert.equal(added.provider.trial?.words, 'The answer comes in seven small pieces.')
  assert.deepEqual(added.provider.models, [{ name: 'normal', offered: true }])
  assert.equal(await textOf(models, 'wire/normal'), 'The answer comes in seven small pieces.')
  assert.equal(wire.requests.at(-1)?.authorization, `Bearer ${key}`)
  assert.ok(!JSON.stringify(await call(contract.listProviders, {})).includes(key))
  const { rows } = await world.db.pool.query<{ all: string }>(
    "select string_agg(p::text, '') as all from models.provider p",
  )
  assert.ok(rows[0]?.all && !rows[0].all.includes(Buffer.from(key).toString('hex')) && !rows[0].all.includes(key))
})

test('what does not answer is not kept, and the desk is told what to do', async () => {
  await using wire = await startWire({ key: 'sk-another' })
  await using open = await house()
  const { call } = await operator(open.world)
  const refused = await call(contract.addProvider, body(wire.baseUrl))
  assert.ok(isRefusal(refused) && refused.refused === 'provider_failed')
  assert.match(refused.detail, /key was not accepted/)
  const listed = await call(contract.listProviders, {})
  assert.ok(!isRefusal(listed) && listed.items.length === 0)
})

test('addresses that lead astray are refused before anything is sent', async () => {
  await using open = await house()
  const { call } = await operator(open.world)
  for (const address of [
    'api.example.com',
    'ftp://example.com/v1',
    'http://example.com/v1',
    'http://169.254.169.254/latest',
    'http://[fe80::1]/v1',
    'http://[::ffff:169.254.169.254]/v1',
    'http://2852039166/v1',
    'https://user:word@example.com/v1',
    'https://example.com/v1?key=1',
  ]) {
    const answer = await call(contract.addProvider, body(address))
    assert.ok(isRefusal(answer) && answer.refused === 'bad_address', `${address} ${JSON.stringify(answer)}`)
  }
})

test('only operators come to the desk', async () => {
  await using open = await house()
  const { call } = await open.world.people.signUp()
  const calls = [
    call(contract.listProviders, {}),
    call(contract.addProvider, body('https://example.com/v1')),
    call(contract.listCosts, {}),
    call(contract.setCost, { body: { model: 'wire/normal', inputPerMillion: 0n, outputPerMillion: 0n } }),
    call(contract.findEngines, {}),
    call(contract.tryProvider, { params: { provider: 'wire' }, body: {} }),
  ]
  for (const answer of await Promise.all(calls)) assert.ok(isRefusal(answer) && answer.refused === 'operators_only')
  const stranger = await open.world.call(contract.listModels, {})
  assert.ok(isRefusal(stranger) && stranger.refused === 'sign_in_first')
})

test('what is not offered, switched off or removed does not answer', async () => {
  await using wire = await startWire({ key })
  await using open = await house()
  const { models, world } = open
  const { call } = await operator(world)
  wire.play('big', scripts.normal())
  await call(contract.addProvider, body(wire.baseUrl))
  const params = { provider: 'wire' }
  const failsWith = async (model: string) => {
    const fault = await textOf(models, model).catch((thrown: unknown) => thrown)
    assert.ok(fault instanceof ProviderFailure)
    return fault.kind
  }
  assert.equal(await failsWith('wire/big'), 'unknown_model')
  await call(contract.offerModels, { params, body: { models: ['big', 'never heard of'] } })
  assert.match(await textOf(models, 'wire/big'), /answer/)
  assert.equal(await failsWith('wire/normal'), 'unknown_model')
  await call(contract.changeProvider, { params, body: { enabled: false } })
  assert.equal(await failsWith('wire/big'), 'unknown_model')
  assert.deepEqual(await models.listed(), [])
  await call(contract.changeProvider, { params, body: { enabled: true } })
  assert.deepEqual(
    (await models.listed()).map(({ id }) => id),
    ['wire/big'],
  )
  await call(contract.removeProvider, { params })
  assert.equal(await failsWith('wire/big'), 'unknown_model')
})

test('a new address never gets the old key', async () => {
  await using wire = await startWire({ key })
  await using other = await startWire()
  await using open = await house()
  const { call } = await operator(open.world)
  await call(contract.addProvider, body(wire.baseUrl))
  const moved = await call(contract.changeProvider, {
    params: { provider: 'wire' },
    body: { baseUrl: `${other.baseUrl}/` },
  })
  assert.ok(!isRefusal(moved), JSON.stringify(moved))
  assert.deepEqual([moved.provider.baseUrl, moved.provider.keyHint], [other.baseUrl, null])
  assert.deepEqual(
    other.requests.map(({ authorization }) => authorization),
    [undefined],
  )
})

test('failures come in words for the reader, and the key in none', async () => {
  await using wire = await startWire({ key })
  await using open = await house()
  const { call } = await operator(open.world)
  await call(contract.addProvider, body(wire.baseUrl))
  wire.playNext({ status: 401, body: { error: { message: `Incorrect API key: ${key}` } } }, scripts.rateLimited(90))
  const first = await textOf(open.models, 'wire/normal').catch((thrown: unknown) => thrown)
  assert.ok(first instanceof ProviderFailure && first.kind === 'key')
  assert.match(first.message, /Incorrect API key: \[key\]/)
  assert.match(first.words, /The wire did not accept/)
  const second = await textOf(open.models, 'wire/normal').catch((thrown: unknown) => thrown)
  assert.ok(second instanceof ProviderFailure && second.retryAfterMs === 90_000)
  assert.match(second.words, /in 2 minutes/)
})

test('a provider that repeats the key gets no part of it onto a screen or into a log', async () => {
  await using wire = await startWire({ key })
  await using open = await house()
  const { call } = await operator(open.world)
  wire.playNext(scripts.normal([`Hello, ${key}!`]))
  const added = await call(contract.addProvider, body(wire.baseUrl))
  assert.ok(!isRefusal(added) && added.provider.trial?.words === 'Hello, [key]!', JSON.stringify(added))
  wire.playNext(scripts.normal([`${'x'.repeat(390)}${key}`]))
  await call(contract.tryProvider, { params: { provider: 'wire' }, body: {} })
  const part = key.slice(0, 8)
  assert.ok(!JSON.stringify(await call(contract.listProviders, {})).includes(part))
  const repeating: Script[] = [
    { status: 401, body: { error: { message: `${'x'.repeat(975)}${key}` } } },
    { status: 307, headers: { location: `https://example.com/${'x'.repeat(175)}${key}` }, body: '' },
    { steps: [{ raw: `data: ${'x'.repeat(190)}${key}\n\n` }] },
  ]
  for (const script of repeating) {
    wire.playNext(script)
    const fault = await textOf(open.models, 'wire/normal').catch((thrown: unknown) => thrown)
    assert.ok(fault instanceof ProviderFailure && !fault.message.includes(part), String(fault))
  }
})

test('a cut through a sign, and NUL, keep no trial from being kept', async () => {
  await using wire = await startWire({ key })
  await using open = await house()
  const { call } = await operator(open.world)
  await call(contract.addProvider, body(wire.baseUrl))
  const wordsAfter = async (script: Script) => {
    wire.playNext(script)
    const tried = await call(contract.tryProvider, { params: { provider: 'wire' }, body: {} })
    assert.ok(!isRefusal(tried))
    return tried.provider.trial?.words
  }
  assert.equal(await wordsAfter(scripts.normal([`${'x'.repeat(399)}😀`])), `${'x'.repeat(399)}\uFFFD`)
  const message = 'Incorrect \0 key'
  assert.match((await wordsAfter({ status: 401, body: { error: { message } } })) ?? '', /Incorrect \uFFFD key/)
})

async function figureOf(models: Models, model: string) {
  const cost = await models.cost(model)
  assert.ok(typeof cost === 'object', `${model} has a figure`)
  return cost
}

test('a model that will be billed and has no figure is untold until the operator tells it, and one near by is not', async () => {
  await using open = await house()
  const { models, world } = open
  const { call } = await operator(world)
  await world.db.pool.query(`insert into models.provider (slug, name, base_url, added_at, changed_at) values
    ('far', 'Far', 'https://api.example.com/v1', now(), now()),
    ('ollama', 'Ollama', 'https://ollama.example.com/v1', now(), now()), ('near', 'Near', 'http://192.168.1.5/v1', now(), now())`)
  await world.db.pool.query(`insert into models.provider_state (slug, models, offered, listed_at)
    select slug, '{new,unused}', '{new}', now() from unnest(array['far', 'ollama', 'near']) slug`)
  const again = await open.openAgain()
  assert.equal(await again.cost('far/new'), 'untold')
  assert.equal(await again.cost('far/unused'), 'unbilled', 'what is not offered answers nobody')
  assert.equal(await again.cost('near/new'), 'unbilled')
  assert.equal(await again.cost('ollama/new'), 'untold', 'an engine’s name elsewhere is no engine of ours')
  assert.deepEqual((await again.costs.list()).missing.toSorted(), ['far/new', 'near/new', 'ollama/new'])
  await call(contract.setCost, { body: { model: 'far/new', inputPerMillion: 0n, outputPerMillion: 0n } })
  assert.equal((await figureOf(await open.openAgain(), 'far/new')).outputPerMillion.minor, 0n)
  assert.deepEqual((await models.costs.list()).missing.toSorted(), ['near/new', 'ollama/new'])
})

test('a shipped cost stands until the operator sets one, and comes back', async () => {
  await using open = await house()
  const { models, world } = open
  const { call } = await operator(world)
  const shipped = await figureOf(models, 'openai/gpt-5-mini-2025-08-07')
  assert.equal(shipped.inputPerMillion.minor, 250_000n)
  assert.equal(await models.cost('nobody/nothing'), 'unbilled')
  assert.equal((await figureOf(models, 'ollama/anything')).outputPerMillion.minor, 0n)
  const model = 'openai/gpt-5-mini'
  const own = await call(contract.setCost, { body: { model, inputPerMillion: 1n, outputPerMillion: 2n } })
  assert.ok(!isRefusal(own) && own.origin === 'operator')
  const now = await figureOf(models, model)
  assert.deepEqual([now.inputPerMillion.minor, now.version], [1n, own.version])
  const again = await open.openAgain()
  assert.equal((await figureOf(again, model)).version, own.version, 'a new start takes nothing from the operator')
  const back = await call(contract.resetCost, { body: { model } })
  assert.ok(!isRefusal(back) && back.inputPerMillion === 250_000n && back.version > own.version)
  assert.ok(back.asOf && back.source)
  await assert.rejects(world.db.pool.query('update models.cost set input_per_million = 5'), /a new one is a new row/)
})

test('engines of this machine are found, taken with one press, and said at start until then', async () => {
  await using wire = await startWire()
  const nobody = { slug: 'vllm', name: 'vLLM', baseUrl: 'http://127.0.0.1:9/v1' }
  await using open = await house({ engines: [{ slug: 'ollama', name: 'Ollama', baseUrl: wire.baseUrl }, nobody] })
  const { call } = await operator(open.world)
  assert.match(
    (await open.world.app.greetings('http://house')).join(),
    /Ollama on this machine.*http:\/\/house\/desk\/models/,
  )
  const found = await call(contract.findEngines, {})
  assert.ok(!isRefusal(found))
  assert.deepEqual(found.items, [
    { slug: 'ollama', name: 'Ollama', baseUrl: wire.baseUrl, models: ['normal'], provider: null },
  ])
  const taken = await call(contract.addProvider, { body: { slug: 'ollama', name: 'Ollama', baseUrl: wire.baseUrl } })
  assert.ok(!isRefusal(taken))
  assert.equal((await open.models.info('ollama/normal'))?.cost?.inputPerMillion.minor, 0n)
  const again = await call(contract.findEngines, {})
  assert.ok(!isRefusal(again) && again.items[0]?.provider === 'ollama')
  assert.deepEqual(await open.world.app.greetings('http://house'), [])
})

test('a key of the environment is a provider that the desk can only switch off', async () => {
  await using open = await house({ providerKeys: { openai: 'sk-of-the-environment' } })
  await open.world.db.pool.query(
    `insert into models.provider_state (slug, models, offered, listed_at) values ('openai', '{gpt-5,x}', '{gpt-5}', now())`,
  )
  const { call } = await operator(open.world)
  const listed = await call(contract.listProviders, {})
  assert.ok(!isRefusal(listed))
  const [provider] = listed.items
  assert.deepEqual(
    [provider?.origin, provider?.keyHint, provider?.baseUrl],
    ['environment', 'ment', 'https://api.openai.com/v1'],
  )
  const params = { provider: 'openai' }
  const renamed = await call(contract.changeProvider, { params, body: { name: 'Mine' } })
  assert.ok(isRefusal(renamed) && renamed.refused === 'set_elsewhere')
  const removed = await call(contract.removeProvider, { params })
  assert.ok(isRefusal(removed) && removed.refused === 'set_elsewhere')
  assert.deepEqual(
    (await open.models.listed()).map(({ id }) => id),
    ['openai/gpt-5'],
  )
  await call(contract.changeProvider, { params, body: { enabled: false } })
  assert.deepEqual(await open.models.listed(), [])
})

test('a seal opens with its own key and under its own name alone', () => {
  const [one, two] = [createSealer(Buffer.alloc(32, 1)), createSealer(Buffer.alloc(32, 2))]
  const sealed = one.seal(key, 'openai')
  assert.equal(one.open(sealed, 'openai'), key)
  assert.equal(one.open(sealed, 'other'), undefined)
  assert.equal(two.open(sealed, 'openai'), undefined)
  assert.notDeepEqual(one.seal(key, 'openai'), sealed)
  for (let at = 0; at < sealed.length; at++) {
    const broken = Buffer.from(sealed)
    broken.writeUInt8(broken.readUInt8(at) ^ 1, at)
    assert.equal(one.open(broken, 'openai'), undefined)
  }
})
