import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { richHistory } from '../../test/ledger-history.ts'
import { openHouse, type House } from '../../test/ledger-house.ts'

/** The tables' own guards, which stand whoever writes: each term of each CHECK, keys, and the log that only grows. */

let house: House
before(async () => {
  house = await openHouse()
  await richHistory(house)
})
after(() => house[Symbol.asyncDispose]())

/** Writes behind the back of triggers and foreign keys, as a restored dump or a careless hand would, and undoes it. */
async function write(sql: string, role: 'replica' | 'origin'): Promise<void> {
  const client = await house.db.pool.connect()
  try {
    await client.query('begin')
    await client.query(`set local session_replication_role = ${role}`)
    assert.ok(((await client.query(sql)).rowCount ?? 0) > 0, 'no row was there to change')
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const wallet = `update ledger.account set %s where id = (select id from ledger.account where owner = 'ada' and held > 0)`
const lot = `update ledger.lot set %s where id = (select id from ledger.lot where held > 0 and held < granted limit 1)`
const shutLot = `update ledger.lot set %s where id = (select id from ledger.lot where not open limit 1)`
const hold = `update ledger.hold set %s where ctid = (select ctid from ledger.hold limit 1)`
const journal = `update ledger.journal set %s where id = (select id from ledger.journal limit 1)`
const leg = (op: number) =>
  `update ledger.leg set %s where home = 1 and pos = (select min(pos) from ledger.leg where home = 1 and op = ${op})`
const reversed = `update ledger.reversed set %s where pos = (select min(pos) from ledger.reversed)`

const checks: readonly [constraint: string, update: string, change: string][] = [
  ['unit_scale_check', `update ledger.unit set %s where id = 1`, 'scale = -1'],
  ['unit_scale_check', `update ledger.unit set %s where id = 1`, 'scale = 10'],
  ['room_id_check', `update ledger.room set %s where name = 'ads'`, 'id = 62'],
  ['room_id_check', `update ledger.room set %s where name = 'ads'`, 'id = -1'],
  ['account_covered', wallet, 'balance = held - 1'],
  ['account_covered', wallet, 'held = balance + 1'],
  ['account_covered', wallet, 'held = -1'],
  ['account_covered', wallet, 'lots = -1'],
  ['account_covered', wallet, 'last_pos = -1'],
  ['account_owner', wallet, `owner_type = 'nobody'`],
  ['account_owner', wallet, 'home = 0'],
  ['lot_covered', lot, 'class = 0'],
  ['lot_covered', lot, 'class = 4'],
  ['lot_covered', lot, 'held = -1'],
  ['lot_covered', lot, 'held = remaining + 1'],
  ['lot_covered', lot, 'remaining = granted + 1'],
  ['lot_covered', lot, 'open = false'],
  ['lot_covered', shutLot, 'open = true'],
  ['hold_positive', hold, 'amount = 0'],
  ['hold_positive', hold, 'n = 0'],
  ['journal_whole', journal, 'legs = 0'],
  ['journal_whole', journal, `digest = '\\x00'`],
  [
    'leg_whole',
    leg(0),
    'op = 6, hold = gen_random_uuid(), cr = null, dr_prev = null, dr_balance = null, cr_prev = null, cr_balance = null',
  ],
  ['leg_whole', leg(4), 'op = -1'],
  ['leg_whole', leg(0), 'amount = 0'],
  ['leg_whole', leg(0), 'amount = -1'],
  ['leg_whole', leg(2), 'amount = -1'],
  ['leg_whole', leg(1), 'amount = 0'],
  ['leg_whole', leg(0), 'cr = null, dr_prev = null, dr_balance = null, cr_prev = null, cr_balance = null'],
  ['leg_whole', leg(1), 'cr = dr + 1, dr_prev = 1, dr_balance = 1, cr_prev = 1, cr_balance = 1'],
  ['leg_whole', leg(0), 'hold = gen_random_uuid()'],
  ['leg_whole', leg(3), 'hold = null'],
  ['leg_whole', leg(0), 'dr_prev = null'],
  ['leg_whole', leg(0), 'dr_balance = null'],
  ['leg_whole', leg(0), 'cr_prev = null'],
  ['leg_whole', leg(0), 'cr_balance = null'],
  ['leg_whole', leg(0), 'dr = cr'],
  ['reversed_within', reversed, 'amount = 0'],
  ['reversed_within', reversed, 'amount = original + 1'],
  ['account_pkey', `insert into ledger.account overriding system value %s`, 'select * from ledger.account limit 1'],
  ['account_home_kind_unit_owner_type_owner_subject_key', wallet, `owner = 'grace', home = 1`],
  ['lot_pkey', `insert into ledger.lot %s`, 'select * from ledger.lot limit 1'],
  ['hold_pkey', `insert into ledger.hold %s`, 'select * from ledger.hold limit 1'],
  ['batch_pkey', `insert into ledger.batch %s`, 'select * from ledger.batch limit 1'],
  ['journal_pkey', `insert into ledger.journal %s`, 'select * from ledger.journal limit 1'],
  ['leg_pkey', `insert into ledger.leg %s`, 'select * from ledger.leg limit 1'],
  ['reversed_pkey', `insert into ledger.reversed %s`, 'select * from ledger.reversed limit 1'],
  ['unit_code_key', `update ledger.unit set %s where id = 1`, `code = 'USD'`],
  ['room_name_key', `update ledger.room set %s where id = 1`, `name = 'ledger'`],
  ['kind_name_key', `update ledger.kind set %s where id = 1`, `name = (select name from ledger.kind where id = 2)`],
  ['template_name_key', `update ledger.template set %s where id = 1`, `name = 'ledger.hold_expired'`],
]

for (const [constraint, update, change] of checks) {
  test(`${constraint} refuses ${change.split(',')[0]}`, () =>
    assert.rejects(write(update.replace('%s', change), 'replica'), new RegExp(`"${constraint}"`)))
}

const keys: readonly [constraint: string, sql: string][] = [
  ['kind_room_fkey', 'update ledger.kind set room = 61'],
  ['template_room_fkey', 'update ledger.template set room = 61'],
  ['account_kind_fkey', 'update ledger.account set kind = 999 where id = 1'],
  ['account_unit_fkey', 'update ledger.account set unit = 999 where id = 1'],
]
for (const [constraint, sql] of keys) {
  test(`${constraint} refuses what is not there`, () =>
    assert.rejects(write(sql, 'origin'), new RegExp(`"${constraint}"`)))
}

for (const table of ['journal', 'leg', 'batch']) {
  for (const sql of [
    `update ledger.${table} set home = home`,
    `delete from ledger.${table}`,
    `truncate ledger.${table}`,
  ]) {
    test(`the log only grows: ${sql}`, () =>
      assert.rejects(write(sql, 'origin'), { code: '0A000', message: /append-only: correct by a reversing journal/ }))
  }
}

test('the check of the migration names a guard that is asleep, gone or not enforced', async () => {
  await using other = await openHouse({ atEnd: 'corrupted' })
  const check = readFileSync(join(import.meta.dirname, 'migrations/20261123T0900_ledger.check.sql'), 'utf8')
  const failures = async () => {
    const answers = (await other.db.pool.query(check)) as unknown as { rows: { failure: string }[] }[]
    return answers.flatMap(({ rows }) => rows.map(({ failure }) => failure))
  }
  assert.deepEqual(await failures(), [])
  const spoilings: readonly [sql: string, failure: RegExp][] = [
    ['alter table ledger.leg disable trigger append_only', /the log can be changed/],
    ['drop trigger append_only on ledger.batch', /the log can be changed/],
    ['alter table ledger.hold add constraint late check (amount < 0) not valid', /never validated/],
    [`update ledger.template set name = 'other' where id = 0`, /own templates/],
    [`delete from ledger.template where id = 1`, /own templates/],
    ['update ledger.kind set debited_by = debited_by | 1::int8 << 40 where id = 1', /a room that is not there/],
  ]
  for (const [at, [sql, failure]] of spoilings.entries()) {
    await other.query(sql)
    const found = await failures()
    assert.equal(found.length, at + 1, sql)
    assert.ok(
      found.some((one) => failure.test(one)),
      sql,
    )
  }
})

test('the units are those that the house counts in, at its scales', async () => {
  const { scales } = await import('#kernel')
  const rows = await house.query<{ code: string; scale: number }>('select code, scale from ledger.unit order by id')
  assert.deepEqual(Object.fromEntries(rows.map(({ code, scale }) => [code, scale])), scales)
})
