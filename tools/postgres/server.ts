import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { inUse, readLockFile } from './in-use.ts'
import type { Owner } from './owner.ts'
import { PostgresUnavailable } from './unavailable.ts'

/** PostgreSQL's own parameters by name, as in postgresql.conf. */
export type Settings = Record<string, string>

// For a ledger on a small machine: what makes it durable stays as PostgreSQL has it.
const settingsByDefault: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  min_wal_size: '1GB',
  checkpoint_timeout: '15min',
  // Compiling costs more than our short statements take.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  // The server's own troubles. Statements' errors reach whoever made them, and may hold what people wrote.
  log_min_messages: 'log',
}

const logBytesMax = 10_000_000
const stopMs = 60_000
const portTries = 5

export type Server = {
  pid: number
  port: number
  /** Resolves when the server has ended, for whatever reason. */
  ended: Promise<void>
  /** Ends it cleanly; safe to call twice. */
  stop: () => Promise<void>
}

type Wish = {
  owner: Owner
  program: string
  data: string
  log: string
  settings: Settings
  port: number | undefined
  say: (line: string) => void
}

/** Starts a server and resolves when it takes connections. */
export async function startServer(wish: Wish): Promise<Server> {
  for (let tries = 1; ; tries++) {
    const port = wish.port ?? (await freePort())
    const started = await tryPort(wish, port)
    if (started !== 'port taken') return started
    // Between our look and its start somebody else may take a free port.
    if (wish.port !== undefined || tries === portTries)
      throw new PostgresUnavailable(`Port ${port} on 127.0.0.1 is taken: choose another, or stop who has it.`)
  }
}

async function tryPort(wish: Wish, port: number): Promise<Server | 'port taken'> {
  const settings = { ...settingsByDefault, ...wish.settings, port: String(port) }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  keepLogSmall(wish.log)
  const log = openSync(wish.log, 'a', 0o600)
  const logFrom = fstatSync(log).size
  const child = wish.owner.start(wish.program, ['-D', wish.data, ...args], ['ignore', log, log])
  closeSync(log)
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  })
  const server = tieToUs({ child, ended, port, tied: wish.owner.tied })
  if (await isReady(child, wish)) return server
  const words = readFileSync(wish.log).subarray(logFrom).toString()
  if (/Address already in use/.test(words)) return 'port taken'
  throw explain(words, wish)
}

async function isReady(child: ChildProcess, { data, say }: Wish): Promise<boolean> {
  const slow = setTimeout(() => say('PostgreSQL is still starting: it may be recovering after a crash …'), 5000)
  try {
    while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const lock = readLockFile(data)
      if (lock?.pid === child.pid && lock.status === 'ready') return true
      await wait(20)
    }
    return false
  } finally {
    clearTimeout(slow)
  }
}

function tieToUs(given: { child: ChildProcess; ended: Promise<void>; port: number; tied: boolean }): Server {
  const { child, ended, port } = given
  const pid = child.pid ?? 0
  const end = (): boolean => child.kill('SIGINT')
  process.once('exit', end)
  const watchdog = given.tied || pid === 0 ? undefined : startWatchdog(pid)
  void ended.then(() => {
    process.off('exit', end)
    watchdog?.kill('SIGKILL')
  })
  const stop = async (): Promise<void> => {
    end()
    const impatient = setTimeout(() => child.kill('SIGQUIT'), stopMs)
    await ended
    clearTimeout(impatient)
  }
  return { pid, port, ended, stop }
}

// Where the kernel cannot tie the server to us: a shell whose input closes when we are gone, however we went.
function startWatchdog(pid: number): ChildProcess {
  const watchdog = spawn('sh', ['-c', `read -r line; kill -INT ${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  watchdog.on('error', () => {})
  watchdog.unref()
  return watchdog
}

function keepLogSmall(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0
  if (size > logBytesMax) renameSync(log, `${log}.1`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

function explain(words: string, { data, log }: Wish): PostgresUnavailable {
  const holder = /lock file "postmaster\.pid" already exists[^]*PID (\d+)/.exec(words)?.[1]
  if (holder) return inUse(data, holder)
  const last = words.trim().split('\n').slice(-6).join('\n')
  const remedy = remedies.find(([pattern]) => pattern.test(words))?.[1] ?? `Its log is ${log}; it ends so:`
  return new PostgresUnavailable(`PostgreSQL did not start. ${remedy}\n${last}`)
}

const remedies: [RegExp, string][] = [
  [/No space left on device/, 'The disk is full: free some space and start again.'],
  [/could not map anonymous shared memory|Cannot allocate memory/, 'There is too little memory: lower shared_buffers.'],
  [/invalid value for parameter|unrecognized configuration parameter/, 'One of the settings given is not accepted.'],
]
