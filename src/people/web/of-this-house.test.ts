import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOfThisHouse } from './of-this-house.ts'

test('nobody is sent to another site after they signed in', () => {
  for (const to of ['/', '/account', '/b/tutor?x=1#y', '/%2F%2Fevil.example']) assert.ok(isOfThisHouse(to), to)
  for (const to of [
    '',
    'account',
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '///evil.example',
    'javascript:alert(1)',
    'http://house/',
  ])
    assert.ok(!isOfThisHouse(to), to)
})
