import assert from 'node:assert/strict'
import { test } from 'node:test'
import { money, uuidv7, type Uuid } from '#kernel'
import { withFunding } from '../../test/ledger-funding.ts'
import { hour, ok, writesNothing } from '../../test/ledger-house.ts'
import { microseconds, moving, openRawHouse, type RawHouse, type RawJournal } from '../../test/ledger-raw.ts'
import { flows } from '../../test/market/flows.ts'

/** Homes are apart: the same keys, positions, lots and holds mean other things in each. */

async function openTwins() {
  const house = await openRawHouse()
  const open = async (home: number) => ({
    home,
    source: await house.account('funding.source', { unit: 'POINTS', home }),
    wallet: await house.account('wallet.points', { user: 'ada', home }),
  })
  return { house, homes: [await open(1), await open(2)] as const }
}

const inHome = (home: number, journal: RawJournal): RawJournal => ({ ...journal, home })

const positionOf = async (house: RawHouse, home: number, key: Uuid) =>
  (await house.query<{ pos: bigint }>('select pos from ledger.leg where home = $1 and journal = $2', [home, key]))[0]
    ?.pos ?? 0n

test('a key is one journal in each home, and a repeat answers with the instant of its own', async () => {
  const { house, homes } = await openTwins()
  await using _ = house
  const { templateOf } = withFunding(flows)
  const key = uuidv7()
  const other = uuidv7()
  const post = ({ source, wallet }: (typeof homes)[number], of: Uuid) => {
    const input = { key: of, accounts: { source, account: wallet }, amounts: { amount: money('POINTS', 7n) } }
    return house.ledger.post(templateOf('wallet.points', 'POINTS', 'loose'), input as never)
  }
  ok(await post(homes[0], other))
  house.clock.advance(hour)
  const first = ok(await post(homes[0], key))
  house.clock.advance(hour)
  const second = ok(await post(homes[1], key))
  ok(await post(homes[1], other))
  assert.equal(second.postedAt.getTime(), first.postedAt.getTime() + hour)
  house.clock.advance(hour)
  await writesNothing(house, async () => {
    assert.deepEqual(ok(await post(homes[0], key)), first)
    assert.deepEqual(ok(await post(homes[1], key)), second)
  })
})

test('what was reversed in one home leaves the other as it was', async () => {
  const { house, homes } = await openTwins()
  await using _ = house
  const key = uuidv7()
  for (const { home, source, wallet } of homes)
    assert.deepEqual(await house.raw([inHome(home, { ...moving(source, wallet, 100n * BigInt(home)), key })]), [
      'posted',
    ])
  const back = async (at: 0 | 1, amount: bigint) => {
    const { home, source, wallet } = homes[at]
    const reverses = await positionOf(house, home, key)
    return house.raw([inHome(home, { ...moving(wallet, source, amount, { draw: -1n, reverses }), reverses: key })])
  }
  assert.equal(await positionOf(house, 1, key), await positionOf(house, 2, key))
  assert.deepEqual(await back(0, 60n), ['posted'])
  assert.deepEqual(await back(1, 150n), ['posted'])
  assert.deepEqual(await back(0, 41n), ['exceeds_original'])
  assert.deepEqual(await back(1, 51n), ['exceeds_original'])
  assert.deepEqual(await back(0, 40n), ['posted'])
  assert.deepEqual(await back(1, 50n), ['posted'])
})

test('a hold or a lot of one home is none of the other', async () => {
  const { house, homes } = await openTwins()
  await using _ = house
  const hold = uuidv7()
  const lotExpires = microseconds(house.clock.now().getTime() + hour)
  for (const { home, source, wallet } of homes) {
    const grant = moving(source, wallet, 10n * BigInt(home), { put: -1n, lotExpires })
    const reserve: RawJournal = {
      key: hold,
      legs: [{ op: 'reserve', debit: wallet, amount: 5n * BigInt(home), hold, holdFor: microseconds(hour) }],
    }
    assert.deepEqual(await house.raw([inHome(home, grant), inHome(home, reserve)]), ['posted', 'posted'])
  }
  const settle = ({ home, source, wallet }: (typeof homes)[number], amount: bigint) =>
    house.raw([inHome(home, { legs: [{ op: 'settle', debit: wallet, credit: source, amount, hold }] })])
  assert.deepEqual(await settle(homes[0], 6n), ['exceeds_hold'])
  assert.deepEqual(await settle(homes[1], 10n), ['posted'])
  assert.deepEqual(await settle(homes[0], 5n), ['posted'])
  assert.deepEqual(
    (await house.ledger.lots(homes[1].wallet)).map(({ id, remaining }) => [id, remaining]),
    [[1n, 10n]],
  )
  assert.deepEqual(
    (await house.ledger.lots(homes[0].wallet)).map(({ id, remaining }) => [id, remaining]),
    [[1n, 5n]],
  )
})

test('one batch may hold keys that are new, repeated and reused, each with its own answer', async () => {
  const { house, homes } = await openTwins()
  await using _ = house
  const { source, wallet } = homes[0]
  const key = uuidv7()
  const move = moving(source, wallet, 1n)
  assert.deepEqual(await house.raw([{ ...move, key }]), ['posted'])
  assert.deepEqual(await house.raw([{ ...move, key }]), ['repeated'])
  const reused = { ...move, key, digest: 'ff'.repeat(16) }
  assert.deepEqual(await house.raw([move, { ...move, key }, move]), ['posted', 'repeated', 'posted'])
  assert.deepEqual(await house.raw([reused, move]), ['key_reused', 'posted'])
  assert.equal((await house.ledger.balance(wallet)).posted, 4n)
})

test('the past of one home is read by its own positions', async () => {
  const { house, homes } = await openTwins()
  await using _ = house
  const post = async (at: 0 | 1, amount: bigint) => {
    const { home, source, wallet } = homes[at]
    assert.deepEqual(await house.raw([inHome(home, moving(source, wallet, amount))]), ['posted'])
    house.clock.advance(hour)
  }
  await post(0, 10n)
  await post(1, 1n)
  await post(1, 1n)
  const then = new Date(house.clock.now().getTime() - 1)
  await post(0, 5n)
  assert.equal(await house.ledger.balanceAt(homes[0].wallet, then), 10n)
  assert.equal(await house.ledger.balanceAt(homes[1].wallet, then), 2n)
})
