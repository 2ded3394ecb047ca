import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStanding } from './standing.ts'

const outlook = (likelyMs: number, position = 5) => ({
  position,
  estimate: { fromMs: 0, likelyMs, untilMs: 2 * likelyMs },
})

test('a wait that runs as it was told needs no reason, and neither does one that grows by little', () => {
  const stand = createStanding()
  assert.deepEqual(stand(outlook(60_000), 64, 0), outlook(60_000))
  assert.equal(stand(outlook(50_000), 64, 10_000).because, undefined)
  assert.equal(stand(outlook(58_000), 64, 10_000).because, undefined)
})

test('a wait that grows by more than a fifth of what was left is told with its reason', () => {
  const after = (next: ReturnType<typeof outlook>, slots: number) => {
    const stand = createStanding()
    stand(outlook(60_000), 64, 0)
    return stand(next, slots, 20_000).because
  }
  assert.equal(after(outlook(50_000), 64), 'slower')
  assert.equal(after(outlook(50_000, 9), 64), 'others_first')
  assert.equal(after(outlook(50_000, 9), 32), 'backend_lost')
})
