import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { World } from '../../test/world.ts'
import { openDatabase } from './db.ts'
import { OperatorFault } from './fault.ts'
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

const role = 'bottega_answers'

test('options of the address stay, and the role beside them', async () => {
  await using database = await World.database()
  const url = `${database.url}?options=${encodeURIComponent('-c statement_timeout=7s -c role=pg_monitor')}`
  const db = openDatabase({ url, poolMax: 1 })
  const limited = await openLimited(db, { role, schemas: [] })
  const { rows } = await limited.pool.query(
    `select current_user::text as role, current_setting('statement_timeout') as timeout`,
  )
  assert.deepEqual(rows, [{ role, timeout: '7s' }])
  await Promise.all([limited.close(), db.close()])
})

/** Passes all on but the options of a connection, as a pooler may: they arrive under a name that does nothing. */
async function poolerBefore(url: string) {
  const { hostname, port } = new URL(url)
  const server = createServer((client) => {
    const behind = connect(Number(port), hostname)
    client.once('data', (begin) => {
      behind.write(Buffer.from(begin.toString('latin1').replace('\0options\0', '\0pool.by\0'), 'latin1'))
      client.pipe(behind).pipe(client)
    })
    client.on('error', () => behind.destroy())
    behind.on('error', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = new URL(url)
  address.port = String((server.address() as AddressInfo).port)
  return { url: address.href, [Symbol.asyncDispose]: async () => void server.close() }
}

test('a role that is lost on the way is a fault that says so, not a handle that may do everything', async () => {
  await using database = await World.database()
  await using pooler = await poolerBefore(database.url)
  const db = openDatabase({ url: pooler.url, poolMax: 1 })
  await assert.rejects(openLimited(db, { role, schemas: [] }), (fault) => {
    assert.ok(fault instanceof OperatorFault)
    assert.match(fault.message, /not as bottega_answers/)
    return true
  })
  await db.close()
})
