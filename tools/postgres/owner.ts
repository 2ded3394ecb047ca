import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { PostgresUnavailable } from './unavailable.ts'

/**
 * PostgreSQL refuses to run as root. `plain`: we are somebody else and run it as ourselves. `mapped`: we are root, and a
 * user namespace shows our id to PostgreSQL as another, so its data stay ours; the same helps a user whom this machine
 * does not know by name. `dropped`: we are root, namespaces are refused (as in most containers), and it runs as nobody.
 */
export type Mode = 'plain' | 'mapped' | 'dropped'

/** Under whom PostgreSQL runs, and to whom its data must therefore belong. */
export type Owner = {
  mode: Mode
  uid: number
  gid: number
  /** Whether the kernel ends PostgreSQL with us. */
  tied: boolean
  start(program: string, args: string[], stdio: StdioOptions): ChildProcess
}

const tie = ['--pdeathsig', 'INT']

export function chooseOwner(wish?: Mode): Owner {
  const mode = wish ?? likelyMode()
  const tied = spawnSync('setpriv', [...tie, 'true']).status === 0
  const us = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  if (mode !== 'dropped') {
    const prefix = mode === 'mapped' ? mappedPrefix() : []
    return { ...us, mode, tied, start: starter({ prefix, tied }) }
  }
  const { uid, gid } = users().find((user) => user.name === 'nobody') ?? { uid: 65_534, gid: 65_534 }
  return { uid, gid, mode, tied, start: starter({ prefix: [], identity: { uid, gid }, tied }) }
}

function likelyMode(): Mode {
  const uid = process.getuid?.()
  if (uid !== 0 && users().some((user) => user.uid === uid)) return 'plain'
  const [command, ...args] = mappedPrefix()
  if (command && spawnSync(command, [...args, 'true']).status === 0) return 'mapped'
  return uid === 0 ? 'dropped' : 'plain'
}

function starter(how: { prefix: string[]; identity?: { uid: number; gid: number }; tied: boolean }): Owner['start'] {
  const before = how.tied ? [...how.prefix, 'setpriv', ...tie] : how.prefix
  return (program, args, stdio) => {
    const [command = program, ...rest] = [...before, program, ...args]
    // Of its own session: Ctrl-C in the terminal must reach us first, so that we end before our database does.
    return spawn(command, rest, { ...how.identity, cwd: '/', env: environment(), stdio, detached: true })
  }
}

// initdb looks its user up by number, so the number shown to it must be one that this machine knows.
function mappedPrefix(): string[] {
  const user = users().find(({ uid }) => uid !== 0 && uid !== 65_534)
  if (!user) return []
  return ['unshare', '--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`]
}

function users(): { name: string; uid: number; gid: number }[] {
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  return lines.flatMap(([name, , uid, gid]) =>
    name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [],
  )
}

// PGDATA, PGPORT and the like of the reader's own server would change ours.
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }
}

/** Whether the user can reach this folder or program, asked as that user. */
export function canReach(owner: Owner, path: string): boolean {
  if (owner.mode !== 'dropped') return true
  const probe = spawnSync('test', ['-x', path], { uid: owner.uid, gid: owner.gid, cwd: '/' })
  if (probe.error)
    throw new PostgresUnavailable(`No program can be started as user ${owner.uid}: ${probe.error.message}`)
  return probe.status === 0
}
