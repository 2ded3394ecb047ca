import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, fill, openPool, startAll } from '../../../test/scheduler-pool.ts'
import { arrive, blame, fail, finish, withdraw } from '../rules.ts'
import { hearFirst, removeEngine } from './pool.ts'

test('in the calm the order is that of arrival, whatever the class, and the reserve is open to all', () => {
  const pool = openPool(3)
  const asked = ['free', 'subscriber', 'tipped'].map((name) => ask(pool, 0, { class: name, user: name }))
  assert.deepEqual(
    startAll(pool, 0).map(({ id }) => id),
    asked.map(({ id }) => id),
  )
})

test('once somebody has waited long enough classes matter, and the express class finds its reserve', () => {
  const pool = openPool(10)
  ask(pool, 0, { class: 'tipped' })
  fill(pool, 0)
  startAll(pool, 0)
  const running = fill(pool, 9)
  const free = ask(pool, 0)
  const tipped = ask(pool, 1000, { class: 'tipped', user: 't' })
  finish(pool, running[0] as never, undefined, 1000)
  assert.deepEqual(startAll(pool, 1000), [tipped], 'the last slot is for the express class alone')
  finish(pool, running[1] as never, undefined, 1000)
  assert.deepEqual(startAll(pool, 1000), [])
  finish(pool, running[2] as never, undefined, 1000)
  assert.deepEqual(startAll(pool, 1000), [free])
})

test('nothing is kept back for an express class of whom nobody has been there for long', () => {
  const pool = openPool(10)
  const running = fill(pool, 10)
  const free = ask(pool, 0)
  assert.deepEqual(startAll(pool, 2000), [])
  finish(pool, running[0] as never, undefined, 2000)
  assert.deepEqual(startAll(pool, 2000), [free])
})

test('the open lane has a small prefill credit, the express lane a large one, and a long prompt goes alone', () => {
  const pool = openPool(64)
  fill(pool, 1, { class: 'tipped' })
  const crowd = [1, 2, 3].map((nth) => ask(pool, 0, { user: `u${nth}`, inputTokens: 400 }))
  assert.deepEqual(startAll(pool, 2000), crowd.slice(0, 2), 'two of 400 are within 1,024')
  withdraw(pool, crowd[2] as never, 2000)
  const long = ask(pool, 2000, { class: 'subscriber', user: 's', inputTokens: 5000 })
  ask(pool, 2000, { user: 'short', inputTokens: 100 })
  assert.deepEqual(startAll(pool, 2000), [], 'a short prompt that would fit does not pass the long one')
  const tipped = [1, 2].map((nth) => ask(pool, 2000, { class: 'tipped', user: `t${nth}`, inputTokens: 4000 }))
  assert.deepEqual(startAll(pool, 2000), [tipped[0]], '4,800 of 8,192')
  for (const entry of [...crowd.slice(0, 2), tipped[0]]) hearFirst(pool, entry as never, 2100)
  assert.deepEqual(startAll(pool, 2100), [tipped[1]])
  hearFirst(pool, tipped[1] as never, 2200)
  assert.deepEqual(startAll(pool, 2200), [long], 'a prompt longer than the credit goes alone')
})

test('a long express prompt that waits for its credit is not passed by short ones, or it would wait for ever', () => {
  const pool = openPool(64)
  fill(pool, 1, { class: 'tipped' })
  const reading = ask(pool, 0, { user: 'r', inputTokens: 900 })
  assert.deepEqual(startAll(pool, 0), [reading])
  const long = ask(pool, 0, { class: 'tipped', user: 't', inputTokens: 9000 })
  ask(pool, 0, { user: 'short', inputTokens: 50 })
  assert.deepEqual(startAll(pool, 2000), [], 'the short prompt would fit')
  hearFirst(pool, reading, 2100)
  assert.deepEqual(startAll(pool, 2100), [long])
})

test('what still runs at a backend that is taken away, or rests, leaves the slots of the others as they were', () => {
  for (const lose of ['remove', 'rest'] as const) {
    const pool = openPool([2, 2])
    const running = fill(pool, 4)
    const waiting = [1, 2].map((nth) => ask(pool, 0, { user: `w${nth}` }))
    if (lose === 'remove') removeEngine(pool, 'e0')
    else for (let nth = 0; nth < 3; nth++) blame(pool, pool.engines.get('e0') as never, { kind: 'unreachable' }, 0)
    assert.deepEqual(startAll(pool, 2000), [])
    const [one] = running.filter(({ engine }) => engine?.id === 'e1')
    finish(pool, one as never, undefined, 2000)
    assert.deepEqual(startAll(pool, 2000), [waiting[0]], lose)
  }
})

test('answers that go on at a backend do not keep it from being tried after a rest', () => {
  const pool = openPool(4)
  fill(pool, 3)
  const asked = [1, 2].map((nth) => ask(pool, 0, { user: `u${nth}` }))
  const [first] = startAll(pool, 0)
  for (let nth = 0; nth < 2; nth++) blame(pool, first?.engine as never, { kind: 'unreachable' }, 0)
  fail(pool, first as never, { kind: 'unreachable' }, 0)
  assert.deepEqual(startAll(pool, 1999), [])
  assert.deepEqual(startAll(pool, 2000), [asked[0]], 'one tries')
})

test('whoever would start at once is told so, under pressure too, and is not turned away', () => {
  const pool = openPool(2)
  const [running] = fill(pool, 2)
  const waiting = ask(pool, 0)
  assert.deepEqual(startAll(pool, 2000), [], 'there is pressure')
  withdraw(pool, waiting, 2000)
  finish(pool, running as never, undefined, 2000)
  const arrival = arrive(pool, { class: 'free', user: 'u', inputTokens: 20_000, patienceMs: 5000 }, 2000)
  assert.ok('entry' in arrival)
  assert.ok(arrival.outlook.estimate.likelyMs <= pool.firstMs)
})
