import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, openPool, startAll } from '../../../test/scheduler-pool.ts'
import { fail, finish, outlook, startNext, withdraw } from '../rules.ts'
import { inOrder } from './classes.ts'
import { createNewcomers, noteNewcomer, shareBelow } from './newcomers.ts'
import { hearFirst, hearTokens, removeEngine } from './pool.ts'

test('a backend that is taken away is forgotten once nothing runs there, and one that nobody knows is nobody’s affair', () => {
  const pool = openPool([1, 1])
  ask(pool, 0)
  startAll(pool, 0)
  for (const id of ['e0', 'e1', 'nobody']) removeEngine(pool, id)
  assert.deepEqual([...pool.engines.keys()], ['e0'])
})

test('a first token is heard once, and is experience only where it was the first try', () => {
  const pool = openPool([2, 2])
  const entry = ask(pool, 0)
  startAll(pool, 0)
  const known = () => entry.class.foresight.ratios.length
  const before = known()
  for (const at of [100, 200]) hearFirst(pool, entry, at)
  assert.deepEqual([entry.engine?.speaking, entry.firstAt, known()], [1, 100, before + 1])
  const unlucky = ask(pool, 300, { user: 'v' })
  startAll(pool, 300)
  assert.equal(fail(pool, unlucky, { kind: 'unreachable' }, 400), 'waits_again')
  assert.equal(startNext(pool, 400), unlucky)
  hearFirst(pool, unlucky, 500)
  assert.equal(known(), before + 1)
})

test('whoever waits again after a failure is told to be the next', () => {
  const pool = openPool(1)
  const unlucky = ask(pool, 0)
  startAll(pool, 0)
  for (let nth = 0; nth < 3; nth++) ask(pool, 0, { user: `w${nth}` })
  fail(pool, unlucky, { kind: 'unreachable' }, 100)
  assert.equal(outlook(pool, unlucky, 100).position, 0)
})

test('of the work that newcomers bring, that below a level is told by its cost', () => {
  const newcomers = createNewcomers()
  noteNewcomer(newcomers, 5, 10)
  noteNewcomer(newcomers, 50, 30)
  assert.deepEqual([shareBelow(newcomers, 10), shareBelow(newcomers, 51)], [0.25, 1])
})

test('gaps are taken over eight tokens, and tokens are charged beyond what was expected alone', () => {
  const pool = openPool(1)
  const entry = ask(pool, 0)
  hearTokens(pool, entry, 5, 0)
  assert.equal(entry.generated, 0, 'what waits says nothing')
  startAll(pool, 0)
  hearFirst(pool, entry, 100)
  const { charged } = entry
  const gaps = () => entry.engine?.capacity.window.gaps
  hearTokens(pool, entry, 1, 100)
  hearTokens(pool, entry, 7, 150)
  assert.deepEqual(gaps(), [])
  hearTokens(pool, entry, 1, 180)
  assert.deepEqual(gaps(), [10])
  hearTokens(pool, entry, 8, 340)
  assert.deepEqual(gaps(), [10, 20])
  assert.equal(entry.charged, charged)
  hearTokens(pool, entry, 100_000, 400)
  assert.ok(entry.charged > charged)
})

test('what has ended ends once', () => {
  const pool = openPool(1)
  const entry = ask(pool, 0)
  startAll(pool, 0)
  finish(pool, entry, undefined, 100)
  const { charged } = entry
  finish(pool, entry, undefined, 200)
  withdraw(pool, entry, 300)
  assert.deepEqual([entry.charged, pool.running], [charged, 0])
})

test('a class in which nobody waits stands in no order', () => {
  const pool = openPool(1)
  ask(pool, 0, { class: 'tipped' })
  startAll(pool, 0)
  ask(pool, 0)
  assert.deepEqual(
    inOrder(pool.classes, 1).map(({ terms }) => terms.name),
    ['free'],
  )
})
