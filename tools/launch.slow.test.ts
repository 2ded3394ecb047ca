import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'

const endMs = 6000
const door = new URL('postgres.ts', import.meta.url).href

// As an install is: a server with its own PostgreSQL, which writes down who is who and how it ended.
const server = `
import { writeFileSync } from 'node:fs'
const { startPostgres } = await import(${JSON.stringify(door)})
const settings = { shared_buffers: '16MB', max_connections: '20' }
const postgres = await startPostgres({ dataFolder: 'data', settings })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, async () => {
  await postgres.stop()
  writeFileSync('ended', signal, { flag: 'a' })
  clearInterval(alive)
})
const alive = setInterval(() => {}, 1000)
writeFileSync('pids', [process.ppid, process.pid, postgres.pid].join())
`

/** A checkout of its own with nothing to install, so that npm itself can be run in it. */
function checkout(t: TestContext, script: string): string {
  const root = mkdtempSync(join(tmpdir(), 'bottega-launch-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  chmodSync(root, 0o711)
  for (const folder of ['tools', 'node_modules']) mkdirSync(join(root, folder))
  copyFileSync(new URL('launch.mjs', import.meta.url), join(root, 'tools/launch.mjs'))
  writeFileSync(join(root, 'main.ts'), script)
  const main = { name: 'x', version: '0.0.0', type: 'module', scripts: { start: 'node tools/launch.mjs main.ts' } }
  writeFileSync(join(root, 'package.json'), JSON.stringify(main))
  const lock = { name: 'x', version: '0.0.0', lockfileVersion: 3, requires: true }
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ ...lock, packages: { '': main } }))
  writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ ...lock, packages: {} }))
  return root
}

// As typed by hand: without what the npm of this very run has put into the environment.
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_(lifecycle|package|execpath|node)/.test(name))
  const searchPath = [dirname(process.execPath), process.env['PATH']].join(delimiter)
  return { ...Object.fromEntries(own), NODE_TEST_CONTEXT: undefined, PATH: searchPath }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function until(what: string, holds: () => boolean, ms: number): Promise<void> {
  for (const end = Date.now() + ms; !holds(); await wait(50)) assert.ok(Date.now() < end, `${what} within ${ms} ms`)
}

/** Of its own process group, as a command typed into a terminal is. */
async function started(t: TestContext, root: string, command: string, args: string[]) {
  const child = spawn(command, args, { cwd: root, env: environment(), stdio: 'ignore', detached: true })
  const file = join(root, 'pids')
  const read = (): number[] => (existsSync(file) ? readFileSync(file, 'utf8').split(',').map(Number) : [])
  t.after(() =>
    [child.pid ?? 0, ...read()].filter((pid) => pid > 0 && isAlive(pid)).map((pid) => process.kill(pid, 'SIGKILL')),
  )
  await until('the server has started', () => read().length === 3, 30_000)
  return { child, pids: read() }
}

function ending(child: ChildProcess): Promise<number | string> {
  return new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal ?? 'unknown')))
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const)
  test(`${signal} to npm ends the launcher, the server, cleanly, and its PostgreSQL`, async (t) => {
    const root = checkout(t, server)
    const { child, pids } = await started(t, root, 'npm', ['start'])
    const ended = ending(child)
    child.kill(signal)
    await until('all have ended', () => !pids.some(isAlive), endMs)
    assert.equal(readFileSync(join(root, 'ended'), 'utf8'), 'SIGTERM')
    assert.equal(await ended, signal)
  })

test('Ctrl-C in the terminal of npm reaches the server once, and it ends cleanly', async (t) => {
  const root = checkout(t, server)
  const { child, pids } = await started(t, root, 'npm', ['start'])
  const ended = ending(child)
  process.kill(-(child.pid ?? 0), 'SIGINT')
  await until('all have ended', () => !pids.some(isAlive), endMs)
  assert.equal(readFileSync(join(root, 'ended'), 'utf8'), 'SIGINT')
  t.diagnostic(`npm ended with ${await ended}`)
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  test(`${signal} to the launcher reaches the server once, and its exit code comes back`, async (t) => {
    const root = checkout(t, server)
    const { child, pids } = await started(t, root, process.execPath, ['tools/launch.mjs', 'main.ts'])
    const ended = ending(child)
    child.kill(signal)
    child.kill(signal)
    assert.equal(await ended, 0)
    assert.equal(readFileSync(join(root, 'ended'), 'utf8'), signal)
    assert.deepEqual(pids.filter(isAlive), [])
  })

test('the kill of the launcher ends the server and its PostgreSQL', async (t) => {
  const root = checkout(t, server)
  const { child, pids } = await started(t, root, process.execPath, ['tools/launch.mjs', 'main.ts'])
  child.kill('SIGKILL')
  await until('all have ended', () => !pids.some(isAlive), endMs)
  // The kernel says it once for each thread of the killed launcher.
  assert.match(readFileSync(join(root, 'ended'), 'utf8'), /^(SIGTERM)+$/)
})

test('started by hand, the launcher outlives whoever started it', async (t) => {
  const root = checkout(t, server)
  const { pids } = await started(t, root, 'sh', ['-c', 'node tools/launch.mjs main.ts & exit 0'])
  await wait(1500)
  assert.deepEqual(pids.map(isAlive), [true, true, true])
  process.kill(pids[0] ?? 0, 'SIGTERM')
  await until('all have ended', () => !pids.some(isAlive), endMs)
})

function launch(root: string, args: string[], more: NodeJS.ProcessEnv = {}) {
  const options = { cwd: root, env: { ...environment(), ...more }, encoding: 'utf8', timeout: 60_000 } as const
  return spawnSync(process.execPath, ['tools/launch.mjs', ...args], options)
}

test('arguments, exit code and the death by a signal are passed on', (t) => {
  const root = checkout(t, 'console.log(process.argv.slice(2).join()); process.exitCode = 7')
  const said = launch(root, ['main.ts', '--loud', 'x y'])
  assert.equal(said.stdout, '--loud,x y\n')
  assert.equal(said.status, 7)
  writeFileSync(join(root, 'main.ts'), `process.kill(process.pid, 'SIGKILL')`)
  assert.equal(launch(root, ['main.ts']).status, 137)
})

// What each of these says is read by somebody who has never seen this code.
function assertSaid(done: { stderr: string; status: number | null }, pattern: RegExp): void {
  assert.match(done.stderr, pattern)
  assert.doesNotMatch(done.stderr, /^\s+at /m)
  assert.equal(done.status, 1)
}

test('what is missing is named with what to do', (t) => {
  const root = checkout(t, 'console.log(1)')
  assertSaid(launch(root, []), /^Usage/)
  assertSaid(launch(root, ['other.ts']), /other\.ts is not there/)
  rmSync(join(root, 'node_modules'), { recursive: true })
  assertSaid(launch(root, ['main.ts'], { PATH: '/nowhere' }), /install npm/)
  rmSync(join(root, 'package-lock.json'))
  assertSaid(launch(root, ['main.ts']), /package-lock\.json is missing/)
})

test('without a network the registry is named as the cause, and a second start tries again', (t) => {
  const root = checkout(t, 'console.log(1)')
  const path = join(root, 'package-lock.json')
  const whole = readFileSync(path, 'utf8')
  const lock = JSON.parse(whole) as { packages: Record<string, object> }
  const wanted = { '': { name: 'x', version: '0.0.0', dependencies: { zod: '4.6.7' } } }
  writeFileSync(join(root, 'package.json'), JSON.stringify(wanted['']))
  const packages = { ...wanted, 'node_modules/zod': { version: '4.6.7' } }
  writeFileSync(path, JSON.stringify({ ...lock, packages }))
  const nowhere = { npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0' }
  const offline = { ...nowhere, npm_config_cache: join(root, 'cache') }
  for (const time of ['first', 'second']) {
    const done = launch(root, ['main.ts'], offline)
    assertSaid(done, /registry was not reached/)
    assert.match(done.stdout, /Installing packages/, time)
  }
})

test('what npm has installed by itself is not installed again', (t) => {
  const root = checkout(t, 'console.log(1)')
  const said = launch(root, ['main.ts'])
  assert.equal(said.stdout, '1\n')
  assert.ok(existsSync(join(root, 'node_modules/.bottega-installed')))
})
