import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidv7 } from '#kernel'
import { hour } from '../../test/ledger-house.ts'
import {
  granting,
  lotsLeft,
  microseconds,
  moving,
  openRawHouse,
  reserving,
  type RawHouse,
} from '../../test/ledger-raw.ts'

const later = (house: RawHouse, hours: number) => new Date(house.clock.now().getTime() + hours * hour)
const walletOf = (house: RawHouse, user = 'ada') => house.account('wallet.points', { user })

async function posts(house: RawHouse, ...journals: Parameters<RawHouse['raw']>[0]): Promise<void> {
  assert.deepEqual(
    await house.raw(journals),
    journals.map(() => 'posted'),
  )
}

test('lots are spent by class, then by their end, then by age, and last what is loose', async () => {
  await using house = await openRawHouse()
  const ada = await walletOf(house)
  await posts(house, moving(house.source, ada, 100n))
  // In one call and in several: the order is that of the lots, not of their making.
  await posts(
    house,
    granting(house, ada, 1n, -3n, later(house, 1)),
    granting(house, ada, 2n, -1n, later(house, 9)),
    granting(house, ada, 3n, -2n, later(house, 5)),
    granting(house, ada, 4n, -1n, later(house, 4)),
  )
  await posts(house, granting(house, ada, 5n, -1n, later(house, 4)))
  await posts(house, granting(house, ada, 6n, -1n, later(house, 4)), granting(house, ada, 7n, -2n, later(house, 2)))
  const spent = uuidv7()
  await posts(house, { ...moving(ada, house.source, 30n), key: spent })
  const legs = await house.query<{ amount: bigint }>('select amount from ledger.leg where journal = $1 order by pos', [
    spent,
  ])
  assert.deepEqual(
    legs.map((leg) => leg.amount),
    [4n, 5n, 6n, 2n, 7n, 3n, 1n, 2n],
  )
})

test('new lots take their place among those of the same call', async () => {
  await using house = await openRawHouse()
  const ada = await walletOf(house)
  const spent = uuidv7()
  await posts(
    house,
    granting(house, ada, 2n, -1n, later(house, 9)),
    granting(house, ada, 3n, -2n, later(house, 5)),
    granting(house, ada, 4n, -1n, later(house, 4)),
    granting(house, ada, 5n, -1n, later(house, 4)),
    granting(house, ada, 1n, -3n, later(house, 1)),
    { ...moving(ada, house.source, 15n), key: spent },
  )
  const legs = await house.query<{ amount: bigint }>('select amount from ledger.leg where journal = $1 order by pos', [
    spent,
  ])
  assert.deepEqual(
    legs.map((leg) => leg.amount),
    [4n, 5n, 2n, 3n, 1n],
  )
})

test('a lot ends at its instant: it is good just before and not then', async () => {
  await using house = await openRawHouse()
  const ada = await walletOf(house)
  await posts(house, granting(house, ada, 5n, -1n, later(house, 1)))
  house.clock.advance(hour - 1)
  await posts(house, moving(ada, house.source, 2n))
  house.clock.advance(1)
  assert.deepEqual(await house.raw([moving(ada, house.source, 1n)]), ['insufficient_funds'])
  assert.deepEqual(await house.raw([reserving(uuidv7(), ada, 1n)]), ['insufficient_funds'])
  await posts(house, moving(ada, house.source, 3n, { draw: 1n }))
  assert.deepEqual(await lotsLeft(house.ledger, ada), [])
})

test('a hold ends at its instant for whoever touches the account, by whatever journal', async () => {
  await using house = await openRawHouse()
  const ada = await walletOf(house)
  await posts(house, granting(house, ada, 5n, -1n, later(house, 9)), moving(house.source, ada, 5n))
  await posts(house, reserving(uuidv7(), ada, 8n, microseconds(hour)))
  house.clock.advance(hour - 1)
  assert.deepEqual(await house.raw([moving(ada, house.source, 3n)]), ['insufficient_funds'])
  house.clock.advance(1)
  await posts(house, moving(ada, house.source, 10n))
  assert.deepEqual(await house.ledger.balance(ada), { posted: 0n, held: 0n, available: 0n })
})

test('what is taken back returns to the very lot, spent or not, and to no other account', async () => {
  await using house = await openRawHouse()
  const ada = await walletOf(house)
  const grace = await walletOf(house, 'grace')
  await posts(
    house,
    granting(house, ada, 5n, -1n, later(house, 1)),
    granting(house, ada, 6n, -1n, later(house, 2)),
    granting(house, ada, 7n, -1n, later(house, 3)),
    granting(house, grace, 8n, -1n, later(house, 3)),
    moving(ada, house.source, 18n),
    moving(grace, house.source, 8n),
  )
  assert.deepEqual(await lotsLeft(house.ledger, ada), [])
  const into = (lot: bigint, account = ada) => moving(house.source, account, 1n, { put: lot })
  await posts(house, into(2n))
  await posts(house, into(3n))
  await posts(house, into(2n), into(1n))
  assert.deepEqual(await lotsLeft(house.ledger, ada), [1n, 2n, 1n])
  assert.deepEqual(await house.raw([into(4n)]), ['unknown_lot'])
  assert.deepEqual(await house.raw([into(1n, grace)]), ['unknown_lot'])
  await posts(house, into(4n, grace))
})

test('what a refused journal had added to a hold parts no neighbours, and takes no number', async () => {
  await using house = await openRawHouse()
  const ada = await walletOf(house)
  const hold = uuidv7()
  await posts(house, moving(house.source, ada, 10n))
  await posts(house, reserving(hold, ada, 3n))
  const extending = (amount: bigint) => ({ op: 'extend', debit: ada, amount, hold }) as const
  const grant = () => granting(house, ada, 4n, -1n, later(house, 9))
  const tooMuch = { op: 'move', debit: ada, credit: house.source, amount: 1000n } as const
  assert.deepEqual(
    await house.raw([
      grant(),
      { legs: [extending(4n), tooMuch] },
      moving(ada, house.source, 4n),
      { legs: [extending(2n)] },
      grant(),
      { legs: [extending(4n)] },
    ]),
    ['posted', 'insufficient_funds', 'posted', 'posted', 'posted', 'posted'],
  )
  const parts = await house.query('select n, amount, lot from ledger.hold where id = $1 order by n', [hold])
  assert.deepEqual(parts, [
    { n: 1, amount: 5n, lot: null },
    { n: 2, amount: 4n, lot: 2n },
  ])
})

test('holds that end together end apart: each on each account has its own journal, and gives back its own', async () => {
  await using house = await openRawHouse()
  const ada = await walletOf(house)
  const grace = await walletOf(house, 'grace')
  const [first, second, shared] = [uuidv7(), uuidv7(), uuidv7()]
  await posts(
    house,
    moving(house.source, ada, 10n),
    moving(house.source, grace, 10n),
    granting(house, ada, 4n, -1n, later(house, 9)),
    reserving(first, ada, 5n),
    reserving(second, ada, 2n),
    { key: shared, legs: [...reserving(shared, ada, 3n).legs, ...reserving(shared, grace, 6n).legs] },
  )
  house.clock.advance(hour)
  await posts(house, moving(ada, grace, 14n))
  const ended = await house.query<{ hold: string; dr: bigint; amount: bigint; journals: bigint }>(
    `select l.hold, l.dr, sum(l.amount)::int8 as amount, count(distinct l.journal) as journals from ledger.leg l
    join ledger.journal j on j.home = l.home and j.id = l.journal
    where l.op = 5 and j.id = ledger.expiry_key(l.hold, l.dr) group by l.hold, l.dr order by amount`,
  )
  assert.deepEqual(
    ended.map(({ hold, dr, amount, journals }) => [hold, dr, amount, journals]),
    [
      [second, ada.id, 2n, 1n],
      [shared, ada.id, 3n, 1n],
      [first, ada.id, 5n, 1n],
      [shared, grace.id, 6n, 1n],
    ],
  )
})

test('the parts of holds that end together are told apart in whatever order they were made', async () => {
  await using house = await openRawHouse()
  const ada = await walletOf(house)
  const [first, second] = [uuidv7(), uuidv7()]
  await posts(
    house,
    granting(house, ada, 4n, -1n, later(house, 8)),
    granting(house, ada, 6n, -1n, later(house, 9)),
    moving(house.source, ada, 5n),
  )
  await posts(house, reserving(first, ada, 3n))
  await posts(house, reserving(second, ada, 2n))
  const extend = { op: 'extend', debit: ada, holdFor: microseconds(hour) } as const
  await posts(house, { legs: [{ ...extend, amount: 2n, hold: first }] })
  await posts(house, { legs: [{ ...extend, amount: 6n, hold: second }] })
  const parts = await house.query<{ id: string; n: number; lot: bigint | null; amount: bigint }>(
    'select id, n, lot, amount from ledger.hold order by id = $1, n',
    [second],
  )
  assert.deepEqual(
    parts.map(({ id, n, lot, amount }) => [id, n, lot, amount]),
    [
      [first, 1, 1n, 3n],
      [first, 2, 2n, 2n],
      [second, 1, 1n, 1n],
      [second, 2, 2n, 4n],
      [second, 3, null, 3n],
    ],
  )
  house.clock.advance(hour)
  await posts(house, moving(ada, house.source, 15n))
})
