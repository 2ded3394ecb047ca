import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { centsFor, pointsFor } from '../contract.ts'
import { readCents, readPoints, worthOf } from './amounts.ts'

await test('dollars are read as people type them, to the cent, and nothing else is', () => {
  const read = (texts: readonly string[]) => texts.map(readCents)
  assert.deepEqual(read(['12', '12.5', '12,50', '$12.50', ' 1 250.00 ', '$1,250.00', '0.5', '1,250']), [
    1_200n,
    1_250n,
    1_250n,
    1_250n,
    125_000n,
    125_000n,
    50n,
    125_000n,
  ])
  assert.deepEqual(
    read(['', 'ten', '-5', '1.234', '1,2,3', '1e3', '12.', '٣']),
    Array.from({ length: 8 }, () => undefined),
  )
})

await test('points are whole, with whatever parts the thousands', () => {
  assert.deepEqual(
    ['1000', '1,000', '1 000', '1.000', '1’000'].map(readPoints),
    Array.from({ length: 5 }, () => 1_000n),
  )
  assert.deepEqual(
    ['', '-1', 'many', '9'.repeat(13)].map(readPoints),
    Array.from({ length: 4 }, () => undefined),
  )
})

await test('the fewest cents that bring so many points bring them, and a cent less does not', () => {
  assert.deepEqual([1n, 333n, 334n, 335n, 667n, 100_000n].map(centsFor), [1n, 1n, 1n, 2n, 2n, 300n])
  fc.assert(
    fc.property(fc.bigInt(1n, 200_000_000n), (points) => {
      const cents = centsFor(points)
      assert.ok(pointsFor(cents) >= points && (cents === 1n || pointsFor(cents - 1n) < points))
    }),
  )
})

await test('what is worth a cent is told to the cent below', () => {
  assert.deepEqual([worthOf(335_933n), worthOf(300n), worthOf(0n)], [10_070_000n, 9_000n, 0n])
})
