import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { uuidv7, type Money } from '#kernel'
import type { Account } from '#ledger'
import { openDatabase } from '#platform'
import {
  fund,
  grantFree,
  hour,
  ok,
  openHouse,
  order,
  points,
  refused,
  reserve,
  settle,
  settleInPart,
  usd,
  writesNothing,
  type House,
} from '../../test/ledger-house.ts'
import { flows, gifts, messages, shop, wallet } from '../../test/market/flows.ts'
import { openLedger } from './ledger.ts'

/** Bad input through the call that rooms make: each has a named refusal, and none writes anything. */

let house: House
let ada: Account
let grace: Account
before(async () => {
  house = await openHouse()
  ada = await fund(house, 'ada', 100n)
  grace = await fund(house, 'grace', 10n)
  await house.account('points.consumed')
  await house.account('points.issued')
  await house.account('points.breakage')
  await house.account('creators.expense')
  await house.account('creator.pending', { user: 'grace' })
})
after(() => house[Symbol.asyncDispose]())

function give(amounts: { points: Money }, accounts: { giver?: Account; receiver?: Account } = {}, key = uuidv7()) {
  return house.ledger.post(gifts.templates['gift.given'], {
    key,
    accounts: { giver: ada, receiver: grace, ...accounts },
    amounts: amounts as { points: Money<'POINTS'> },
    lotExpiresAt: new Date('2027-01-01'),
  })
}

const most = 4_000_000_000_000_000_000n

const refusals: readonly [what: string, code: string, post: () => Promise<unknown>][] = [
  [
    'an account that was made up',
    'unknown_account',
    () => give({ points: points(1n) }, { receiver: { ...grace, id: 999_999n } }),
  ],
  [
    'an account of another home',
    'unknown_account',
    () => give({ points: points(1n) }, { receiver: { ...grace, home: 2 } }),
  ],
  [
    'both accounts of another home',
    'unknown_account',
    () => give({ points: points(1n) }, { giver: { ...ada, home: 2 }, receiver: { ...grace, home: 2 } }),
  ],
  [
    'an account that was not opened',
    'unknown_account',
    () => house.ledger.account({ kind: 'wallet.points', owner: { type: 'user', id: 'nobody' } }),
  ],
  ['a kind that no chart has', 'unknown_account', () => house.ledger.account({ kind: 'no.kind', owner: 'system' })],
  ['the wrong unit', 'wrong_unit', () => give({ points: usd(1n) })],
  [
    'an account of the wrong unit',
    'wrong_unit',
    () => give({ points: points(1n) }, { receiver: { ...grace, unit: 'USD' } }),
  ],
  [
    'an account that leaves in the wrong unit',
    'wrong_unit',
    () => give({ points: points(1n) }, { giver: { ...ada, unit: 'USD' } }),
  ],
  ['nothing', 'invalid_amount', () => give({ points: points(0n) })],
  ['less than nothing', 'invalid_amount', () => give({ points: points(-1n) })],
  ['a hold of nothing', 'invalid_amount', () => reserve(house, ada, 0n)],
  [
    'a journal of nothing but what was left out',
    'invalid_amount',
    () => house.ledger.post(nothing, { key: uuidv7(), accounts: {}, amounts: {} }),
  ],
  ['more than there is', 'insufficient_funds', () => give({ points: points(101n) })],
  ['more than can be counted', 'invalid_amount', () => give({ points: points(most + 1n) })],
  ['more than the database could read', 'amount_too_large', () => give({ points: points(2n ** 80n) })],
  [
    'an account of another kind',
    'foreign_kind',
    async () => give({ points: points(1n) }, { receiver: await house.account('points.consumed') }),
  ],
  [
    'a giver of another kind',
    'foreign_kind',
    async () => give({ points: points(1n) }, { giver: await house.account('points.issued') }),
  ],
  ['a gift to oneself', 'same_account', () => give({ points: points(1n) }, { receiver: ada })],
  ['a hold for no time', 'invalid_duration', () => reserve(house, ada, 1n, { holdMs: 0 })],
  ['a hold into the past', 'invalid_duration', () => reserve(house, ada, 1n, { holdMs: -1 })],
  ['no such hold', 'unknown_hold', () => settle(house, ada, uuidv7(), 1n)],
  ['no such lot', 'unknown_lot', () => expire(999_999n)],
  ['no lot at all', 'unknown_lot', () => expire(0n)],
  ['a lot below all lots', 'unknown_lot', () => expire(-1n)],
  ['a lot beyond all lots', 'unknown_lot', () => expire(2n ** 63n)],
  [
    'no such journal',
    'unknown_journal',
    () => house.ledger.reverse({ key: uuidv7(), journal: uuidv7(), room: 'shop' }),
  ],
]

const nothing = {
  ...shop.templates['order.completed'],
  spec: { accounts: {}, amounts: {}, legs: [] },
} as const

async function expire(lot: bigint) {
  const accounts = { wallet: ada, breakage: await house.account('points.breakage') }
  const template = wallet.templates['wallet.lot_expired']
  return house.ledger.post(template, { key: uuidv7(), lot, accounts, amounts: { rest: points(1n) } })
}

for (const [what, code, post] of refusals) {
  test(`${code}: ${what}, and nothing is written`, () => writesNothing(house, async () => refused(await post(), code)))
}

test('settling above the hold, twice, or after its end', async () => {
  const hold = uuidv7()
  ok(await reserve(house, ada, 10n, { key: hold }))
  await writesNothing(house, async () => refused(await settle(house, ada, hold, 11n), 'exceeds_hold'))
  await writesNothing(house, async () => refused(await settle(house, grace, hold, 1n), 'unknown_hold'))
  ok(await settle(house, ada, hold, 10n))
  await writesNothing(house, async () => refused(await settle(house, ada, hold, 10n), 'hold_resolved'))
  await writesNothing(house, async () => refused(await release(hold), 'hold_resolved'))
  const late = uuidv7()
  ok(await reserve(house, ada, 10n, { key: late }))
  house.clock.advance(hour)
  refused(await settle(house, ada, late, 1n), 'hold_expired')
  await writesNothing(house, async () => {
    refused(await settle(house, ada, late, 1n), 'hold_expired')
    refused(await settleInPart(house, ada, late, 1n), 'hold_expired')
    refused(await release(late), 'hold_expired')
  })
})

function release(hold: ReturnType<typeof uuidv7>) {
  return house.ledger.post(messages.templates['message.released'], {
    key: uuidv7(),
    hold,
    accounts: { wallet: ada },
    amounts: {},
  })
}

test('a key reused for another body, whatever differs', async () => {
  const key = uuidv7()
  const lotExpiresAt = new Date('2027-01-01')
  const accounts = { giver: ada, receiver: grace }
  const input = { key, accounts, amounts: { points: points(1n) }, lotExpiresAt }
  const template = gifts.templates['gift.given']
  ok(await house.ledger.post(template, input))
  await writesNothing(house, async () => {
    ok(await house.ledger.post(template, { ...input }))
    for (const other of [
      { ...input, amounts: { points: points(2n) } },
      { ...input, accounts: { giver: grace, receiver: ada } },
      { ...input, lotExpiresAt: new Date('2027-01-02') },
      { ...input, facts: { why: 'thanks' } },
      { ...input, effectiveAt: new Date('2026-11-30') },
    ])
      refused(await house.ledger.post(template, other), 'key_reused')
    refused(await reserve(house, ada, 1n, { key }), 'key_reused')
    refused(await house.ledger.reverse({ key, journal: key, room: 'gifts' }), 'key_reused')
  })
})

test('an instant that is none crashes its caller alone, before anything is sent', async () => {
  const never = new Date(Number.NaN)
  const fine = give({ points: points(1n) })
  await assert.rejects(order(house, { effectiveAt: never }), /is an instant/)
  await assert.rejects(grantFree(house, ada, 1n, never), /is an instant/)
  ok(await fine)
})

test('one key posted by two servers at once makes one journal, and both learn the same', async () => {
  await using other = openOther()
  const ledger = await openLedger({ db: other.db, charts: flows, clock: house.clock })
  for (let round = 0; round < 20; round++) {
    const key = uuidv7()
    const input = {
      key,
      accounts: { giver: ada, receiver: grace },
      amounts: { points: points(1n) },
      lotExpiresAt: new Date('2027-01-01'),
    }
    const answers = await Promise.all(
      [house.ledger, ledger, house.ledger, ledger].map((one) => one.post(gifts.templates['gift.given'], input)),
    )
    for (const answer of answers) assert.deepEqual(ok(answer), ok(answers[0] as typeof answer))
    const rows = await house.query('select 1 from ledger.journal where id = $1', [key])
    assert.equal(rows.length, 1)
  }
})

function openOther() {
  const db = openDatabase({ url: house.url, poolMax: 4 })
  return { db, [Symbol.asyncDispose]: () => db.close() }
}

test('accounts opened by many at once are one account', async () => {
  const ids = await Promise.all(
    Array.from({ length: 20 }, async (_, at) => {
      await using other = openOther()
      const ledger = at % 2 ? house.ledger : await openLedger({ db: other.db, charts: flows })
      return (await ledger.open({ kind: 'wallet.points', owner: { type: 'user', id: 'new' } })).id
    }),
  )
  assert.equal(new Set(ids).size, 1)
})

test('the compiler refuses what a template does not want', () => {
  const accounts = { giver: ada, receiver: grace }
  const [key, lotExpiresAt, amounts] = [uuidv7(), new Date('2027-01-01'), { points: points(1n) }]
  const given = gifts.templates['gift.given']
  const wrong = [
    // @ts-expect-error the template's amount is in points
    () => house.ledger.post(given, { key, lotExpiresAt, accounts, amounts: { points: usd(1n) } }),
    // @ts-expect-error the receiver is missing
    () => house.ledger.post(given, { key, lotExpiresAt, amounts, accounts: { giver: ada } }),
    // @ts-expect-error a lot needs its end
    () => house.ledger.post(given, { key, amounts, accounts }),
    // @ts-expect-error a settlement needs its hold
    () => house.ledger.post(gifts.templates['gift.claimed'], { key, amounts, accounts }),
  ]
  assert.equal(wrong.length, 4)
})
