import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compare, compareRange, createForesight, rangeOf } from './foresight.ts'

test('a reckoning that is always wrong by the same factor is put right', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.2, max: 5, noNaN: true }), (factor) => {
      const foresight = createForesight()
      for (let nth = 0; nth < 100; nth++) compare(foresight, 10_000, factor * 10_000)
      const { fromMs, likelyMs, untilMs } = rangeOf(foresight, 20_000)
      assert.ok(Math.abs(likelyMs - factor * 20_000) < 0.1 * factor * 20_000)
      assert.ok(fromMs <= likelyMs && likelyMs <= untilMs)
    }),
  )
})

test('a range comes to hold nine of ten waits, however badly they are reckoned', () => {
  const foresight = createForesight()
  // A wait is anything between a tenth and twice of what is reckoned, and experience only knows every other one.
  const waits = Array.from({ length: 2000 }, (_, nth) => 10_000 * (0.1 + 1.9 * ((nth * 0.618_034) % 1)))
  let inside = 0
  for (const [nth, realMs] of waits.entries()) {
    const told = rangeOf(foresight, 10_000)
    if (nth >= 1000 && realMs >= told.fromMs && realMs <= told.untilMs) inside++
    compareRange(foresight, told, realMs)
    if (realMs > 8000 && realMs < 12_000) compare(foresight, 10_000, realMs)
  }
  assert.ok(inside >= 900, `${inside} of 1000`)
  assert.ok(inside < 1000, 'the range is not simply boundless')
})

test('waits that are over in a moment say nothing about ranges', () => {
  const foresight = createForesight()
  const { spread } = foresight
  compareRange(foresight, { fromMs: 0, likelyMs: 100, untilMs: 200 }, 900)
  assert.equal(foresight.spread, spread)
  compareRange(foresight, { fromMs: 0, likelyMs: 100, untilMs: 200 }, 1100)
  assert.ok(foresight.spread > spread)
})

test('experience is added to the doubts, and what is old makes room for what is new', () => {
  const foresight = createForesight()
  const { length } = foresight.ratios
  compare(foresight, 10_000, 10_000)
  assert.equal(foresight.ratios.length, length + 1)
  for (let nth = 0; nth < 100; nth++) compare(foresight, 10_000, 10_000)
  for (let nth = 0; nth < 48; nth++) compare(foresight, 10_000, 30_000)
  assert.ok(rangeOf(foresight, 10_000).likelyMs > 25_000)
})
