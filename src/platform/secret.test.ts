import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { World } from '../../test/world.ts'
import { OperatorFault } from './fault.ts'
import { openSecret } from './secret.ts'

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bottega-secret-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

test('a secret is made once, kept for its owner alone, and gives each purpose a key of its own', async (t) => {
  await using database = await World.database()
  const file = join(await emptyFolder(t), 'deep', 'secret')
  const options = { db: database.db, given: undefined, file }
  const [first, second] = await Promise.all([openSecret(options), openSecret(options)])
  assert.deepEqual(first.keyFor('cookies'), second.keyFor('cookies'))
  assert.notDeepEqual(first.keyFor('cookies'), first.keyFor('provider keys'))
  assert.equal((await stat(file)).mode & 0o777, 0o600)
})

test('another secret than the database knows is refused, with what to do', async (t) => {
  await using database = await World.database()
  const file = join(await emptyFolder(t), 'secret')
  await openSecret({ db: database.db, given: 'a'.repeat(40), file })
  await openSecret({ db: database.db, given: 'a'.repeat(40), file })
  await assert.rejects(openSecret({ db: database.db, given: 'b'.repeat(40), file }), OperatorFault)
})

test('a secret file that was cut short is refused and not taken for the secret of this database', async (t) => {
  await using database = await World.database()
  const file = join(await emptyFolder(t), 'secret')
  const options = { db: database.db, given: undefined, file }
  for (const text of ['', '\n'.repeat(40), 'a'.repeat(31)]) {
    await writeFile(file, text)
    await assert.rejects(openSecret(options), OperatorFault)
  }
  assert.equal((await database.db.pool.query('select from platform.secret')).rowCount, 0)
})
