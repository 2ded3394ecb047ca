import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, closeSync } from 'node:fs'
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Owner } from './owner.ts'
import { readIfThere } from './place.ts'
import type { Programs } from './programs.ts'
import { PostgresUnavailable } from './unavailable.ts'

export const superuser = 'bottega'

type Cluster = { data: string; folder: string; programs: Programs; owner: Owner; durable: 'durable' | 'throw-away' }

// Any user of this machine can reach the port, so the password is what keeps them out.
const access = 'host all all 127.0.0.1/32 scram-sha-256\n'

const choices = [
  ['-U', superuser],
  ['-E', 'UTF8'],
  // Built in: sorts and folds the same on every machine, whichever locales it has.
  ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
  ['--data-checksums', '--no-instructions'],
  // Replaced by `access`: there is no moment at which a connection is believed without a password.
  ['--auth=reject'],
].flat()

/** Makes the database unless it is there, and returns the superuser's password. */
export async function ensureCluster(cluster: Cluster): Promise<string> {
  const file = join(cluster.folder, 'postgres.password')
  const known = readPassword(file)
  const password = known ?? keepPassword(file)
  if (!existsSync(join(cluster.data, 'PG_VERSION'))) await create(cluster, password)
  else if (!known) await setPassword(cluster, cluster.data, password)
  return password
}

function readPassword(file: string): string | undefined {
  const password = readIfThere(file)?.trim()
  if (!password || !/^[\w-]{20,}$/.test(password)) return undefined
  chmodSync(file, 0o600)
  return password
}

// Linked into place: of two starts at one moment the first one's password holds, and nobody reads half of it.
function keepPassword(file: string): string {
  const half = `${file}.new-${process.pid}`
  rmSync(half, { force: true })
  writeFileSync(half, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flush: true })
  if (readPassword(file) === undefined) rmSync(file, { force: true })
  try {
    linkSync(half, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(half)
  }
  const password = readPassword(file)
  if (!password) throw new PostgresUnavailable(`${file} cannot be used: delete it and start again.`)
  return password
}

// Made beside its place and renamed: a start that is killed in the middle leaves nothing that looks like a database.
async function create(cluster: Cluster, password: string): Promise<void> {
  const { data, owner, programs, durable } = cluster
  const parent = dirname(data)
  sweep(data)
  const half = `${data}.new-${process.pid}`
  mkdirSync(half, { mode: 0o700 })
  try {
    if (process.getuid?.() === 0) chownSync(half, owner.uid, owner.gid)
    const sync = durable === 'durable' ? [] : ['--no-sync']
    await runToEnd({ owner, program: programs.initdb, args: ['-D', half, ...choices, ...sync], input: '' })
    writeFileSync(join(half, 'pg_hba.conf'), access, { flush: true })
    await setPassword(cluster, half, password)
    moveIntoPlace(half, data)
  } finally {
    rmSync(half, { recursive: true, force: true })
  }
  const handle = openSync(parent, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

function moveIntoPlace(half: string, data: string): void {
  try {
    renameSync(half, data)
  } catch (error) {
    // A second start at the same moment was faster: its database is as good as ours.
    if (!existsSync(join(data, 'PG_VERSION'))) throw error
  }
}

function sweep(data: string): void {
  const prefix = `${basename(data)}.new-`
  for (const name of readdirSync(dirname(data)).filter((entry) => entry.startsWith(prefix))) {
    const pid = Number(name.slice(prefix.length))
    if (pid !== process.pid && existsSync(`/proc/${pid}`)) continue
    rmSync(join(dirname(data), name), { recursive: true, force: true })
  }
}

// Without the network, in single-user mode: whoever may write the data folder is its master anyway. It also brings
// back a database whose password file was lost.
async function setPassword({ owner, programs }: Cluster, data: string, password: string): Promise<void> {
  const args = ['--single', '-D', data, '-c', 'log_min_messages=fatal', 'postgres']
  const input = `ALTER ROLE ${superuser} PASSWORD '${password}'\n`
  await runToEnd({ owner, program: programs.postgres, args, input })
}

type Run = { owner: Owner; program: string; args: string[]; input: string }

async function runToEnd({ owner, program, args, input }: Run): Promise<void> {
  const child = owner.start(program, args, ['pipe', 'pipe', 'pipe'])
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
  // It may end before it has read this; its own words then say why.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  child.stdout?.resume()
  const words = child.stderr ? text(child.stderr) : Promise.resolve('')
  const [code, complaint] = await Promise.all([ended, words])
  if (code === 0 && !/^.*(ERROR|FATAL|PANIC):/m.test(complaint)) return
  throw new PostgresUnavailable(`The database could not be prepared. ${remedyFor(complaint)}\n${complaint.trim()}`)
}

function remedyFor(complaint: string): string {
  if (/No space left|Disk quota/.test(complaint)) return 'The disk is full: free some space and start again.'
  if (/could not look up effective user/.test(complaint))
    return 'PostgreSQL wants a user with a name: start as a user who stands in /etc/passwd, or set DATABASE_URL.'
  if (/shared memory|Cannot allocate memory/.test(complaint)) return 'There is too little memory.'
  return 'PostgreSQL said:'
}
