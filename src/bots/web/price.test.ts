import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { handleText } from '#bots/contract'
import { handleFrom } from './handle.ts'
import { pointsAMessage, readPrice, writePrice } from './price.ts'

test('a price is read as people type it, and written as they would', () => {
  assert.equal(readPrice('4'), 4_000_000n)
  assert.equal(readPrice(' $ 12.5 '), 12_500_000n)
  assert.equal(readPrice('0,125'), 125_000n)
  for (const text of ['', '-1', '1.2345', 'free', '1e3', '100000.5.5']) assert.equal(readPrice(text), undefined, text)
  assert.equal(writePrice(12_500_000n), '12.50')
  fc.assert(
    fc.property(fc.bigInt(0n, 10_000_000n), (thousandths) => {
      assert.equal(readPrice(writePrice(thousandths * 1000n)), thousandths * 1000n)
    }),
  )
})

test('points for a message are whole, and never less than the price is worth', () => {
  assert.equal(pointsAMessage(0n), 0n)
  assert.equal(pointsAMessage(1_000n), 1n)
  assert.equal(pointsAMessage(4_000_000n), 134n)
  fc.assert(
    fc.property(fc.bigInt(0n, 10_000_000n), (thousandths) => {
      const points = pointsAMessage(thousandths * 1000n)
      assert.ok(points * 30n >= thousandths && (points - 1n) * 30n < thousandths)
    }),
  )
})

test('a handle made of a name is one, or too short to be one', () => {
  assert.equal(handleFrom('Café au lait, 2nd cup!'), 'cafe-au-lait-2nd-cup')
  assert.equal(handleFrom('语文小学堂'), '')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (name) => {
      const handle = handleFrom(name)
      assert.ok(handle.length < 3 || handleText.safeParse(handle).success, handle)
    }),
  )
})
