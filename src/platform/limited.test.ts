import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from '../../test/world.ts'
import { openLimited } from './limited.ts'

async function open() {
  const database = await World.database({ content: 'nothing' })
  await database.db.pool.query('create schema near; create schema far')
  await database.db.pool.query('create table near.rows (n int generated always as identity, word text)')
  await database.db.pool.query('create table far.rows (word text)')
  const limited = await openLimited(database.db, { role: 'bottega_answers', schemas: ['near'] })
  return {
    limited,
    [Symbol.asyncDispose]: async () => {
      await limited.close()
      await database[Symbol.asyncDispose]()
    },
  }
}

test('the limited handle reads and writes the schemas it names', async () => {
  await using house = await open()
  await house.limited.pool.query("insert into near.rows (word) values ('one')")
  const { rows } = await house.limited.pool.query('select word from near.rows')
  assert.deepEqual(rows, [{ word: 'one' }])
})

for (const [what, sql] of [
  ['reading another schema', 'select * from far.rows'],
  ['writing to another schema', "insert into far.rows values ('x')"],
  ['making a table', 'create table near.more (n int)'],
  ['reading another schema after resetting the role', 'reset role; select * from far.rows'],
] as const) {
  test(`PostgreSQL refuses the limited handle ${what}`, async () => {
    await using house = await open()
    await assert.rejects(house.limited.pool.query(sql), { code: '42501' })
  })
}

test('several databases open their limited handles at one time', async () => {
  const houses = await Promise.all([open(), open(), open()])
  for (const house of houses) await house[Symbol.asyncDispose]()
})
