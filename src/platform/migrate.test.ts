import assert from 'node:assert/strict'
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { World } from '../../test/world.ts'
import { openDatabase } from './db.ts'
import { OperatorFault } from './fault.ts'
import { checkMigrations, findMigrations, fingerprint, migrate } from './migrate.ts'

const source = join(import.meta.dirname, '..')

/** A tree like src/, with all the real migrations and whatever the test writes beside them. */
function tree(files: Record<string, string> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'migrate-'))
  for (const folder of globSync(['*/migrations', '*/*/migrations'], { cwd: source }))
    cpSync(join(source, folder), join(root, folder), { recursive: true })
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  for (const [name, text] of Object.entries(files)) write(name, text)
  return {
    root,
    write,
    remove: (name: string) => rmSync(join(root, name)),
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  }
}

const shop = 'revenue/shop/migrations/29990101T0900_shop.sql'
const kiosk = 'kiosk/migrations/29990101T0800_bots.sql'
const refused = async (work: Promise<unknown>) => {
  const fault = await work.then(
    () => assert.fail('was not refused'),
    (e: unknown) => e,
  )
  assert.ok(fault instanceof OperatorFault, String(fault))
  return `${fault.message} ${fault.remedy}`
}

test('migrations of all rooms run once, in the one order of their names', async () => {
  await using scratch = await World.database()
  using files = tree({
    [shop]: 'create schema shop; create table shop.item as select * from kiosk.bot',
    [kiosk]: 'create schema kiosk; create table kiosk.bot (id int)',
  })
  assert.notEqual(fingerprint(files.root), fingerprint(source))
  assert.deepEqual(await migrate({ db: scratch.db, root: files.root }), [
    '29990101T0800_bots.sql',
    '29990101T0900_shop.sql',
  ])
  assert.deepEqual(await migrate({ db: scratch.db, root: files.root }), [])
  files.write(shop, 'select 1')
  assert.match(await refused(migrate({ db: scratch.db, root: files.root })), /29990101T0900_shop.*changed.*git restore/)
  files.remove(shop)
  assert.match(
    await refused(migrate({ db: scratch.db, root: files.root })),
    /29990101T0900_shop.*does not know.*version/,
  )
})

test('a new file that sorts before an applied one is refused with its remedy', async () => {
  await using scratch = await World.database()
  using files = tree({ [shop]: 'create schema shop' })
  await migrate({ db: scratch.db, root: files.root })
  files.write(kiosk, 'create schema kiosk')
  assert.match(await refused(migrate({ db: scratch.db, root: files.root })), /29990101T0800_bots.*later.*Rename/)
})

test('a failing file leaves nothing of itself and all of those before it', async () => {
  await using scratch = await World.database()
  using files = tree({ [kiosk]: 'create schema kiosk', [shop]: 'create schema shop; select 1/0' })
  assert.match(await refused(migrate({ db: scratch.db, root: files.root })), /29990101T0900_shop.*division by zero/)
  const { rows } = await scratch.db.pool.query(`select nspname from pg_namespace where nspname in ('kiosk', 'shop')`)
  assert.deepEqual(rows, [{ nspname: 'kiosk' }])
  files.write(shop, 'create schema shop; commit; select 1')
  assert.match(await refused(migrate({ db: scratch.db, root: files.root })), /ends the transaction/)
})

test('starts at once are safe, from several processes as from one', async () => {
  await using scratch = await World.database()
  using files = tree({ [kiosk]: 'create schema kiosk; select pg_sleep(0.1)', [shop]: 'create schema shop' })
  const pools = Array.from({ length: 4 }, () => openDatabase({ url: scratch.url, poolMax: 2 }))
  const applied = await Promise.all(pools.map((db) => migrate({ db, root: files.root })))
  assert.equal(applied.flat().length, 2)
  await Promise.all(pools.map((db) => db.close()))
})

test('names are checked before anything runs', () => {
  using odd = tree({ 'kiosk/migrations/2999_bots.sql': '' })
  assert.throws(() => findMigrations(odd.root), /no name of a migration/)
  using twice = tree({ [kiosk]: '', 'shop/migrations/29990101T0800_bots.sql': '' })
  assert.throws(() => findMigrations(twice.root), /Two migrations/)
  using orphan = tree({ 'kiosk/migrations/29990101T0800_bots.check.sql': '' })
  assert.throws(() => findMigrations(orphan.root), /checks no migration/)
})

test('a check names what is wrong by file and statement, and undoes what it does', async () => {
  await using scratch = await World.database()
  const check = `select 'fine' where false; select 'wrong' as failure; insert into kiosk.bot values (1); select 'gone'`
  using files = tree({
    [kiosk]: 'create schema kiosk; create table kiosk.bot (id int)',
    [kiosk.replace('.sql', '.check.sql')]: check,
  })
  await migrate({ db: scratch.db, root: files.root })
  const failures = await checkMigrations({ db: scratch.db, root: files.root })
  assert.deepEqual(failures, [
    { check: '29990101T0800_bots.check.sql statement 2', row: { failure: 'wrong' } },
    { check: '29990101T0800_bots.check.sql statement 4', row: { '?column?': 'gone' } },
  ])
  assert.equal((await scratch.db.pool.query('select * from kiosk.bot')).rowCount, 0)
})

test('the checks of every real migration find nothing in a fresh database', async () => {
  await using scratch = await World.database()
  assert.deepEqual(await migrate({ db: scratch.db, root: source }), [])
  assert.deepEqual(await checkMigrations({ db: scratch.db, root: source }), [])
})
