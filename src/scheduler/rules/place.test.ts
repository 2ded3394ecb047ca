import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, fill, openPool, startAll } from '../../../test/scheduler-pool.ts'
import { blame, look, outlook, startNext } from '../rules.ts'
import type { Engine } from './engine.ts'
import { settleAt, type Homes } from './place.ts'
import { removeEngine, slotsOfPool } from './pool.ts'

test('what fails while a backend rests makes the rest no longer', () => {
  const pool = openPool(1)
  const engine = pool.engines.get('e0') as never
  for (const at of [0, 0, 0, 1000, 1500]) blame(pool, engine, { kind: 'unreachable' }, at)
  const entry = ask(pool, 1600)
  assert.equal(startNext(pool, 1999), undefined)
  assert.equal(startNext(pool, 2000), entry)
})

test('what runs has no place in line, and is not foretold anew', () => {
  const pool = openPool(1)
  const running = ask(pool, 0)
  startAll(pool, 0)
  const { foretold } = running
  assert.deepEqual(outlook(pool, running, 10), { position: 0, estimate: { fromMs: 0, likelyMs: 0, untilMs: 0 } })
  look(pool, 60_000)
  assert.equal(running.foretold, foretold)
})

test('a backend that leaves or rests counts for what runs there and no more', () => {
  const pool = openPool([4, 4])
  fill(pool, 4)
  assert.equal(slotsOfPool(pool, 0), 8)
  for (let nth = 0; nth < 3; nth++) blame(pool, pool.engines.get('e1') as never, { kind: 'unreachable' }, 0)
  assert.equal(slotsOfPool(pool, 0), 4 + 2)
  removeEngine(pool, 'e0')
  assert.equal(slotsOfPool(pool, 0), 2 + 2)
})

test('the oldest homes of conversations are forgotten', () => {
  const homes: Homes = new Map()
  const engine = openPool(1).engines.get('e0') as Engine
  for (let nth = 0; nth <= 10_000; nth++) settleAt(homes, `c${nth}`, engine)
  assert.deepEqual([homes.size, homes.has('c0'), homes.has('c1')], [10_000, false, true])
})
