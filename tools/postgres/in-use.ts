import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { PostgresUnavailable } from './unavailable.ts'

const graceMs = 2000
const stoppingMs = 60_000
const lookMs = 50

type LockFile = { pid: number; status: string }

/** What a server has written of itself in its data folder: postmaster.pid, whose eighth line is its status. */
export function readLockFile(data: string): LockFile | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), status: lines[7]?.trim() ?? '' }
  } catch {
    return undefined
  }
}

/**
 * Refuses a folder on which a server runs, and names its process. One that is on its way out (its parent was killed a
 * moment ago) is waited for. A lock file left by a crash is removed when its number has since gone to a stranger, which
 * PostgreSQL itself would take for a running server.
 */
export async function refuseIfInUse(data: string): Promise<void> {
  if (process.platform !== 'linux') return
  const begin = Date.now()
  for (;;) {
    const pids = processesIn(data)
    if (pids.length === 0) break
    const lock = readLockFile(data)
    const running = lock && pids.includes(lock.pid) && lock.status !== 'stopping'
    const waited = Date.now() - begin
    if (waited > (running ? graceMs : stoppingMs)) throw inUse(data, running ? lock.pid : pids[0])
    await wait(lookMs)
  }
  const lock = readLockFile(data)
  if (lock && isAlive(lock.pid)) rmSync(join(data, 'postmaster.pid'), { force: true })
}

export function inUse(data: string, pid: number | string | undefined): PostgresUnavailable {
  const server = `the PostgreSQL with process id ${pid}`
  return new PostgresUnavailable(
    `The data folder ${data} is in use by ${server}. Is Bottega already running? Stop it first, or choose another folder.`,
  )
}

// Every process of a server has the data folder as its working directory, the server's children as well, which
// outlive a killed server for a moment and still write.
function processesIn(data: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && workingFolder(name) === data && commandOf(name).startsWith('postgres'))
    .map(Number)
}

function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8')
  } catch {
    return ''
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
