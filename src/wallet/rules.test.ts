import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { uuidv7 } from '#kernel'
import { topUpStates } from './contract.ts'
import {
  allowanceName,
  grantKey,
  mayFollow,
  nextMidnight,
  periodAt,
  refill,
  repayment,
  splitRecovery,
} from './rules.ts'

const late = new Date('2026-12-31T23:59:59.999Z')

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

await test('an allowance is filled to its cap, and nothing that is used is taken out of it', () => {
  assert.deepEqual([allowanceName('day', late), allowanceName('month', late)], ['day:2026-12-31', 'month:2026-12'])
  assert.equal(refill({ cap: 500n, put: 0n, used: 0n }), 500n)
  assert.equal(refill({ cap: 500n, put: 500n, used: 500n }), 0n)
  assert.equal(refill({ cap: 800n, put: 500n, used: 500n }), 300n)
  assert.equal(refill({ cap: 300n, put: 500n, used: 120n }), -200n)
  assert.equal(refill({ cap: 300n, put: 500n, used: 380n }), -120n)
  assert.equal(refill({ cap: 300n, put: 380n, used: 380n }), 0n)
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
