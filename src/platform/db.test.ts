import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { World } from '../../test/world.ts'
import { openDatabase } from './db.ts'
import { createLog } from './log.ts'

type Tables = { purse: { id: number; amount: bigint } }

test('int8 is bigint, a day is text and an instant a Date, on our pool alone', async () => {
  await using scratch = await World.database()
  const { rows } = await scratch.db.pool.query(
    `select 9007199254740993::int8 as big, '{1,NULL,-9007199254740993}'::int8[] as bigs, '{}'::int8[] as none,
            '2026-11-23T10:00:00Z'::timestamptz as at, '2026-11-23'::date as day, 1.50::numeric as exact, 7::int4 as small`,
  )
  assert.deepEqual(rows[0], {
    big: 9007199254740993n,
    bigs: [1n, null, -9007199254740993n],
    none: [],
    at: new Date('2026-11-23T10:00:00Z'),
    day: '2026-11-23',
    exact: '1.50',
    small: 7,
  })
  const other = new pg.Client({ connectionString: scratch.url })
  await other.connect()
  assert.equal((await other.query('select 1::int8 as n')).rows[0].n, '1')
  await other.end()
})

/** Whoever comes waits until `size` have come, so that what they began overlaps; later ones pass. */
function meeting(size: number) {
  const { promise, resolve } = Promise.withResolvers<void>()
  let came = 0
  const come = () => {
    if (++came === size) resolve()
    return promise
  }
  return { come, came: () => came }
}

test('a serialization failure and a deadlock run the work again, and nothing is lost', async () => {
  await using scratch = await World.database()
  const { db } = scratch
  await db.pool.query(
    'create table purse (id int primary key, amount bigint not null); insert into purse values (1, 0), (2, 0)',
  )
  const readers = meeting(8)
  const addSerializably = () =>
    db.transact<Tables, void>(
      async (trx) => {
        const { amount } = await trx.selectFrom('purse').select('amount').where('id', '=', 1).executeTakeFirstOrThrow()
        await readers.come()
        await trx
          .updateTable('purse')
          .set({ amount: amount + 1n })
          .where('id', '=', 1)
          .execute()
      },
      { isolation: 'serializable', attemptsMax: 50 },
    )
  await Promise.all(Array.from({ length: 8 }, addSerializably))
  assert.ok(readers.came() > 8, 'nothing collided')
  const holders = meeting(2)
  const addBoth = (first: number, second: number) =>
    db.transact<Tables, void>(async (trx) => {
      const add = (id: number) =>
        trx
          .updateTable('purse')
          .set({ amount: sql`amount + 1` })
          .where('id', '=', id)
          .execute()
      await add(first)
      await holders.come()
      await add(second)
    })
  await Promise.all([addBoth(1, 2), addBoth(2, 1)])
  assert.ok(holders.came() > 2, 'nothing was deadlocked')
  const purses = await db.tables<Tables>().selectFrom('purse').selectAll().orderBy('id').execute()
  assert.deepEqual(purses, [
    { id: 1, amount: 10n },
    { id: 2, amount: 2n },
  ])
})

test('retries are bounded, other faults are thrown at once, and both undo', async () => {
  await using scratch = await World.database()
  const { db } = scratch
  await db.pool.query('create table purse (id int primary key, amount bigint not null)')
  const failing = async (code: string) => {
    let runs = 0
    const work = db.transact<Tables, void>(
      async (trx) => {
        runs++
        await trx.insertInto('purse').values({ id: 1, amount: 1n }).execute()
        await sql`do ${sql.raw(`$$ begin raise exception 'no' using errcode = '${code}'; end $$`)}`.execute(trx)
      },
      { attemptsMax: 3 },
    )
    await assert.rejects(work, { code })
    return runs
  }
  assert.equal(await failing('40001'), 3)
  assert.equal(await failing('40P01'), 3)
  assert.equal(await failing('23505'), 1)
  assert.equal((await db.tables<Tables>().selectFrom('purse').selectAll().execute()).length, 0)
})

/** A connection that was idle when it was dropped may be found dead only by the query that draws it. */
async function answersAgain(
  pool: { query(text: string): Promise<{ rows: { one: number }[] }> },
  most = 3,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      assert.equal((await pool.query('select 1 as one')).rows[0]?.one, 1)
      return
    } catch (fault) {
      if (attempt === most) throw fault
    }
  }
}

test('while a process closes, a lost connection is no news', async () => {
  await using scratch = await World.database()
  const lines: string[] = []
  const log = createLog({ level: 'warn', destination: { write: (line) => lines.push(line) } })
  const db = openDatabase({ url: scratch.url, poolMax: 1, applicationName: 'closing', log })
  const loseOne = async () => {
    const held = await db.pool.connect()
    const lost = new Promise((resolve) => void held.once('error', resolve))
    await scratch.db.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'closing'`,
    )
    await lost
    held.release(true)
  }
  await loseOne()
  assert.ok(lines.length > 0)
  const heard = lines.length
  db.expectEnd()
  await loseOne()
  assert.equal(lines.length, heard)
  await db.close()
})

test('a server that drops its connections costs the queries that ran, never the process', async () => {
  await using scratch = await World.database()
  const lines: string[] = []
  const log = createLog({ level: 'warn', destination: { write: (line) => lines.push(line) } })
  const db = openDatabase({ url: scratch.url, poolMax: 3, applicationName: 'dropped', log })
  const kill = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dropped'`
  const held = await db.pool.connect()
  const running = assert.rejects(db.pool.query('select pg_sleep(60)'))
  await db.pool.query('select 1')
  const asleep = `select 1 from pg_stat_activity where application_name = 'dropped' and state = 'active' and query ~ 'pg_sleep'`
  while ((await scratch.db.pool.query(asleep)).rowCount === 0) continue
  await scratch.db.pool.query(kill)
  await running
  await assert.rejects(held.query('select 1'))
  held.release(true)
  await answersAgain(db.pool)
  await assert.rejects(
    db.transact<Tables, unknown>(async (trx) => {
      await sql`select 1`.execute(trx)
      await scratch.db.pool.query(kill)
      return sql`select 1`.execute(trx)
    }),
  )
  await answersAgain(db.pool)
  assert.ok(lines.length > 0)
  await db.close()
  await db.close()
})

test('a single connection is like those of the pool, answers while all of them are taken, and is made anew', async () => {
  await using scratch = await World.database()
  const lines: string[] = []
  const log = createLog({ level: 'warn', destination: { write: (line) => lines.push(line) } })
  const named = { applicationName: 'single', role: 'pg_monitor' }
  const db = openDatabase({ url: scratch.url, poolMax: 1, log, ...named })
  const taken = await db.pool.connect()
  const single = db.single()
  const { rows } = await single.query<{ pid: number }>(
    `select 7::int8 as big, current_user::text as role, current_setting('application_name') as name, pg_backend_pid() as pid`,
  )
  const [first] = rows
  assert.deepEqual(first, { big: 7n, role: 'pg_monitor', name: 'single', pid: first?.pid })
  const lost = new Promise((resolve) => void single.once('error', resolve))
  await scratch.db.pool.query('select pg_terminate_backend($1)', [first?.pid])
  await lost
  assert.match(lines.join(''), /a database connection was lost/)
  await answersAgain(single)
  taken.release()
  await Promise.all([single.end(), db.close()])
})

test('a connection that nobody gives back does not hold up the end', { timeout: 60_000 }, async () => {
  await using scratch = await World.database()
  const db = openDatabase({ url: scratch.url, poolMax: 2, applicationName: 'kept' })
  const held = [await db.pool.connect(), await db.single().connect()]
  const running = assert.rejects(db.pool.query('select pg_sleep(20)'))
  await db.close(50)
  await running
  for (const each of held) await assert.rejects(each.query('select 1'))
})

test('a connection that is only being made when the time is up is closed too', async () => {
  await using scratch = await World.database()
  const db = openDatabase({ url: scratch.url, poolMax: 1 })
  const running = assert.rejects(db.pool.query('select pg_sleep(10)'))
  await db.close(0)
  await running
})
