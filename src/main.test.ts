import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { explainFault } from '#app'
import { World } from '../test/world.ts'
import { PostgresUnavailable } from '../tools/postgres.ts'
import { ScreensUnbuilt } from '../tools/web.ts'

const mainFile = join(import.meta.dirname, 'main.ts')

/** The real process, with what it has said so far. */
function start(environment: Record<string, string>) {
  const env = { PATH: process.env['PATH'] ?? '', PORT: '0', ...environment }
  const child = spawn(process.execPath, [mainFile], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (part) => (said.out += String(part)))
  child.stderr.on('data', (part) => (said.err += String(part)))
  const closed = once(child, 'close')
  const until = async (pattern: RegExp) => {
    for (let waited = 0; waited < 2400; waited++) {
      const found = pattern.exec(said.out)
      if (found) return found[1] ?? ''
      await sleep(25)
    }
    return assert.fail(`never said ${pattern}: ${said.out} ${said.err}`)
  }
  const end = async () => {
    const [code, signal] = await closed
    return { code, signal, ...said }
  }
  return { child, until, end, [Symbol.dispose]: () => void child.kill('SIGKILL') }
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`it opens, prints one URL and the claim link, and closes cleanly on ${signal}`, async () => {
    await using scratch = await World.database()
    using running = start({ DATABASE_URL: scratch.url })
    const url = await running.until(/(http:\S+)/)
    const health = await fetch(`${url}/api/health`)
    assert.equal(health.status, 200, await health.text())
    running.child.kill(signal)
    running.child.kill(signal)
    const ended = await running.end()
    assert.deepEqual([ended.code, ended.signal, ended.err], [0, null, ''])
    assert.deepEqual(
      ended.out.match(/http:\S+/g)?.map((each) => each.replace(/claim\/.*/, 'claim/…')),
      [url, `${url}/claim/…`],
    )
    await assert.rejects(fetch(url))
    // The server sees off a connection a moment after its client is gone.
    const open = `select count(*)::int as n from pg_stat_activity 
      where application_name = 'bottega' and datname = current_database()`
    for (let left = 1, waited = 0; left > 0; waited++) {
      left = (await scratch.db.pool.query(open)).rows[0].n
      assert.ok(left === 0 || waited < 100, `${left} connections are still open`)
      await sleep(50)
    }
  })
}

test('a second signal after a while ends it at once', async () => {
  await using scratch = await World.database()
  using running = start({ DATABASE_URL: scratch.url })
  const url = await running.until(/(http:\S+)/)
  const locked = await scratch.db.pool.connect()
  await locked.query('begin; lock table platform.cursor')
  const stuck = assert.rejects(fetch(`${url}/metrics`))
  await sleep(200)
  running.child.kill('SIGTERM')
  await sleep(1300)
  running.child.kill('SIGTERM')
  const ended = await running.end()
  assert.equal(ended.signal, 'SIGTERM')
  await stuck
  locked.release(true)
})

test('it outlives a server that drops every connection, and closes cleanly afterwards', async () => {
  await using scratch = await World.database()
  using running = start({ DATABASE_URL: scratch.url, LOG_LEVEL: 'fatal' })
  const url = await running.until(/(http:\S+)/)
  const drop = `select pg_terminate_backend(pid) from pg_stat_activity 
      where application_name = 'bottega' and datname = current_database()`
  for (let round = 0; round < 5; round++) {
    await scratch.db.pool.query(drop)
    await sleep(150)
  }
  const health = await fetch(`${url}/api/health`)
  assert.equal(health.status, 200, await health.text())
  running.child.kill('SIGTERM')
  assert.deepEqual([(await running.end()).code], [0])
})

test('what stands in the way of a start is said in words, without a stack', async () => {
  await using scratch = await World.database()
  await using server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? String(address.port) : ''
  const cases: readonly [Record<string, string>, RegExp][] = [
    [{ DATABASE_URL: scratch.url, PORT: port }, /Port \d+ on 127\.0\.0\.1 is in use\.\n.*PORT=/],
    [{ PORT: 'http' }, /PORT is no whole number\.\n/],
    [{ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, /nothing listens there/],
    [{ DATABASE_URL: scratch.url, BOTTEGA_MODE: 'demo' }, /stamped live.*asks for demo/],
  ]
  for (const [environment, words] of cases) {
    using failed = start(environment)
    const ended = await failed.end()
    assert.equal(ended.code, 1, ended.err)
    assert.match(ended.err, words)
    assert.doesNotMatch(ended.err, /\n\s+at /)
  }
  using debugged = start({ DATABASE_URL: scratch.url, PORT: port, LOG_LEVEL: 'debug' })
  assert.match((await debugged.end()).err, /\n\s+at /)
})

test('what the tools of a start cannot do is no bug either', () => {
  const explain = (fault: Error) => explainFault(fault, { debug: 'words only' })
  assert.equal(explain(new PostgresUnavailable('The disk is full.')), 'Bottega cannot start. The disk is full.')
  assert.match(explain(new ScreensUnbuilt('No screens.')), /^Bottega cannot start\. No screens\.\nIf you changed/)
})

test('a start from under which the database goes ends, and says so', async () => {
  await using scratch = await World.database()
  const locked = await scratch.db.pool.connect()
  await locked.query('begin; lock table platform.consumer')
  using running = start({ DATABASE_URL: scratch.url, ROLES: 'worker', LOG_LEVEL: 'fatal' })
  // The jobs run already, and the events wait for the lock.
  const waiting = `select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'bottega' and datname = current_database() and wait_event_type = 'Lock'`
  for (let asked = 0; (await scratch.db.pool.query(waiting)).rowCount === 0; asked++) {
    assert.ok(asked < 1200, 'it never waits')
    await sleep(25)
  }
  const ended = await running.end()
  locked.release(true)
  assert.equal(ended.code, 1, ended.err)
  assert.match(ended.err, /cannot start\. terminating connection.*\n.*start again once it runs/)
})

test('a user who may not make schemas is told who can let them', async () => {
  await using scratch = await World.database({ content: 'nothing' })
  const name = `guest_${process.pid}`
  await scratch.db.pool.query(`create role ${name} login password 'sesame'`)
  const url = new URL(scratch.url)
  Object.assign(url, { username: name, password: 'sesame' })
  using failed = start({ DATABASE_URL: url.href })
  const ended = await failed.end()
  await scratch.db.pool.query(`drop role ${name}`)
  assert.match(ended.err, /cannot start\. permission denied for database .*\nThe user of DATABASE_URL lacks this right/)
})

test('two processes may start on one new database at once', async () => {
  await using scratch = await World.database({ content: 'nothing' })
  using first = start({ DATABASE_URL: scratch.url })
  using second = start({ DATABASE_URL: scratch.url, ROLES: 'worker' })
  await first.until(/(http:\S+)/)
  await second.until(/(at work)/)
  first.child.kill('SIGTERM')
  second.child.kill('SIGTERM')
  assert.deepEqual([(await first.end()).code, (await second.end()).code], [0, 0])
})
