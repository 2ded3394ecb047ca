import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidv7 } from '#kernel'
import { dueOn, lastDueDay, sharesOf } from './rules.ts'

await test('a day is due once 14 whole days, for free points 30, have passed since its end', () => {
  assert.deepEqual([dueOn('2026-11-24', 'paid'), dueOn('2026-11-24', 'free')], ['2026-12-09', '2026-12-25'])
  assert.equal(lastDueDay(new Date('2026-12-08T23:59:59.999Z'), 'paid'), '2026-11-23')
  assert.equal(lastDueDay(new Date('2026-12-09T00:00:00Z'), 'paid'), '2026-11-24')
  assert.equal(lastDueDay(new Date('2026-12-25T00:00:00Z'), 'free'), '2026-11-24')
})

const [creator, bot] = [uuidv7(), uuidv7()]
const call = { bot, creator, earned: '70', earnedFree: '30', unfunded: '0' }

await test('an event is read as what each bot earned its creator, the calls of one bot together', () => {
  const calls = [call, { ...call, earned: '5', earnedFree: '5', unfunded: '2' }, { ...call, bot: creator }]
  assert.deepEqual(sharesOf({ facts: { calls } }), [
    { creator, bot, messages: 2, paid: 75n, free: 35n, unfunded: 2n },
    { creator, bot: creator, messages: 1, paid: 70n, free: 30n, unfunded: 0n },
  ])
})

await test('bots of the house and calls that earned nothing are in no sum', () => {
  const nothing = { ...call, earned: '0', earnedFree: '0' }
  assert.deepEqual(sharesOf({ facts: { calls: [{ ...call, creator: null }, nothing] } }), [])
  const even = { ...call, earned: '5', earnedFree: '5' }
  for (const some of [{ ...nothing, unfunded: '1' }, even])
    assert.equal(sharesOf({ facts: { calls: [some] } }).length, 1)
  assert.throws(() => sharesOf({ facts: { calls: [{ ...call, earned: '-1' }] } }))
})
