import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMill, type Mill } from '../../../test/scheduler-mill.ts'
import { ask, openPool, startAll } from '../../../test/scheduler-pool.ts'
import type { Entry } from './entry.ts'
import { reckon } from './reckon.ts'

/** Reckoned over real, of an entry that waits while others keep coming. */
function reckonedOverReal(mill: Mill, entry: Entry, come: () => void): number {
  const reckoned = reckon(mill.pool, entry, mill.now).ms
  const from = mill.now
  while (entry.phase === 'waiting') {
    come()
    mill.step()
  }
  return reckoned / (mill.now - from)
}

const slots = 4
/** The length of answers is known. */
const sized = { outputTokensMax: 50 }
const perSecond = 4

test('a wait is reckoned by the work ahead and what the class is served', () => {
  const mill = createMill({ slots })
  for (let nth = 0; nth < 150; nth++) mill.ask({ ...sized, user: `u${nth}` })
  for (let step = 0; step < 600; step++) mill.step()
  const ratio = reckonedOverReal(mill, mill.ask({ ...sized, user: 'last' }), () => {})
  assert.ok(Math.abs(ratio - 1) < 0.2, `${ratio}`)
})

test('who has many asks in line is passed by newcomers, and that is reckoned with', () => {
  const mill = createMill({ slots })
  let newcomers = 0
  /** Half of what can be served goes to people who come once. */
  const come = () => {
    if (newcomers < (mill.now / 1000) * (perSecond / 2)) mill.ask({ ...sized, user: `new-${newcomers++}` })
  }
  for (let nth = 0; nth < 400; nth++) mill.ask({ ...sized, user: 'many' })
  for (let step = 0; step < 7000; step++) {
    come()
    mill.step()
  }
  const ratio = reckonedOverReal(mill, mill.ask({ ...sized, user: 'many' }), come)
  assert.ok(Math.abs(ratio - 1) < 0.3, `${ratio}`)
})

test('however many newcomers pass, the wait ends when the level has risen', () => {
  const mill = createMill({ slots, answer: () => 10 })
  let newcomers = 0
  /** A little more than can be served. */
  const crowd = () => {
    if (newcomers < (mill.now / 1000) * 21) mill.ask({ user: `new-${newcomers++}`, outputTokensMax: 10 })
  }
  const before = mill.ask({ user: 'again', inputTokens: 400, outputTokensMax: 10 })
  while (before.phase !== 'ended' || mill.now < 30_000) {
    crowd()
    mill.step()
  }
  const entry = mill.ask({ user: 'again', inputTokens: 400, outputTokensMax: 10 })
  const second = mill.ask({ user: 'again', inputTokens: 400, outputTokensMax: 10 })
  const ratio = reckonedOverReal(mill, second, crowd)
  assert.equal(entry.phase, 'ended')
  assert.ok(ratio > 0.3 && ratio < 3, `${ratio}`)
})

test('in the calm whoever is next is told the time to a first token and no more', () => {
  const pool = openPool(1)
  ask(pool, 0)
  startAll(pool, 0)
  const next = ask(pool, 0, { user: 'v', outputTokensMax: 5000 })
  assert.equal(reckon(pool, next, 0).ms, pool.firstMs)
})
