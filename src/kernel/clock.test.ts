import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock, systemClock } from './clock.ts'

test('the system clock tells the present', () => {
  const before = Date.now()
  const now = systemClock.now().getTime()
  assert.ok(now >= before && now <= Date.now())
})

test('a settable clock stands until it is moved, and moves by exactly that', () => {
  const clock = settableClock(new Date('2026-12-01T09:00:00Z'))
  assert.deepEqual(clock.now(), new Date('2026-12-01T09:00:00Z'))
  clock.advance(1500)
  assert.deepEqual(clock.now(), new Date('2026-12-01T09:00:01.500Z'))
  clock.advance(-1500)
  clock.set(new Date('2020-01-01'))
  assert.deepEqual(clock.now(), new Date('2020-01-01'))
})

test('nobody moves a clock by changing what it gave, or what it was given', () => {
  const start = new Date('2026-12-01')
  const clock = settableClock(start)
  start.setFullYear(1999)
  clock.now().setFullYear(1999)
  assert.deepEqual(clock.now(), new Date('2026-12-01'))
  const other = new Date('2027-01-01')
  clock.set(other)
  other.setFullYear(1999)
  assert.deepEqual(clock.now(), new Date('2027-01-01'))
})
