import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openaiBackend } from '#adapters/openai'
import { isRefusal, settableClock } from '#kernel'
import { openModels, type ModelAddress, type ModelBackend } from '#models'
import { createLog, openSecret } from '#platform'
import { scripts, startWire } from '../../test/wire/openai.ts'
import { World } from '../../test/world.ts'

const soon = AbortSignal.timeout(60_000)
const slug = 'wire'

/** A desk whose next list, once it has come, can be made to wait. `atOpenAI` answers in place of that address. */
async function house(atOpenAI?: ModelAddress) {
  await using open = new AsyncDisposableStack()
  const { db } = open.use(await World.database())
  const real = openaiBackend()
  let next: { readonly came: PromiseWithResolvers<void>; readonly goOn: PromiseWithResolvers<void> } | undefined
  const openai: ModelBackend = {
    ...real,
    list: async (address, signal) => {
      const names = await real.list(atOpenAI ?? address, signal)
      const held = next
      next = undefined
      held?.came.resolve()
      await held?.goOn.promise
      return names
    },
  }
  const clock = settableClock(new Date('2026-11-23T09:00:00Z'))
  const { desk } = await openModels({
    db,
    clock,
    log: createLog({ level: 'silent' }),
    secret: await openSecret({ db, given: 'a secret of the test, the same for all', file: '' }),
    backends: { openai },
    providerKeys: atOpenAI ? { openai: 'sk-of-the-environment' } : {},
  })
  const all = open.move()
  return {
    db,
    desk,
    models: async () => {
      const [provider] = await desk.providers()
      return provider?.models.map(({ name, offered }) => `${name} ${offered ? 'offered' : 'not offered'}`)
    },
    /** What `work` comes to if `change` is made once its list has come. */
    during: async <Answer>(work: () => Promise<Answer>, change: () => Promise<unknown>) => {
      clock.advance(1000)
      const { came, goOn } = (next = { came: Promise.withResolvers<void>(), goOn: Promise.withResolvers<void>() })
      const worked = work()
      await came.promise
      await change()
      goOn.resolve()
      return await worked
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

test('what an operator changes while a provider is asked for its list stands', async () => {
  await using wire = await startWire()
  await using other = await startWire()
  await using open = await house()
  const { db, desk, models, during } = open
  const refreshDuring = (change: () => Promise<unknown>) => during(() => desk.refresh(slug, soon), change)
  await desk.add({ slug, name: 'The wire', baseUrl: wire.baseUrl }, soon)
  assert.deepEqual(await models(), ['normal offered'])
  wire.play('big', scripts.normal())
  await refreshDuring(() => desk.offer(slug, []))
  assert.deepEqual(await models(), ['normal not offered', 'big not offered'])
  await desk.offer(slug, ['big'])
  wire.play('new', scripts.normal())
  await desk.refresh(slug, soon)
  assert.deepEqual(await models(), ['normal not offered', 'big offered', 'new not offered'])
  await refreshDuring(() => desk.change(slug, { baseUrl: other.baseUrl }, soon))
  assert.deepEqual(await models(), ['normal offered'])
  const gone = await refreshDuring(() => desk.remove(slug))
  assert.ok(isRefusal(gone) && gone.refused === 'unknown_provider')
  assert.equal((await db.pool.query('select from models.provider_state')).rowCount, 0, 'nothing is left of it')
})

test('what an operator offers while a new key is tried stands, as far as that key lists it', async () => {
  await using wire = await startWire()
  await using open = await house()
  const { desk, models, during } = open
  wire.play('big', scripts.normal())
  await desk.add({ slug, name: 'The wire', baseUrl: wire.baseUrl }, soon)
  assert.deepEqual(await models(), ['normal offered', 'big not offered'])
  const changed = await during(
    () => desk.change(slug, { key: 'sk-another-key' }, soon),
    () => desk.offer(slug, ['big']),
  )
  assert.ok(!isRefusal(changed) && changed.provider.keyHint === '····', JSON.stringify(changed))
  assert.deepEqual(await models(), ['normal not offered', 'big offered'])
})

test('a provider of the environment is listed when it is first looked for, and stays switched off', async () => {
  await using wire = await startWire()
  await using open = await house({ baseUrl: wire.baseUrl })
  const { desk, models } = open
  wire.play('gpt-5', scripts.normal())
  await desk.change('openai', { enabled: false }, soon)
  await desk.listUnlisted()
  assert.deepEqual(await models(), ['normal not offered', 'gpt-5 offered'])
  assert.equal((await desk.providers())[0]?.enabled, false)
})
