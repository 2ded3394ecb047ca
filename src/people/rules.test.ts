import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { settableClock } from '#kernel'
import { World } from '../../test/world.ts'
import { createAttempts } from './attempts.ts'
import { judgeAttempts, placeOf, signInLimits, type Limit } from './rules.ts'

test('an address counts as the line it comes from', () => {
  const places: Record<string, string> = {
    '192.0.2.7': '192.0.2.7',
    '::ffff:192.0.2.7': '192.0.2.7',
    '2001:db8:0:1:aaaa:bbbb:cccc:dddd': '2001:db8:0:1::/64',
    '2001:DB8:0000:0001::5': '2001:db8:0:1::/64',
    '2001:db8::1': '2001:db8:0:0::/64',
    '::1': '0:0:0:0::/64',
    'fe80::1%eth0': 'fe80:0:0:0::/64',
    unknown: 'unknown',
  }
  for (const [address, place] of Object.entries(places)) assert.equal(placeOf(address), place, address)
})

test('an IPv6 line is one place however its addresses are written', () => {
  const group = fc.nat(0xffff).map((value) => value.toString(16))
  const tail = fc.array(group, { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(fc.array(group, { minLength: 4, maxLength: 4 }), tail, tail, (line, one, other) => {
      const written = [...line, ...one].join(':')
      const padded = [...line, ...other].map((part) => part.padStart(4, '0').toUpperCase()).join(':')
      assert.equal(placeOf(written), placeOf(padded))
    }),
  )
})

test('the longest wait is told, in minutes that are not too few', () => {
  const now = new Date('2026-11-24T09:00:00Z')
  const limit = (bucket: string): Limit => ({ bucket, max: 2, windowMs: 600_000 })
  const ending = (ms: number) => new Date(now.getTime() + ms)
  const judge = (...tried: [string, number, number][]) =>
    judgeAttempts(
      [limit('a'), limit('b')],
      tried.map(([bucket, count, ms]) => ({ bucket, count, endsAt: ending(ms) })),
      now,
    )?.detail
  assert.equal(judge(['a', 2, 1000], ['b', 1, 600_000]), undefined)
  assert.equal(judge(['a', 3, 1000]), 'That was tried too often. Try again in a minute.')
  assert.equal(judge(['a', 3, 60_001], ['b', 9, 1]), 'That was tried too often. Try again in 2 minutes.')
})

test('guesses are counted by account from everywhere, and by place at all accounts', async () => {
  await using database = await World.database()
  const attempts = createAttempts({ db: database.db, clock: settableClock(new Date('2026-11-24T09:00:00Z')) })
  const refused = async (guesses: readonly { email: string; address: string }[]) => {
    const answers = await Promise.all(guesses.map((guess) => attempts.count(signInLimits(guess))))
    return answers.filter((answer) => answer).length
  }
  const one = Array.from({ length: 60 }, (_, at) => ({ email: 'a@example.org', address: `192.0.2.${at}` }))
  assert.equal(await refused(one), 10, 'fifty in an hour')
  const many = Array.from({ length: 40 }, (_, at) => ({ email: `${at}@example.org`, address: `2001:db8::${at}` }))
  assert.equal(await refused(many), 10, 'thirty in ten minutes, from anywhere in a /64')
})

test('what is forgiven was never tried', async () => {
  await using database = await World.database()
  const attempts = createAttempts({ db: database.db, clock: settableClock(new Date('2026-11-24T09:00:00Z')) })
  const limits = [{ bucket: 'a', max: 1, windowMs: 1000 }]
  assert.equal(await attempts.count(limits), undefined)
  await attempts.forgive(limits)
  assert.equal(await attempts.count(limits), undefined)
  assert.equal((await attempts.count(limits))?.refused, 'too_many')
  await attempts.forgive([{ bucket: 'never', max: 1, windowMs: 1000 }])
})
