import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnFormat, earnedOf, everyDay } from './series.ts'

const sums = { messages: 2, paid: 3n, free: 4n, unfunded: 0n }

await test('days without a message are days too', () => {
  const days = everyDay([{ day: '2026-11-23', ...sums }], 3, '2026-11-24')
  assert.deepEqual(
    days.map((each) => [each.day, earnedOf(each)]),
    [
      ['2026-11-22', 0n],
      ['2026-11-23', 7n],
      ['2026-11-24', 0n],
    ],
  )
})

await test('a column has as many decimals as its longest amount, and at least cents', () => {
  assert.equal(columnFormat('en', [30_000n, 9_500n])(30_000n), '$0.0300')
  assert.equal(columnFormat('en', [])(12_000_000n), '$12.00')
  assert.equal(columnFormat('en', [1n])(1_234_567_000_001n), '$1,234,567.000001')
})
