import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { endpoint, eventStream, isRefusal } from '#kernel/contract'
import { handle, job, stream, type Room } from '#platform'
import { getHealth } from '#platform/contract'
import { seeded, World } from '../../test/world.ts'

test('a world serves its health by the contract', async () => {
  await using world = await World.start()
  const report = await world.call(getHealth, {})
  if (isRefusal(report)) return assert.fail(report)
  assert.equal(report.ok, true)
  assert.deepEqual(
    report.checks.slice(0, 2).map(({ name }) => name),
    ['database', 'events'],
  )
  assert.equal(report.at, '2026-11-23T09:00:00.000Z')
})

test('the health of a house with a sick room is a 503 with the same body', async () => {
  const sick: Room = { name: 'sick', checks: [{ name: 'fever', run: async () => ({ ok: false, detail: '39.5' }) }] }
  await using world = await World.start({ features: () => [sick] })
  const response = await fetch(`${world.url}/api/health`)
  assert.equal(response.status, 503)
  const report = await world.call(getHealth, {})
  assert.deepEqual([report.ok, report.checks.at(-1)?.detail], [false, '39.5'])
})

test('operations, jobs and health of a room meet in the world, and settle brings it to rest', async () => {
  const done: number[] = []
  const count = job({
    name: 'counter.count',
    payload: z.object({ left: z.int() }),
    run: async ({ left }) => {
      done.push(left)
      if (left > 0) await world.app.jobs.send(count, { left: left - 1 })
    },
  })
  const begin = endpoint({
    method: 'POST',
    path: '/api/count',
    input: { body: z.object({ left: z.int() }) },
    output: z.object({}),
    refusals: {},
  })
  const counter: Room = {
    name: 'counter',
    jobs: [count],
    http: [
      handle(begin, async ({ body }) => {
        await world.app.jobs.send(count, body)
        return {}
      }),
    ],
  }
  await using world = await World.start({ features: () => [counter] })
  await world.call(begin, { body: { left: 3 } })
  assert.deepEqual(done, [])
  await world.settle()
  assert.deepEqual(done, [3, 2, 1, 0])
})

test('a room that cannot stop keeps no other from its end, and no reader', async () => {
  const ended: string[] = []
  const news = eventStream({ path: '/api/news', input: {}, event: z.object({}), refusals: {} })
  const rooms: Room[] = [
    {
      name: 'stuck',
      stop: async () => {
        if (ended.push('stuck') === 1) throw new Error('stuck')
      },
    },
    { name: 'slow', stop: () => setImmediate().then(() => void ended.push('slow')) },
    {
      name: 'news',
      http: [
        stream(news, async function* (_, { signal }) {
          yield { id: '1', event: {} }
          if (!signal.aborted) await once(signal, 'abort')
        }),
      ],
    },
  ]
  await using world = await World.start({ features: () => rooms })
  const response = await fetch(`${world.url}/api/news`)
  const stopping = world.app.settleDown(1000)
  await assert.rejects(stopping, { name: 'AggregateError', message: 'not every room came to its end' })
  assert.deepEqual(ended, ['stuck', 'slow'])
  await response.text()
})

test('two rooms of one name are a fault at start', async () => {
  await assert.rejects(World.start({ features: () => [{ name: 'a' }, { name: 'a' }] }), /one name/)
})

test('the same seed draws the same', () => {
  const draw = (seed: number) => Array.from({ length: 5 }, seeded(seed))
  assert.deepEqual(draw(7), draw(7))
  assert.notDeepEqual(draw(7), draw(8))
  assert.ok(draw(9).every((value) => value >= 0 && value < 1))
})
