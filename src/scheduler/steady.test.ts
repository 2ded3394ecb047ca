import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settableClock } from '#kernel'
import { steady } from './steady.ts'

test('time passes as the clock does, and stands still once where the clock is set back', () => {
  const clock = settableClock(new Date('2026-12-01'))
  const now = steady(clock)
  assert.equal(now(), 0)
  clock.advance(500)
  assert.equal(now(), 500)
  clock.advance(-3_600_000)
  assert.equal(now(), 500)
  clock.advance(250)
  assert.equal(now(), 750)
})
