import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { uuidv7 } from '#kernel'
import type { Account } from '#ledger'
import { hour } from '../../test/ledger-house.ts'
import {
  granting,
  microseconds,
  moving,
  openRawHouse,
  reserving,
  type RawHouse,
  type RawJournal,
} from '../../test/ledger-raw.ts'

/**
 * What a journal leaves available to the next of the same batch, to the point: what is loose, what is loose or in lots,
 * what is in one lot, and what the hold still holds. A refused journal leaves all of it as it was, whatever it had begun.
 */

let house: RawHouse
let wallet: Account
let soonest: Date
const hold = uuidv7()
/** Ten, all held; seven, of which two are held. */
const [firstLot, secondLot] = [1n, 2n]

before(async () => {
  house = await openRawHouse()
  wallet = await house.account('wallet.points', { user: 'ada' })
  soonest = new Date(house.clock.now().getTime() + hour)
  const answers = await house.raw([
    moving(house.source, wallet, 100n),
    granting(house, wallet, 10n, -1n, new Date(soonest.getTime() + hour)),
    granting(house, wallet, 7n, -2n, new Date(soonest.getTime() + hour)),
    reserving(hold, wallet, 12n),
  ])
  assert.deepEqual(new Set(answers), new Set(['posted']))
})
after(() => house[Symbol.asyncDispose]())

type Left = { readonly loose: bigint; readonly all: bigint; readonly lot: bigint; readonly held: bigint }
const start: Left = { loose: 100n, all: 105n, lot: 5n, held: 12n }

async function undone(journals: readonly RawJournal[]): Promise<string[]> {
  const client = await house.db.pool.connect()
  try {
    await client.query('begin')
    return await house.rawOn(client, journals)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

/** Takes exactly what should be there, and then one more than that. */
async function leaves(prefixes: readonly RawJournal[], answer: string, left: Left): Promise<void> {
  const settle = (amount: bigint): RawJournal => ({
    legs: [{ op: 'settle', debit: wallet, credit: house.source, amount, hold }],
  })
  const takes: readonly [amount: bigint, take: (amount: bigint) => RawJournal, no: string][] = [
    [left.loose, (amount) => moving(wallet, house.source, amount, { draw: -1n }), 'insufficient_funds'],
    [left.all, (amount) => moving(wallet, house.source, amount), 'insufficient_funds'],
    [left.all, (amount) => reserving(uuidv7(), wallet, amount), 'insufficient_funds'],
    [left.lot, (amount) => moving(wallet, house.source, amount, { draw: secondLot }), 'insufficient_funds'],
    [left.held, settle, left.held === 0n ? 'unknown_hold' : 'exceeds_hold'],
  ]
  for (const [amount, take, no] of takes) {
    const fresh = () => prefixes.map((prefix) => ({ ...prefix, key: uuidv7() }))
    const answers = prefixes.map(() => answer)
    if (amount > 0n) assert.deepEqual(await undone([...fresh(), take(amount)]), [...answers, 'posted'])
    assert.deepEqual(await undone([...fresh(), take(amount + 1n)]), [...answers, no])
  }
}

const held = { hold, holdFor: microseconds(hour) }
const leg = {
  settle: (amount: bigint) => ({ op: 'settle', debit: wallet, credit: house.source, amount, hold }) as const,
  release: (amount: bigint) => ({ op: 'release', debit: wallet, amount, hold }) as const,
  extend: (amount: bigint) => ({ op: 'extend', debit: wallet, amount, ...held }) as const,
  spend: (amount: bigint, draw = 0n) => ({ op: 'move', debit: wallet, credit: house.source, amount, draw }) as const,
  give: (amount: bigint, put = 0n) => ({ op: 'move', debit: house.source, credit: wallet, amount, put }) as const,
  bad: () => ({ op: 'move', debit: house.source, credit: wallet, amount: 1n, put: 999n }) as const,
  grant: (amount: bigint) => granting(house, wallet, amount, -1n, soonest).legs[0] as RawJournal['legs'][number],
}

const prefixes: readonly [what: string, legs: () => RawJournal['legs'], left: Partial<Left>][] = [
  ['settling out of the first lot', () => [leg.settle(5n)], { held: 7n }],
  ['settling all', () => [leg.settle(12n)], { held: 0n }],
  ['settling in two legs', () => [leg.settle(4n), leg.settle(7n)], { held: 1n }],
  ['releasing some', () => [leg.release(5n)], { all: 110n, held: 7n }],
  ['releasing the rest', () => [leg.release(0n)], { all: 117n, lot: 7n, held: 0n }],
  ['settling some and releasing the rest', () => [leg.settle(11n), leg.release(0n)], { all: 106n, lot: 6n, held: 0n }],
  [
    'extending beyond the lots and releasing all',
    () => [leg.extend(8n), leg.release(0n)],
    { all: 117n, lot: 7n, held: 0n },
  ],
  ['extending within a lot', () => [leg.extend(3n)], { all: 102n, lot: 2n, held: 15n }],
  ['extending beyond the lots', () => [leg.extend(8n)], { loose: 97n, all: 97n, lot: 0n, held: 20n }],
  ['extending the time alone', () => [leg.extend(0n)], {}],
  ['spending in order', () => [leg.spend(3n)], { all: 102n, lot: 2n }],
  ['spending beyond the lots', () => [leg.spend(9n)], { loose: 96n, all: 96n, lot: 0n }],
  ['spending what is loose', () => [leg.spend(3n, -1n)], { loose: 97n, all: 102n }],
  ['spending out of a lot', () => [leg.spend(3n, secondLot)], { all: 102n, lot: 2n }],
  ['giving', () => [leg.give(3n)], { loose: 103n, all: 108n }],
  ['granting', () => [leg.grant(9n)], { all: 114n }],
  ['granting and spending it', () => [leg.grant(9n), leg.spend(10n)], { all: 104n, lot: 4n }],
  ['returning to a lot', () => [leg.spend(3n, secondLot), leg.give(2n, secondLot)], { all: 104n, lot: 4n }],
  ['returning to a lot that is held', () => [leg.settle(6n), leg.give(2n, firstLot)], { all: 107n, held: 6n }],
  ['reserving', () => [...reserving(uuidv7(), wallet, 6n).legs], { loose: 99n, all: 99n, lot: 0n }],
]

for (const [what, legs, left] of prefixes) {
  test(`${what} leaves exactly the rest`, () => leaves([{ legs: legs() }], 'posted', { ...start, ...left }))
  test(`${what} in a refused journal leaves all as it was`, () => {
    // What the second begins stands where the first had begun something else.
    const loose = [leg.spend(1n, -1n), leg.give(1n), leg.give(1n)]
    return leaves([{ legs: [...legs(), leg.bad()] }, { legs: [...loose, leg.bad()] }], 'unknown_lot', start)
  })
}

test('a part that an earlier journal of the batch made stays in its place when a refused one had added to it', async () => {
  const batch = (settled: bigint) => [
    { legs: [leg.extend(8n)] },
    { legs: [leg.extend(2n), leg.bad()] },
    { legs: [leg.settle(settled)] },
  ]
  assert.deepEqual(await undone(batch(20n)), ['posted', 'unknown_lot', 'posted'])
  assert.deepEqual(await undone(batch(21n)), ['posted', 'unknown_lot', 'exceeds_hold'])
})

test('a hold grows where a refused journal had made it grow, as if that had not been', async () => {
  const batch = (settled: bigint) => [
    { legs: [leg.extend(8n), leg.bad()] },
    { legs: [leg.extend(9n)] },
    { legs: [leg.settle(settled)] },
  ]
  assert.deepEqual(await undone(batch(21n)), ['unknown_lot', 'posted', 'posted'])
  assert.deepEqual(await undone(batch(22n)), ['unknown_lot', 'posted', 'exceeds_hold'])
})
