import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, globSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs'
import { renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'
import pg from 'pg'
import { findPostgres, PostgresUnavailable, startPostgres, type StartOptions } from './postgres.ts'

const door = new URL('postgres.ts', import.meta.url).href
const onlyRoot = process.getuid?.() === 0 ? {} : { skip: 'only root can let PostgreSQL run as somebody else' }
const small = { shared_buffers: '16MB', max_connections: '20', min_wal_size: '32MB', max_wal_size: '64MB' }

function options(t: TestContext): StartOptions & { outside: string; said: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'bottega-postgres-'))
  chmodSync(folder, 0o711)
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const said: string[] = []
  const say = (line: string): number => said.push(line)
  return { dataFolder: join(folder, 'data'), outside: join(folder, 'outside'), settings: small, say, said }
}

async function query(url: string, sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<{ answer: string }>(sql)
    return rows[0]?.answer ?? ''
  } finally {
    await client.end()
  }
}

const write = `CREATE TABLE kept AS SELECT 'here' AS answer`
const read = 'SELECT answer FROM kept'

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let tries = 0; isAlive(pid); tries++) {
    assert.ok(tries < 100, `process ${pid} is still there after 5 s`)
    await wait(50)
  }
}

/** A Node process that has started the server and waits, as a running install does. */
async function startApart(
  given: StartOptions,
  path = process.env['PATH'],
): Promise<{ node: number; url: string; pid: number }> {
  const source = `
    const { startPostgres } = await import(${JSON.stringify(door)})
    const { url, pid } = await startPostgres(${JSON.stringify(given)})
    console.log(JSON.stringify({ url, pid }))`
  const env = { ...process.env, PATH: path }
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let line = ''
  for await (const part of child.stdout) if ((line += String(part)).endsWith('}\n')) break
  return { node: child.pid ?? 0, ...(JSON.parse(line) as { url: string; pid: number }) }
}

test('the server answers to its password alone, durable and checked, and keeps its data', async (t) => {
  const given = options(t)
  const first = await startPostgres(given)
  assert.match(first.version, /^18\./)
  await query(first.url, write)
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums'])
    assert.equal(await query(first.url, `SELECT current_setting('${name}') AS answer`), 'on', name)
  assert.equal(await query(first.url, `SELECT upper('é') AS answer`), 'É')
  await assert.rejects(query(first.url.replace(/:[^:@]+@/, ':wrong@'), read), { code: '28P01' })
  assert.equal(statSync(join(given.dataFolder, 'postgres.password')).mode & 0o777, 0o600)
  await first.stop()
  await first.stop()
  assert.equal(isAlive(first.pid), false)
  await using second = await startPostgres(given)
  assert.equal(await query(second.url, read), 'here')
})

test('a second start on the same folder is refused by name', async (t) => {
  const given = options(t)
  await using first = await startPostgres(given)
  await assert.rejects(startPostgres(given), (error: Error) => {
    assert.ok(error instanceof PostgresUnavailable)
    assert.match(error.message, new RegExp(`in use by the PostgreSQL with process id ${first.pid}\\b`))
    return true
  })
  assert.equal(await query(first.url, `SELECT 'still' AS answer`), 'still')
})

test('of two starts at one moment one wins, and neither harms the data', async (t) => {
  const given = options(t)
  const both = await Promise.allSettled([startApart(given), startApart(given)])
  const won = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  assert.equal(won.length, 1)
  const [winner] = won
  assert.ok(winner)
  await query(winner.url, write)
  assert.equal(await query(winner.url, read), 'here')
  process.kill(winner.node, 'SIGKILL')
  await untilGone(winner.pid)
})

test('data of another version of PostgreSQL, or of no PostgreSQL, are refused and left alone', async (t) => {
  const given = options(t)
  const data = join(given.dataFolder, 'postgres')
  mkdirSync(data, { recursive: true, mode: 0o700 })
  writeFileSync(join(data, 'PG_VERSION'), '17\n')
  await assert.rejects(startPostgres(given), { name: 'PostgresUnavailable', message: /of PostgreSQL 17.*pg_dumpall/ })
  rmSync(join(data, 'PG_VERSION'))
  writeFileSync(join(data, 'diary.txt'), 'mine')
  await assert.rejects(startPostgres(given), { name: 'PostgresUnavailable', message: /not empty/ })
  assert.equal(readFileSync(join(data, 'diary.txt'), 'utf8'), 'mine')
})

test('data survive the kill of the server, and a lock file whose number has gone to a stranger', async (t) => {
  const given = options(t)
  const first = await startPostgres(given)
  await query(first.url, write)
  process.kill(first.pid, 'SIGKILL')
  await first.ended
  const lock = join(first.data, 'postmaster.pid')
  writeFileSync(lock, readFileSync(lock, 'utf8').replace(/^\d+/, String(process.ppid)))
  await using second = await startPostgres(given)
  assert.equal(await query(second.url, read), 'here')
})

for (const [how, path] of [
  ['by the kernel', process.env['PATH']],
  ['by a watchdog where there is no setpriv', undefined],
] as const)
  test(`the server is ended ${how} when its parent is killed, and the data survive`, async (t) => {
    const given = options(t)
    const bin = join(given.outside, '../bin')
    mkdirSync(bin)
    for (const name of ['sh', 'test', 'true', 'unshare']) {
      const found = ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find((file) => existsSync(file))
      if (found) writeFileSync(join(bin, name), `#!/bin/sh\nexec ${found} "$@"\n`, { mode: 0o755 })
    }
    chmodSync(bin, 0o755)
    const { node, url, pid } = await startApart(given, path ?? bin)
    await query(url, write)
    process.kill(node, 'SIGKILL')
    await untilGone(pid)
    await using again = await startPostgres(given)
    assert.equal(await query(again.url, read), 'here')
  })

test('what a killed first start has left is swept away', async (t) => {
  const given = options(t)
  const half = join(given.dataFolder, 'postgres.new-4194399')
  mkdirSync(half, { recursive: true })
  writeFileSync(join(half, 'PG_VERSION'), '18\n')
  await using postgres = await startPostgres(given)
  assert.equal(existsSync(half), false)
  assert.equal(await query(postgres.url, `SELECT 'new' AS answer`), 'new')
})

test('a first start that is killed at any moment leaves nothing that the next one stumbles over', async (t) => {
  const given = options(t)
  for (const ms of [150, 300, 450, 600]) {
    const source = `(await import(${JSON.stringify(door)})).startPostgres(${JSON.stringify(given)})`
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: 'ignore' })
    await wait(ms)
    child.kill('SIGKILL')
  }
  await using postgres = await startPostgres(given)
  assert.equal(await query(postgres.url, `SELECT 'whole' AS answer`), 'whole')
})

test('a lost password file is made anew, and the data stay', async (t) => {
  const given = options(t)
  const first = await startPostgres(given)
  await query(first.url, write)
  await first.stop()
  rmSync(join(given.dataFolder, 'postgres.password'))
  await using second = await startPostgres(given)
  assert.notEqual(new URL(second.url).password, new URL(first.url).password)
  assert.equal(await query(second.url, read), 'here')
})

test('a link to data that are gone is refused, not taken for a first start', async (t) => {
  const given = options(t)
  const first = await startPostgres(given)
  await first.stop()
  renameSync(first.data, `${first.data}-away`)
  symlinkSync(join(given.dataFolder, 'elsewhere'), first.data)
  await assert.rejects(startPostgres(given), { name: 'PostgresUnavailable', message: /nothing is there/ })
})

test('in a folder closed to others, both ways of root work and hand the data to each other', onlyRoot, async (t) => {
  const given = options(t)
  const closed = join(given.dataFolder, '..', 'closed')
  mkdirSync(closed, { mode: 0o700 })
  const dataFolder = join(closed, 'data')
  {
    await using mapped = await startPostgres({ ...given, dataFolder, mode: 'mapped' })
    await query(mapped.url, write)
    assert.equal(mapped.data, join(dataFolder, 'postgres'))
    assert.equal(statSync(mapped.data).uid, 0)
  }
  assert.deepEqual(given.said, [])
  {
    await using dropped = await startPostgres({ ...given, dataFolder, mode: 'dropped' })
    assert.equal(await query(dropped.url, read), 'here')
    assert.ok(dropped.data.startsWith(given.outside))
    assert.ok(lstatSync(join(dataFolder, 'postgres')).isSymbolicLink())
    assert.notEqual(statSync(dropped.data).uid, 0)
  }
  assert.match(given.said.join(), /data lie in .*outside/)
  await using again = await startPostgres({ ...given, dataFolder, mode: 'mapped' })
  assert.equal(await query(again.url, read), 'here')
  assert.equal(realpathSync(join(dataFolder, 'postgres')), again.data)
})

test('in a folder closed to others, a first start as another user puts the data outside', onlyRoot, async (t) => {
  const given = options(t)
  const closed = join(given.dataFolder, '..', 'closed')
  mkdirSync(closed, { mode: 0o700 })
  const wish = { ...given, dataFolder: join(closed, 'data'), mode: 'dropped' } as const
  const first = await startPostgres(wish)
  await query(first.url, write)
  await first.stop()
  // Even without the link, the data are found again rather than begun anew.
  rmSync(join(wish.dataFolder, 'postgres'))
  await using second = await startPostgres(wish)
  assert.equal(await query(second.url, read), 'here')
})

test('a first start as another user that is killed while it makes the data can be begun again', onlyRoot, async (t) => {
  const given = options(t)
  const closed = join(given.dataFolder, '..', 'closed')
  mkdirSync(closed, { mode: 0o700 })
  const wish = { ...given, dataFolder: join(closed, 'data'), mode: 'dropped' } as const
  const source = `(await import(${JSON.stringify(door)})).startPostgres(${JSON.stringify(wish)})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: 'ignore' })
  const halfMade = (): boolean => globSync('*/postgres.new-*', { cwd: given.outside }).length > 0
  for (let tries = 0; !halfMade(); tries++) {
    assert.ok(tries < 1000 && child.exitCode === null, 'it never began')
    await wait(10)
  }
  child.kill('SIGKILL')
  await using postgres = await startPostgres(wish)
  assert.ok(postgres.data.startsWith(given.outside))
  assert.equal(realpathSync(join(wish.dataFolder, 'postgres')), postgres.data)
})

test('a server of DATABASE_URL is asked for its version, and what is wrong is said without the password', async (t) => {
  const given = options(t)
  await using own = await startPostgres(given)
  const found = await findPostgres({ ...given, databaseUrl: own.url })
  assert.equal(found.version, own.version)
  await found.stop()
  assert.equal(isAlive(own.pid), true)
  for (const [databaseUrl, pattern] of [
    [own.url.replace(/:[^:@]+@/, ':sesame@'), /password is not accepted/],
    [`${own.url}-none`, /no such database/],
    ['postgres://bottega:sesame@127.0.0.1:9/postgres', /nothing listens there/],
    ['mysql://bottega:sesame@127.0.0.1/x', /not of the form/],
  ] as const)
    await assert.rejects(findPostgres({ ...given, databaseUrl }), (error: Error) => {
      assert.ok(error instanceof PostgresUnavailable)
      assert.match(error.message, pattern)
      assert.doesNotMatch(error.message, /sesame/)
      return true
    })
})

test('a taken port is named', async (t) => {
  const first = await startPostgres(options(t))
  const port = Number(new URL(first.url).port)
  await assert.rejects(startPostgres({ ...options(t), port }), { message: new RegExp(`Port ${port} .* is taken`) })
  await first.stop()
})
