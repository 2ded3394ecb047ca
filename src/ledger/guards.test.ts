import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { uuidv7 } from '#kernel'
import type { Account } from '#ledger'
import { hour, writesNothing } from '../../test/ledger-house.ts'
import { granting, moving, openRawHouse, reserving, type RawHouse, type RawJournal } from '../../test/ledger-raw.ts'

/** The database's own guards: journals by hand, so that no check in TypeScript stands before them. */

let house: RawHouse
let wallet: Account
let other: Account
let dollars: Account
let fees: Account
let issued: Account
/** Nine points, four of them held, and no lots. */
let plain: Account
/** What the room of messages may credit and not debit, both, and neither. */
let pending: Account
let expense: Account
let available: Account
let messages: bigint
let lot: bigint
let pos: bigint
const key = uuidv7()
const hold = uuidv7()
const nobody = 999_999n
const most = 4_000_000_000_000_000_000n

before(async () => {
  house = await openRawHouse()
  wallet = await house.account('wallet.points', { user: 'ada' })
  other = await house.account('wallet.points', { user: 'grace' })
  dollars = await house.account('funding.source', { unit: 'USD' })
  issued = await house.account('points.issued')
  plain = await house.account('wallet.points', { user: 'ken' })
  fees = await house.account('cash.fees', { unit: 'USD' })
  pending = await house.account('creator.pending', { user: 'ada' })
  expense = await house.account('creators.expense')
  available = await house.account('creator.available', { user: 'ada' })
  const [room] = await house.query<{ bit: bigint }>(
    `select 1::int8 << id::int as bit from ledger.room where name = 'messages'`,
  )
  messages = room?.bit ?? 0n
  const tomorrow = new Date(house.clock.now().getTime() + 24 * hour)
  const opening = [
    { ...moving(house.source, wallet, 100n), key },
    granting(house, wallet, 10n, -1n, tomorrow),
    reserving(hold, wallet, 30n),
    moving(house.source, plain, 9n),
    reserving(uuidv7(), plain, 4n),
  ]
  assert.deepEqual(new Set(await house.raw(opening)), new Set(['posted']))
  const rows = await house.query<{ lot: bigint; pos: bigint }>(
    `select (select id from ledger.lot) as lot, (select pos from ledger.leg where journal = $1) as pos`,
    [key],
  )
  ;({ lot, pos } = rows[0] ?? { lot: 0n, pos: 0n })
})
after(() => house[Symbol.asyncDispose]())

/** Alone, and after a leg that could be posted: then that leg has to be undone. */
async function isRefused(journal: () => RawJournal, status: string): Promise<void> {
  await writesNothing(house, async () => assert.deepEqual(await house.raw([journal()]), [status]))
  const { legs, ...rest } = journal()
  const first = { op: 'move', debit: house.source, credit: other, amount: 1n } as const
  await writesNothing(house, async () =>
    assert.deepEqual(await house.raw([{ ...rest, legs: [first, ...legs] }]), [status]),
  )
}

const refusals: readonly [what: string, status: string, journal: () => RawJournal][] = [
  [
    'a debit of nobody',
    'unknown_account',
    () => ({ legs: [{ op: 'move', debit: nobody, credit: wallet, amount: 1n }] }),
  ],
  [
    'a credit of nobody',
    'unknown_account',
    () => ({ legs: [{ op: 'move', debit: wallet, credit: nobody, amount: 1n }] }),
  ],
  [
    'a hold of nobody',
    'unknown_account',
    () => ({ legs: [{ op: 'reserve', debit: nobody, amount: 1n, hold, holdFor: 1n }] }),
  ],
  ['an account of another home', 'unknown_account', () => ({ ...moving(house.source, wallet, 1n), home: 2 })],
  ['a debit without the right', 'foreign_kind', () => ({ ...moving(pending, expense, 1n), rights: messages })],
  ['a credit without the right', 'foreign_kind', () => ({ ...moving(expense, available, 1n), rights: messages })],
  ['a hold without the right', 'foreign_kind', () => ({ ...reserving(uuidv7(), wallet, 1n), rights: 1n })],
  ['nothing', 'invalid_amount', () => moving(house.source, wallet, 0n)],
  ['less than nothing', 'invalid_amount', () => moving(house.source, wallet, -1n)],
  ['a hold of nothing', 'invalid_amount', () => reserving(uuidv7(), wallet, 0n)],
  ['settling nothing', 'invalid_amount', () => settling(0n)],
  ['an extension by less than nothing', 'invalid_amount', () => extending(-1n)],
  ['a release of less than nothing', 'invalid_amount', () => releasing(-1n)],
  ['more than an amount can be', 'invalid_amount', () => moving(house.source, wallet, most + 1n)],
  ['a credit beyond what can be counted', 'amount_too_large', () => moving(issued, wallet, most - 109n)],
  ['a debit beyond what can be counted', 'amount_too_large', () => moving(house.source, other, most - 109n)],
  ['points for dollars', 'wrong_unit', () => moving(house.source, dollars, 1n)],
  [
    'more than was moved, taken back',
    'exceeds_original',
    () => moving(wallet, house.source, 101n, { draw: -1n, reverses: pos }),
  ],
  ['the reversal of no leg', 'exceeds_original', () => moving(wallet, house.source, 1n, { reverses: nobody })],
  ['a hold for no time', 'invalid_duration', () => reserving(uuidv7(), wallet, 1n, 0n)],
  ['a hold into the past', 'invalid_duration', () => reserving(uuidv7(), wallet, 1n, -1n)],
  ['settling no hold', 'unknown_hold', () => settling(1n, uuidv7())],
  ['extending no hold', 'unknown_hold', () => extending(1n, uuidv7())],
  ['releasing no hold', 'unknown_hold', () => releasing(1n, uuidv7())],
  [
    'releasing the rest of no hold',
    'unknown_hold',
    () => ({ legs: [{ op: 'release', debit: wallet, amount: 0n, hold: uuidv7() }] }),
  ],
  [
    `another account's hold`,
    'unknown_hold',
    () => ({ legs: [{ op: 'settle', debit: other, credit: house.source, amount: 1n, hold }] }),
  ],
  ['settling above the hold', 'exceeds_hold', () => settling(31n)],
  ['releasing above the hold', 'exceeds_hold', () => releasing(31n)],
  ['a lot that is not there', 'unknown_lot', () => moving(wallet, house.source, 1n, { draw: nobody })],
  [`another account's lot`, 'unknown_lot', () => moving(other, house.source, 1n, { draw: lot })],
  ['a return to a lot that is not there', 'unknown_lot', () => moving(house.source, wallet, 1n, { put: nobody })],
  [`a return to another account's lot`, 'unknown_lot', () => moving(house.source, other, 1n, { put: lot })],
  ['more than is available', 'insufficient_funds', () => moving(wallet, house.source, 81n)],
  ['more than is available where there are no lots', 'insufficient_funds', () => moving(plain, house.source, 6n)],
  [
    'more than is loose where there are no lots',
    'insufficient_funds',
    () => moving(plain, house.source, 6n, { draw: -1n }),
  ],
  ['more than is loose', 'insufficient_funds', () => moving(wallet, house.source, 81n, { draw: -1n })],
  ['a hold of more than is available', 'insufficient_funds', () => reserving(uuidv7(), wallet, 81n)],
  ['an extension by more than is available', 'insufficient_funds', () => extending(81n)],
  ['what is held of a lot', 'insufficient_funds', () => moving(wallet, house.source, 1n, { draw: lot })],
]

function settling(amount: bigint, of = hold): RawJournal {
  return { legs: [{ op: 'settle', debit: wallet, credit: house.source, amount, hold: of }] }
}

function extending(amount: bigint, of = hold): RawJournal {
  return { legs: [{ op: 'extend', debit: wallet, amount, hold: of, holdFor: 1n }] }
}

function releasing(amount: bigint, of = hold): RawJournal {
  return { legs: [{ op: 'release', debit: wallet, amount, hold: of }] }
}

for (const [what, status, journal] of refusals) {
  test(`${status}: ${what}, and nothing is written`, () => isRefused(journal, status))
}

/** What is just within each bound is posted, in a transaction that is then undone. */
const yeses: readonly [what: string, journal: () => RawJournal][] = [
  ['all that is available', () => moving(wallet, house.source, 80n)],
  ['all that is available where there are no lots', () => moving(plain, house.source, 5n)],
  ['all that is loose', () => moving(wallet, house.source, 80n, { draw: -1n })],
  ['a hold of all that is available', () => reserving(uuidv7(), wallet, 80n)],
  ['an extension by all that is available', () => extending(80n)],
  ['an extension of time alone', () => extending(0n)],
  ['all of the hold', () => settling(30n)],
  ['a release of all of the hold', () => releasing(30n)],
  ['a release of the rest', () => releasing(0n)],
  ['all that was moved, taken back', () => moving(wallet, house.source, 80n, { draw: -1n, reverses: pos })],
  ['as much as can be counted', () => moving(issued, wallet, most - 110n)],
  ['as much as an amount can be', () => moving(dollars, fees, most)],
  [
    'a return to the lot',
    () => ({ legs: [...settling(1n).legs, ...moving(house.source, wallet, 1n, { put: lot }).legs] }),
  ],
  ['a reversal, whose rights are every room', () => ({ ...moving(wallet, house.source, 1n), rights: -1n })],
]

for (const [what, journal] of yeses) {
  test(`posted: ${what}`, async () => assert.deepEqual(await undone(journal()), ['posted']))
}

test('a hold is refused from its instant on, and its key says so', async () => {
  const ends = new Date(house.clock.now().getTime() + hour)
  const client = await house.db.pool.connect()
  for (const [now, status] of [
    [new Date(ends.getTime() - 1), 'posted'],
    [ends, 'hold_expired'],
  ] as const) {
    await client.query('begin')
    assert.deepEqual(await house.rawOn(client, [settling(1n)], now), [status])
    await client.query('rollback')
  }
  client.release()
})

/** Posts in a transaction that is then undone. */
async function undone(...journals: RawJournal[]): Promise<string[]> {
  const client = await house.db.pool.connect()
  try {
    await client.query('begin')
    return await house.rawOn(client, journals)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

test('a hold that the batch has resolved is resolved for the rest of it', async () => {
  for (const last of [settling(30n), releasing(30n), releasing(0n)]) {
    const answers = await undone(last, settling(1n), extending(1n), extending(0n), releasing(1n), releasing(0n))
    assert.deepEqual(answers, ['posted', ...Array.from({ length: 5 }, () => 'unknown_hold')])
  }
})

test('the rest of a hold is given back on the account it is on, and by the journal that took of it', async () => {
  const rest = (debit: Account) => ({ op: 'release', debit, amount: 0n, hold }) as const
  const give = { op: 'move', debit: house.source, credit: wallet, amount: 1n } as const
  const bad = { ...give, put: nobody }
  const take = (amount: bigint) => settling(amount).legs
  assert.deepEqual(await undone({ legs: [...take(30n), rest(wallet)] }), ['posted'])
  assert.deepEqual(await undone({ legs: [...take(30n), rest(other)] }), ['unknown_hold'])
  assert.deepEqual(await undone({ legs: [rest(wallet), rest(other)] }), ['unknown_hold'])
  // The first takes of the lot and of what is loose, in the places in which the last moves and gives back.
  const refusedOne = { legs: [give, give, ...take(30n), bad] }
  assert.deepEqual(await undone(refusedOne, { legs: take(30n) }, { legs: [give, give, rest(wallet)] }), [
    'unknown_lot',
    'posted',
    'unknown_hold',
  ])
})

test('a hold can be used from the next journal on, in the same batch', async () => {
  const made = uuidv7()
  const use = [extending(1n, made), settling(2n, made), releasing(0n, made)]
  assert.deepEqual(await undone(reserving(made, wallet, 5n), ...use), ['posted', 'posted', 'posted', 'posted'])
  for (const { legs } of use) {
    const both = { key: made, legs: [...reserving(made, wallet, 5n).legs, ...legs] }
    assert.deepEqual(await undone(both, reserving(uuidv7(), wallet, 80n)), ['unknown_hold', 'posted'])
  }
})

test('what one journal gives, the next of the batch can spend', async () => {
  const spend = (account: Account, amount: bigint) => moving(account, house.source, amount)
  assert.deepEqual(await undone(moving(house.source, plain, 3n), spend(plain, 8n), spend(plain, 1n)), [
    'posted',
    'posted',
    'insufficient_funds',
  ])
  assert.deepEqual(await undone(spend(plain, 6n), moving(house.source, plain, 1n), spend(plain, 6n)), [
    'insufficient_funds',
    'posted',
    'posted',
  ])
})

test('a key is answered by its digest: the same body repeats, another is refused', async () => {
  const again = moving(house.source, wallet, 100n)
  await writesNothing(house, async () => {
    assert.deepEqual(await house.raw([{ ...again, key }]), ['repeated'])
    assert.deepEqual(await house.raw([{ ...again, key, digest: '00'.repeat(16) }]), ['key_reused'])
  })
})

test('one key twice in one batch is a fault of the caller, and nothing of the batch is kept', async () => {
  const twice = { ...moving(house.source, wallet, 1n), key: uuidv7() }
  await writesNothing(house, () => assert.rejects(house.raw([twice, twice]), /journal_pkey/))
})

test('a leg within one account is refused by the table, and nothing of the batch is kept', async () => {
  const fine = moving(house.source, wallet, 1n)
  await writesNothing(house, () => assert.rejects(house.raw([fine, moving(wallet, wallet, 1n)]), /leg_whole/))
})
