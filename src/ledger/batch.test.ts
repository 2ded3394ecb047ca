import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type pg from 'pg'
import { derivedId, type Uuid } from '#kernel'
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
  type RawLeg,
} from '../../test/ledger-raw.ts'
import { claims } from './store/proof.ts'

/**
 * A batch is its journals one after another: whatever is asked for, in whatever order, posting it in one call answers
 * and writes what posting each in a call of its own does, and leaves a ledger that proves. So nothing that a refused
 * journal had begun is left behind.
 */

const hold = (n: number): Uuid => derivedId(new Date('2026-12-01'), 'hold', String(n))
/** 0: over three lots; 1: expired by the time of the batch; 2: the other wallet's; 3 to 5: made by the batch, if at all. */
const holds = [0, 1, 2, 3, 4, 5].map(hold)
const oldHolds = 3

let house: RawHouse
let accounts: Account[]
let lots: bigint[]
let moved: { pos: bigint; journal: Uuid; dr: bigint; cr: bigint; dr_lot: bigint | null }[]

before(async () => {
  house = await openRawHouse()
  const ada = await house.account('wallet.points', { user: 'ada' })
  const grace = await house.account('wallet.points', { user: 'grace' })
  accounts = [house.source, ada, grace]
  const later = (hours: number) => new Date(house.clock.now().getTime() + hours * hour)
  const opening = [
    moving(house.source, ada, 20n),
    granting(house, ada, 10n, -1n, later(2)),
    granting(house, ada, 8n, -1n, later(24)),
    granting(house, ada, 12n, -2n, later(720)),
    granting(house, ada, 6n, -3n, later(9000)),
    moving(house.source, grace, 5n),
    granting(house, grace, 4n, -1n, later(24)),
    granting(house, grace, 3n, -1n, later(2)),
    reserving(holds[1] as Uuid, ada, 4n),
    reserving(holds[0] as Uuid, ada, 19n, microseconds(48 * hour)),
    reserving(holds[2] as Uuid, grace, 6n, microseconds(48 * hour)),
    moving(ada, house.source, 5n, { draw: 4n }),
    moving(ada, grace, 9n),
  ]
  const answers = await house.raw(opening)
  assert.deepEqual(new Set(answers), new Set(['posted']))
  lots = (await house.query<{ id: bigint }>('select id from ledger.lot order by id')).map((row) => row.id)
  moved = await house.query(
    `select distinct on (journal) pos, journal, dr, cr, dr_lot from ledger.leg where op = 0 and cr_lot is null order by journal, pos`,
  )
  assert.equal(moved.length, 4)
  house.clock.advance(3 * hour)
})
after(() => house[Symbol.asyncDispose]())

/** A leg in small numbers, resolved once the house stands. */
const anyMove = fc.record({
  op: fc.constant('move' as const),
  from: fc.nat(2),
  step: fc.integer({ min: 1, max: 2 }),
  amount: fc.integer({ min: 0, max: 14 }),
  draw: fc.oneof(fc.constant('order'), fc.constant('loose'), fc.nat(6)),
  put: fc.oneof(fc.constant('loose'), fc.integer({ min: -3, max: -1 }), fc.nat(6)),
  ends: fc.integer({ min: -1, max: 30 }),
})
const anyHolding = fc.record({
  op: fc.constantFrom('extend' as const, 'settle' as const, 'release' as const),
  from: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(2) }),
  hold: fc.nat(5),
  amount: fc.integer({ min: 0, max: 12 }),
  hours: fc.integer({ min: 0, max: 90 }),
})
const anyReserve = fc.record({
  op: fc.constant('reserve' as const),
  from: fc.integer({ min: 1, max: 2 }),
  amount: fc.integer({ min: 1, max: 25 }),
  hours: fc.integer({ min: 0, max: 3 }),
})
const anyReversal = fc.record({
  op: fc.constant('reversal' as const),
  amount: fc.integer({ min: 1, max: 12 }),
})
const anyLeg = fc.oneof(anyMove, anyHolding, anyReserve)
const anyLegs = fc.oneof(
  { weight: 6, arbitrary: fc.array(anyLeg, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(anyReversal, { minLength: 1, maxLength: 3 }) },
)
const anyBatch = fc.array(fc.record({ legs: anyLegs, stranger: fc.nat(20) }), { minLength: 1, maxLength: 9 })
type Batch = typeof anyBatch extends fc.Arbitrary<infer Value> ? Value : never
type Leg = Batch[number]['legs'][number]

const at = <Item>(list: readonly Item[], index: number) => list[index % list.length] as Item

function journalsOf(batch: Batch): RawJournal[] {
  const owners = [1, 1, 2]
  let reserves = 0
  return batch.map(({ legs, stranger }, place) => {
    const written = (legs as readonly Leg[]).map((leg): RawLeg => {
      if (leg.op === 'move') return moveOf(leg)
      if (leg.op === 'reversal') return reversalOf(leg.amount, place)
      const made = leg.op === 'reserve' ? oldHolds + reserves++ : leg.hold
      if (leg.op === 'reserve') owners[made] = leg.from
      const debit = at(accounts, leg.from ?? owners[made] ?? 1)
      const holdFor = microseconds((leg.op === 'settle' || leg.op === 'release' ? 0 : leg.hours) * hour)
      const credit = leg.op === 'settle' ? { credit: at(accounts, accounts.indexOf(debit) + 1) } : {}
      return { op: leg.op, debit, ...credit, amount: BigInt(leg.amount), hold: hold(made), holdFor }
    })
    const key = derivedId(new Date('2026-12-01'), 'journal', String(place))
    const reverses = legs[0]?.op === 'reversal' ? at(moved, place).journal : null
    const rare = { reverses, facts: `{"place":${place}}`, effectiveAt: new Date(house.clock.now().getTime() + place) }
    return { key, legs: written, ...rare, ...(stranger === 0 ? { rights: 0n } : {}) }
  })
}

function moveOf(leg: Leg & { op: 'move' }): RawLeg {
  const debit = at(accounts, leg.from)
  const credit = at(accounts, leg.from + leg.step)
  const draw = leg.draw === 'order' ? 0n : leg.draw === 'loose' ? -1n : at(lots, Number(leg.draw))
  // Lots are for kinds without an overdraft: an account that owes covers none.
  const put =
    typeof leg.put === 'string' || credit === house.source ? 0n : leg.put < 0 ? BigInt(leg.put) : at(lots, leg.put)
  const lotExpires = microseconds(house.clock.now().getTime() + leg.ends * hour)
  return { op: 'move', debit, credit, amount: BigInt(leg.amount), draw, put, lotExpires }
}

/** Takes back a part of one of the moves that were there, out of and into the lots it went through. */
function reversalOf(amount: number, place: number): RawLeg {
  const { pos, dr, cr, dr_lot: lot } = at(moved, place)
  return { op: 'move', debit: cr, credit: dr, draw: -1n, put: lot ?? 0n, amount: BigInt(amount), reverses: pos }
}

/** What is there, but for the places and batches of journals and the numbers of lots, which only count. */
async function state(client: pg.ClientBase) {
  const journalAt = (column: string) => `(select p.journal from ledger.leg p where p.home = 1 and p.pos = ${column})`
  const lot = (column: string) => `(select count(*) from ledger.lot o where o.id <= ${column})`
  const parts = {
    accounts: `select id, balance, held, ${journalAt('last_pos')} as last, lots from ledger.account order by id`,
    holds: `select id, account, n, amount, expires_at, ${lot('h.lot')} as lot from ledger.hold h order by id, account, n`,
    lots: `select granted, remaining, held, account, expires_at, class, open from ledger.lot order by id`,
    legs: `select journal, op, dr, cr, amount, ${journalAt('dr_prev')} as dr_prev, dr_balance,
      ${journalAt('cr_prev')} as cr_prev, cr_balance, hold, ${lot('dr_lot')} as dr_lot,
      ${lot('cr_lot')} as cr_lot from ledger.leg order by journal, pos`,
    journals: `select id, template, legs, digest, effective_at, reverses, facts::text from ledger.journal order by id`,
    reversed: `select * from ledger.reversed order by pos`,
  }
  const found: Record<string, unknown[]> = {}
  for (const [name, sql] of Object.entries(parts)) found[name] = (await client.query<object>(sql)).rows
  return found
}

/** Posts the calls in a transaction, sees what they did, and undoes it. */
async function outcome(client: pg.ClientBase, calls: readonly (readonly RawJournal[])[]) {
  await client.query('begin')
  try {
    const answers: string[] = []
    // An expired hold is forgotten once a call has ended it; why it is not there is asked of the log, by the caller.
    for (const call of calls)
      for (const answer of await house.rawOn(client, call))
        answers.push(answer === 'hold_expired' ? 'unknown_hold' : answer)
    const breaches: unknown[] = []
    for (const claim of claims) breaches.push(...(await client.query<object>(claim.breaches)).rows)
    return { answers, breaches, state: await state(client) }
  } finally {
    await client.query('rollback')
  }
}

/** What only a handmade journal can ask for, and the table refuses: more in a lot than it was granted, a hold made twice. */
const isRefusedByTable = (fault: unknown) => fault instanceof Error && /lot_covered|leg_whole/.test(fault.message)

test('a batch does what its journals do one by one, and leaves a ledger that proves', async () => {
  const client = await house.db.pool.connect()
  const seen = new Map<string, number>()
  try {
    await fc.assert(
      fc.asyncProperty(anyBatch, async (batch) => {
        const journals = journalsOf(batch)
        try {
          const together = await outcome(client, [journals])
          assert.deepEqual(together.breaches, [])
          assert.deepEqual(
            together,
            await outcome(
              client,
              journals.map((journal) => [journal]),
            ),
          )
          for (const answer of together.answers) seen.set(answer, (seen.get(answer) ?? 0) + 1)
        } catch (fault) {
          if (!isRefusedByTable(fault)) throw fault
          fc.pre(false)
        }
      }),
      { numRuns: 60 },
    )
  } finally {
    client.release()
  }
  for (const answer of ['posted', 'insufficient_funds', 'exceeds_hold', 'unknown_hold'])
    assert.ok(seen.has(answer), `no batch was ever answered ${answer}: ${JSON.stringify([...seen])}`)
})

test('a batch whose only rare column is the effective date has it in its link', async () => {
  const client = await house.db.pool.connect()
  try {
    const dated = { ...moving(house.source, at(accounts, 2), 1n), effectiveAt: new Date('2026-11-01') }
    const { answers, breaches } = await outcome(client, [[dated]])
    assert.deepEqual([answers, breaches], [['posted'], []])
  } finally {
    client.release()
  }
})
