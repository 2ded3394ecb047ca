import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDollars } from './dollars.ts'

await test('an amount for the budget is above zero, to the cent, and at most a million', () => {
  assert.deepEqual(['100', '$0.01', '12,5', '1000000'].map(readDollars), [
    100_000_000n,
    10_000n,
    12_500_000n,
    1_000_000_000_000n,
  ])
  assert.deepEqual(
    ['', '0', '-1', '1000000.01', '1.001', 'all'].map(readDollars),
    Array.from({ length: 6 }, () => undefined),
  )
})
