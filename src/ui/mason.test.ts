import assert from 'node:assert/strict'
import { test } from 'node:test'
import { masonMark } from './mason.ts'

test('a handle has one mark, however it is written', () => {
  assert.deepEqual(masonMark('guide'), masonMark('Guide'))
})

test('of a hundred handles hardly two share a mark', () => {
  const marks = new Set(Array.from({ length: 100 }, (_, at) => JSON.stringify(masonMark(`bot-${at}`))))
  assert.ok(marks.size > 95, String(marks.size))
})
