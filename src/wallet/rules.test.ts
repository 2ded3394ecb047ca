import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { uuidv7 } from '#kernel'
import { topUpStates } from './contract.ts'
import { allowanceOf, grantKey, mayFollow, nextMidnight, periodAt, repayment, splitRecovery, usedOf } from './rules.ts'

const late = new Date('2026-12-31T23:59:59.999Z')
const cap = { points: 500n, setting: 3, carried: 200n, carriedFor: '2026-12-31' }

await test('days and months are UTC, and end where the next begins', () => {
  assert.deepEqual(periodAt(late, 'day'), { name: '2026-12-31', start: new Date('2026-12-31T00:00:00Z') })
  assert.deepEqual(periodAt(late, 'month'), { name: '2026-12', start: new Date('2026-12-01T00:00:00Z') })
  assert.deepEqual(nextMidnight(late), new Date('2027-01-01T00:00:00Z'))
  assert.deepEqual(nextMidnight(new Date('2026-12-31T00:00:00Z')), new Date('2027-01-01T00:00:00Z'))
})

await test('a grant has one key for each person and day', () => {
  const [grace, ada] = [uuidv7(), uuidv7()]
  const [day, next] = [periodAt(late, 'day').start, nextMidnight(late)]
  assert.equal(grantKey(grace, day), grantKey(grace, day))
  assert.equal(new Set([grantKey(grace, day), grantKey(ada, day), grantKey(grace, next)]).size, 3)
})

await test('an allowance is what a cap leaves after what its period had used, and whole in the next period', () => {
  assert.deepEqual(allowanceOf(cap, 'day', late), {
    subject: 'day:2026-12-31/3',
    allowed: 300n,
    start: new Date('2026-12-31T00:00:00Z'),
  })
  assert.equal(allowanceOf(cap, 'day', nextMidnight(late)).allowed, 500n)
  assert.equal(allowanceOf({ ...cap, carried: 500n }, 'day', late).allowed, 0n)
  assert.equal(allowanceOf({ ...cap, carried: 700n }, 'day', late).allowed, 0n)
  assert.equal(usedOf(cap, 'day', late, 120n), 380n)
  assert.equal(usedOf(cap, 'day', nextMidnight(late), 120n), 380n)
  assert.equal(usedOf({ ...cap, carried: 700n }, 'day', late, 0n), 700n)
})

await test('a top-up goes forward only, and what is final stays', () => {
  const after = (from: (typeof topUpStates)[number]) => topUpStates.filter((to) => mayFollow(from, to))
  assert.deepEqual(after('started'), ['asks', 'succeeded', 'failed', 'refunded', 'disputed'])
  assert.deepEqual(after('asks'), ['succeeded', 'failed', 'refunded', 'disputed'])
  assert.deepEqual(after('failed'), ['succeeded', 'refunded', 'disputed'])
  assert.deepEqual(after('succeeded'), ['refunded', 'disputed'])
  assert.deepEqual([...after('refunded'), ...after('disputed')], [])
})

await test('what is taken back and what is owed are the sale, and a debt takes no more than it is', () => {
  const amount = fc.bigInt(0n, 10n ** 12n)
  fc.assert(
    fc.property(amount, fc.bigInt(-5n, 10n ** 12n), (points, loose) => {
      const { recovered, owed } = splitRecovery(points, loose)
      assert.equal(recovered + owed, points)
      assert.ok(recovered >= 0n && owed >= 0n && (recovered === points || recovered === (loose > 0n ? loose : 0n)))
      assert.ok(repayment(points, owed) === owed)
    }),
  )
  assert.deepEqual(splitRecovery(5n, 1n), { recovered: 1n, owed: 4n })
  assert.deepEqual([repayment(100n, 40n), repayment(40n, 100n)], [40n, 40n])
})
