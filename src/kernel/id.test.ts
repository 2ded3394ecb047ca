import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { derivedId, isUuid, uuidv7 } from './id.ts'

const instant = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
const msOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
const v = (id: string) => ({ version: id.charAt(14), variant: id.charAt(19) })

test('an identifier of version 7 begins with its millisecond and is well formed', () => {
  fc.assert(
    fc.property(instant, (at) => {
      const id = uuidv7(at)
      assert.ok(isUuid(id), id)
      assert.equal(v(id).version, '7')
      assert.match(v(id).variant, /[89ab]/)
      assert.equal(msOf(id), at.getTime())
    }),
  )
  const before = Date.now()
  const made = msOf(uuidv7())
  assert.ok(made >= before && made <= Date.now())
})

test('identifiers sort by the millisecond they were made in', () => {
  fc.assert(
    fc.property(instant, instant, (a, b) => {
      if (a.getTime() === b.getTime()) return
      assert.equal(uuidv7(a) < uuidv7(b), a < b)
    }),
  )
})

test('a hundred thousand identifiers of one millisecond are all different, in every part that is drawn', () => {
  const at = new Date('2026-12-01')
  const ids = Array.from({ length: 100_000 }, () => uuidv7(at))
  assert.equal(new Set(ids).size, ids.length)
  for (const [from, to, kinds] of [
    [15, 18, 4096],
    [19, 20, 4],
    [20, 23, 4096],
  ] as const)
    assert.equal(new Set(ids.map((id) => id.slice(from, to))).size, kinds)
})

test('a derived identifier is the same for the same name and instant, and only for them', () => {
  const names = fc.array(fc.string(), { minLength: 1, maxLength: 4 }) as fc.Arbitrary<[string, ...string[]]>
  fc.assert(
    fc.property(instant, instant, names, names, (at, otherAt, name, other) => {
      const id = derivedId(at, ...name)
      assert.ok(isUuid(id), id)
      assert.equal(v(id).version, '8')
      assert.match(v(id).variant, /[89ab]/)
      assert.equal(msOf(id), at.getTime())
      assert.equal(derivedId(new Date(at), ...name), id)
      const same = at.getTime() === otherAt.getTime() && JSON.stringify(name) === JSON.stringify(other)
      assert.equal(derivedId(otherAt, ...other) === id, same)
    }),
  )
  assert.notEqual(derivedId(new Date(0), 'a', 'b'), derivedId(new Date(0), 'a,b'))
  assert.notEqual(derivedId(new Date(0), 'a', 'b'), derivedId(new Date(0), 'ab'))
  // Whoever derives a key in years to come must come to this one.
  assert.equal(derivedId(new Date('2026-12-01'), 'wallet.daily_points', 'ada'), '01a22ee6-b000-8b24-a9db-f9f3209a38f8')
})

test('only a canonical identifier is one', () => {
  const id = uuidv7()
  assert.ok(isUuid(id))
  for (const text of [
    '',
    id.toUpperCase(),
    ` ${id}`,
    `${id}\n`,
    id.replaceAll('-', ''),
    `{${id}}`,
    id.replace(/^./, 'g'),
  ])
    assert.equal(isUuid(text), false, text)
  assert.equal(isUuid('01a20ad8-5430-099c-96b7-d9cf17c32b0a'), false, 'no version')
  assert.equal(isUuid('01a20ad8-5430-799c-16b7-d9cf17c32b0a'), false, 'no variant')
})
