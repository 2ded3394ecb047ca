import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatFor } from './format.ts'

const english = formatFor('en')

test('dollars keep every digit that counts, and at least cents', () => {
  assert.equal(english.dollars(12_500_000n), '$12.50')
  assert.equal(english.dollars(450n), '$0.00045')
  assert.equal(english.dollars(-1_234_567_891_000n), '-$1,234,567.891')
  assert.equal(english.dollars(0n), '$0.00')
  assert.equal(english.dollars(90_071_992_547_409_931_000_001n), '$90,071,992,547,409,931.000001')
})

test('figures follow the language of the reader', () => {
  assert.equal(formatFor('de').points(1_234_567n), '1.234.567')
  assert.match(formatFor('fr').dollars(1_500_000n), /^1,50\s\$$/)
})

test('a duration is said in the unit that fits, by the language of the reader', () => {
  assert.deepEqual([english.duration(240), english.duration(1_234)], ['240 ms', '1.2 sec'])
  assert.match(formatFor('de').duration(1_234), /^1,2\sSek/)
})

test('ago is said in the largest unit that fits', () => {
  const now = new Date('2026-11-24T12:00:00Z')
  assert.equal(english.ago('2026-11-24T11:57:00Z', now), '3 minutes ago')
  assert.equal(english.ago('2026-11-23T12:00:00Z', now), 'yesterday')
  assert.equal(english.ago('2025-11-24T12:00:00Z', now), 'last year')
})
