import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isRefusal, uuidv7 } from '#kernel'
import { sorts, type Sheet, type Visibility } from './contract.ts'
import { pageEnd, placeAfter } from './cursor.ts'
import { access, isReserved, numbered, sameSheet, tidySheet } from './rules.ts'

test('who may see a bot', () => {
  const open = (visibility: Visibility) =>
    [false, true].flatMap((house) =>
      [false, true].flatMap((mine) =>
        [false, true].map((admitted) => access({ visibility, house, mine, admitted }) === 'open'),
      ),
    )
  assert.ok(open('public').every(Boolean))
  assert.ok(!open('withdrawn').some(Boolean))
  assert.deepEqual(open('private'), [false, true, true, true, false, true, true, true])
  assert.deepEqual(open('draft'), [false, false, true, true, false, true, true, true])
})

test('a cursor reads back for its own order, and nothing else is one', () => {
  const keys = { match: '0.06079271', use: '12', new: '2026-11-24 02:00:00.123456+00', cheap: '0', dear: '10000000000' }
  const id = uuidv7()
  for (const sort of sorts) {
    const place = { sort, key: keys[sort], id }
    assert.deepEqual(placeAfter(pageEnd(place), sort), place)
    for (const other of sorts) if (other !== sort) assert.ok(isRefusal(placeAfter(pageEnd(place), other)))
    assert.ok(isRefusal(placeAfter(pageEnd({ ...place, key: "0'; drop table" }), sort)))
  }
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.base64String(), fc.json().map(encode)),
      fc.constantFrom(...sorts),
      (text, sort) => {
        assert.ok(isRefusal(placeAfter(text, sort)))
      },
    ),
  )
})

const encode = (text: string) => Buffer.from(text).toString('base64url')

test('numbered handles stay handles', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z][a-z0-9]{1,30}(-[a-z0-9]{1,10}){0,2}$/),
      fc.integer({ min: 2, max: 99 }),
      (handle, number) => {
        assert.match(
          numbered(handle.slice(0, 32).replace(/-$/, ''), number),
          /^(?=.{3,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
        )
      },
    ),
  )
})

test('names that sound like the house are the house’s', () => {
  for (const handle of ['admin', 'bottega-news', 'my-support', 'official-bot']) assert.ok(isReserved(handle), handle)
  for (const handle of ['administrator-of-rhymes', 'supporter', 'guide-to-rhymes'])
    assert.ok(!isReserved(handle), handle)
})

const sheet: Sheet = {
  name: 'Poet',
  tagline: 'Rhymes.',
  description: '',
  kind: 'prompt',
  model: 'sandbox/plain',
  systemPrompt: '',
  greeting: '',
  suggestions: [],
  tags: ['a', 'b', 'a', ''],
  language: 'en',
  maxOutputTokens: 10,
  temperature: null,
}

test('a sheet is kept tidy, and compared by what it says', () => {
  assert.deepEqual(tidySheet(sheet).tags, ['a', 'b'])
  assert.equal(tidySheet({ ...sheet, kind: 'guide' }).model, null)
  const { name, ...rest } = sheet
  assert.ok(sameSheet(sheet, { ...rest, name }))
  assert.ok(!sameSheet(sheet, { ...sheet, temperature: 0 }))
})
