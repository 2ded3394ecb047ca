import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { World } from '../../test/world.ts'
import { openDatabase } from './db.ts'

test('a text that comes again is parsed once per connection, through the pool and through tables alike', async () => {
  await using scratch = await World.database({ content: 'nothing' })
  const db = openDatabase({ url: scratch.url, poolMax: 1, statements: 'kept' })
  for (const value of [1, 2, 3]) {
    const { rows } = await db.pool.query<{ twice: number }>('select $1::int * 2 as twice', [value])
    assert.equal(rows[0]?.twice, value * 2)
    const more = await db.transact<unknown, { rows: { thrice: number }[] }>((trx) =>
      sql<{ thrice: number }>`select ${value}::int * 3 as thrice`.execute(trx),
    )
    assert.equal(more.rows[0]?.thrice, value * 3)
  }
  const { rows } = await db.pool.query<{ statement: string }>('select statement from pg_prepared_statements order by 1')
  assert.deepEqual(
    rows.map(({ statement }) => statement),
    ['select $1::int * 2 as twice', 'select $1::int * 3 as thrice'],
  )
  await db.close()
})

test('more texts than are kept are answered all the same', async () => {
  await using scratch = await World.database({ content: 'nothing' })
  const db = openDatabase({ url: scratch.url, poolMax: 1, statements: 'kept' })
  for (let at = 0; at < 310; at++) {
    const { rows } = await db.pool.query<{ sum: number }>(`select $1::int + ${at} as sum`, [1])
    assert.equal(rows[0]?.sum, at + 1)
  }
  const { rows } = await db.pool.query<{ count: number }>('select count(*)::int as count from pg_prepared_statements')
  assert.equal(rows[0]?.count, 300)
  await db.close()
})
