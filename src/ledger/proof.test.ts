import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { uuidv7 } from '#kernel'
import { corruptions, move, orderOf, type Corruption } from '../../test/ledger-corruptions.ts'
import { richHistory, type History } from '../../test/ledger-history.ts'
import { assertProves, grantFree, hour, ok, openHouse, points, usd, type House } from '../../test/ledger-house.ts'
import { messages } from '../../test/market/flows.ts'
import { claims } from './store/proof.ts'

const tables = ['kind', 'template', 'account', 'lot', 'hold', 'batch', 'journal', 'leg', 'reversed']

let house: House
let history: History
let restoring = ''

before(async () => {
  house = await openHouse({ atEnd: 'corrupted' })
  history = await richHistory(house)
  restoring = await keepCopies()
})
after(() => house[Symbol.asyncDispose]())

/** Runs one statement as if the append-only triggers and foreign keys were not there. */
async function behindTheBack(sql: string, despite?: readonly [table: string, constraint: string]): Promise<number> {
  const client = await house.db.pool.connect()
  try {
    await client.query('begin')
    await client.query('set local session_replication_role = replica')
    if (despite) await client.query(`alter table ledger.${despite[0]} drop constraint ${despite[1]}`)
    const { rowCount } = await client.query(sql)
    await client.query('commit')
    return rowCount ?? 0
  } finally {
    client.release()
  }
}

/** Puts every table back as the history left it. */
async function mend(despite?: readonly [table: string, constraint: string, definition: string]): Promise<void> {
  await behindTheBack(restoring)
  if (despite) await house.query(`alter table ledger.${despite[0]} add constraint ${despite[1]} ${despite[2]}`)
}

/** What copies every table aside, and the statements that put it back. */
async function keepCopies(): Promise<string> {
  let sql = ''
  for (const table of tables) {
    await house.query(`create table public.${table} as select * from ledger.${table}`)
    const [row] = await house.query<{ columns: string }>(
      `select string_agg(quote_ident(column_name), ', ') as columns from information_schema.columns
        where table_schema = 'ledger' and table_name = $1`,
      [table],
    )
    sql += `delete from ledger.${table}; insert into ledger.${table} (${row?.columns}) overriding system value
      select ${row?.columns} from public.${table};`
  }
  return sql
}

async function definitionOf([table, constraint]: readonly [string, string]): Promise<string> {
  const [row] = await house.query<{ definition: string }>(
    `select pg_get_constraintdef(oid) as definition from pg_constraint where conname = $2 and conrelid = ('ledger.' || $1)::regclass`,
    [table, constraint],
  )
  return row?.definition ?? ''
}

async function breachesOf(claim: string): Promise<readonly string[]> {
  const { claims } = await house.ledger.prove()
  return claims.find((one) => one.claim === claim)?.breaches ?? []
}

test('a sound ledger proves, and counts what it has proved', async () => {
  const proof = await house.ledger.prove()
  assert.equal(proof.holds, true)
  await assertProves(house.ledger)
  const [counted] = await house.query<object>(
    `select (select count(*) from ledger.account) as accounts, (select count(*) from ledger.journal) as journals,
      (select count(*) from ledger.leg) as legs, (select count(*) from ledger.batch) as batches`,
  )
  assert.deepEqual(proof.counted, counted)
  assert.equal((await house.ledger.hold(history.ada, history.hold))?.parts.length, 3)
})

test('every claim has its corruptions', () => {
  assert.deepEqual(
    Object.keys(corruptions),
    claims.map((claim) => claim.name),
  )
})

const first = (where: string) => `home = 1 and pos = (select min(pos) from ledger.leg where home = 1 and ${where})`
const neverOverdrawn = `dr in (select id from ledger.account where not overdraft)`

/** Changes that leave every sum and every present balance as it was. */
const subtler: Readonly<Record<string, readonly Corruption[]>> = {
  no_overdraft: [
    [
      'a balance below nothing that was made up for later',
      `update ledger.leg set dr_balance = -1 where ${first(`op = 0 and ${neverOverdrawn}`)}`,
      /account \d+ at position \d+: balance -1$/,
    ],
  ],
  lots_accounted_for: [
    [
      'what a lot was granted',
      `update ledger.lot set granted = granted + 1 where home = 1 and id = 1`,
      /lot 1: 6 granted, its first journal says 5$/,
    ],
    [
      'a lot that is not counted, whose number the next would bear',
      `update ledger.batch set last_lot = last_lot - 1
        where home = 1 and seq = (select max(seq) from ledger.batch where home = 1)`,
      /lot \d+: home 1 has counted up to \d+$/,
    ],
  ],
  chain_unbroken: ['dr_prev', 'dr_balance', 'cr_prev', 'cr_balance'].map((column) => [
    `nothing as the ${column} of a leg that moves nothing`,
    `update ledger.leg set ${column} = 0 where ${first('cr is null')}`,
    /are not those that were posted/,
    ['leg', 'leg_whole'],
  ]),
}

const all = [corruptions, subtler].flatMap((kinds) =>
  Object.entries(kinds).flatMap(([claim, rows]) => rows.map((row) => [claim, ...row] as const)),
)
for (const corruption of all) test(`${corruption[0]}: ${corruption[1]}`, () => isNamed(corruption))

async function isNamed([claim, , sql, says, despite]: readonly [claim: string, ...Corruption]): Promise<void> {
  const constraint = despite && ([...despite, await definitionOf(despite)] as const)
  try {
    assert.equal(await behindTheBack(sql, despite), 1, 'one row was to be changed')
    const breaches = await breachesOf(claim)
    assert.ok(
      breaches.some((breach) => says.test(breach)),
      `${claim} says: ${breaches.join('; ')}`,
    )
    assert.equal((await house.ledger.prove()).holds, false)
  } finally {
    await mend(constraint)
  }
}

test('chain_unbroken: no column of the log can be changed unseen', async () => {
  const changed: Record<string, string> = {
    uuid: 'gen_random_uuid()',
    int8: 'coalesce(%, 0) + 1000',
    int2: '% + 10',
    bytea: `sha256('changed')`,
    timestamptz: `coalesce(%, now()) + interval '1 microsecond'`,
    json: `'{"changed":true}'`,
  }
  const columns = await house.query<{ table: string; name: string; type: string }>(
    `select table_name as table, column_name as name, udt_name as type from information_schema.columns
      where table_schema = 'ledger' and table_name in ('journal', 'leg', 'batch')`,
  )
  const constraints = ['journal_whole', 'leg_whole']
  const place: Record<string, string> = {
    journal: `id = ${orderOf}`,
    leg: `home = 1 and pos = ${move}`,
    batch: 'home = 1 and seq = 3',
  }
  for (const { table, name, type } of columns) {
    const despite = constraints.filter((one) => one.startsWith(table)).map((one) => [table, one] as const)[0]
    const definition = despite && ([...despite, await definitionOf(despite)] as const)
    const value = (changed[type] ?? '').replace('%', name)
    assert.equal(await behindTheBack(`update ledger.${table} set ${name} = ${value} where ${place[table]}`, despite), 1)
    assert.ok((await breachesOf('chain_unbroken')).length > 0, `${table}.${name} was changed unseen`)
    await mend(definition)
  }
  await assertProves(house.ledger)
})

/** Six of a lot and two of the next, all there is, are paid, and a third of each, rounded down, is taken back. */
async function spendTwoLots(user: string): Promise<void> {
  const wallet = await house.account('wallet.points', { user })
  for (const amount of [6n, 2n]) await grantFree(house, wallet, amount, new Date(house.clock.now().getTime() + hour))
  const accounts = {
    wallet,
    consumed: await house.account('points.consumed'),
    expense: await house.account('creators.expense'),
    creator: await house.account('creator.pending', { user: 'grace' }),
  }
  const key = uuidv7()
  const amounts = { points: points(8n), earned: usd(1n) }
  ok(await house.ledger.post(messages.templates['message.paid'], { key, accounts, amounts }))
  const part = { numerator: 1n, denominator: 3n }
  ok(await house.ledger.reverse({ key: uuidv7(), journal: key, room: 'messages', part }))
}

const ofTwoLots: readonly (readonly [claim: string, ...Corruption])[] = [
  [
    'reversals_within',
    'a reversal noted at the leg of another lot',
    `update ledger.reversed set pos = pos + 1, original = 2 where home = 1 and pos = (select max(pos) from ledger.reversed)`,
    /2 noted as reversed, reversed 0$/,
  ],
  [
    'chain_unbroken',
    'a balance of nothing, blanked',
    `update ledger.leg set dr_balance = null where ${first('dr_balance = 0')}`,
    /are not those that were posted/,
    ['leg', 'leg_whole'],
  ],
]
for (const corruption of ofTwoLots) {
  test(`${corruption[0]}: ${corruption[1]}`, async () => {
    await spendTwoLots(corruption[1])
    await assertProves(house.ledger)
    await isNamed(corruption)
  })
}
