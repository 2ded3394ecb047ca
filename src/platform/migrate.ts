import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type pg from 'pg'
import type { Database } from './db.ts'
import { OperatorFault } from './fault.ts'
import type { Log } from './log.ts'

type Migration = {
  readonly name: string
  readonly sql: string
  readonly checksum: string
  readonly check: string | undefined
}
type Applied = { readonly name: string; readonly checksum: string }

/** Any number will do as long as nothing else in the database takes it; all starts of one install queue here. */
const lockKey = 5_827_110_431n
const namePattern = /^\d{8}T\d{4}_[a-z0-9_-]+\.sql$/
const checkSuffix = '.check.sql'

const ownTable = `
  create schema if not exists platform;
  create table if not exists platform.migration (
    name text primary key,
    checksum text not null check (checksum ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz not null default clock_timestamp()
  )`

/**
 * All migrations below `root`, in the one order of their names whichever room they lie in: `migrations/` of a room
 * (`src/ledger`) or of a room within a group (`src/revenue/shop`).
 */
export function findMigrations(root: string): readonly Migration[] {
  const paths = globSync(['*/migrations/*.sql', '*/*/migrations/*.sql'], { cwd: root }).map((path) => join(root, path))
  const checks = new Map(paths.filter((path) => path.endsWith(checkSuffix)).map((path) => [stem(path), path]))
  const files = paths.filter((path) => !path.endsWith(checkSuffix)).toSorted(byName)
  files.forEach((path, at) => {
    if (!namePattern.test(basename(path))) throw badName(path)
    if (at > 0 && basename(files[at - 1] ?? '') === basename(path)) {
      throw new OperatorFault(`Two migrations are called ${basename(path)}.`, 'Give one of them a later minute.')
    }
  })
  const known = new Set(files.map(stem))
  const orphan = [...checks].find(([name]) => !known.has(name))
  if (orphan) throw new OperatorFault(`${orphan[1]} checks no migration.`, 'Name it after the migration beside it.')
  return files.map((path) => readMigration(path, checks.get(stem(path))))
}

function readMigration(path: string, checkPath: string | undefined): Migration {
  const sql = readFileSync(path, 'utf8')
  const checksum = createHash('sha256').update(sql).digest('hex')
  return { name: basename(path), sql, checksum, check: checkPath && readFileSync(checkPath, 'utf8') }
}

const stem = (path: string) => basename(path).replace(/(?:\.check)?\.sql$/, '')
const byName = (a: string, b: string) => (basename(a) < basename(b) ? -1 : basename(a) > basename(b) ? 1 : 0)
const badName = (path: string) =>
  new OperatorFault(`${path} is no name of a migration.`, 'Name it like 20261123T0900_what-it-does.sql, in UTC.')

/** One digest of every migration, for whoever keeps a database that stands for exactly these. */
export function fingerprint(root: string): string {
  const digest = createHash('sha256')
  for (const { name, checksum } of findMigrations(root)) digest.update(`${name} ${checksum}\n`)
  return digest.digest('hex')
}

/**
 * Applies what is not applied yet, each file in a transaction of its own, and returns their names. Two starts at once
 * are safe: the second waits, then finds nothing to do. Throws OperatorFault when the files and the database disagree.
 */
export async function migrate(options: { db: Database; root: string; log?: Log }): Promise<readonly string[]> {
  const files = findMigrations(options.root)
  const client = await options.db.pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey])
    await client.query(ownTable)
    const { rows } = await client.query<Applied>(
      'select name, checksum from platform.migration order by name collate "C"',
    )
    const pending = findPending(files, rows)
    for (const file of pending) {
      await apply(client, file)
      options.log?.debug({ migration: file.name }, 'migration applied')
    }
    return pending.map((file) => file.name)
  } finally {
    // The end of the session gives the lock back even when the query that would do so cannot be sent any more.
    client.release(true)
  }
}

function findPending(files: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const byFile = new Map(files.map((file) => [file.name, file]))
  for (const { name, checksum } of applied) {
    const file = byFile.get(name)
    if (!file) {
      throw new OperatorFault(
        `This database has the migration ${name}, which this version of Bottega does not know.`,
        'Start the version that made it, or a later one; or restore the backup taken before that version ran.',
      )
    }
    if (file.checksum !== checksum) {
      throw new OperatorFault(
        `The migration ${name} was changed after this database applied it.`,
        'Put the file back as it was (git restore) and write a new migration for the change.',
      )
    }
  }
  const done = new Set(applied.map(({ name }) => name))
  const pending = files.filter(({ name }) => !done.has(name))
  const last = applied.at(-1)?.name ?? ''
  const late = pending.find(({ name }) => name < last)
  if (late) {
    throw new OperatorFault(
      `The migration ${late.name} is new, but this database already has the later ${last}.`,
      `Rename it so that it sorts after ${last}; migrations run in one order everywhere.`,
    )
  }
  return pending
}

async function apply(client: pg.PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin')
  try {
    const before = await transactionId(client)
    await client.query(sql)
    if ((await transactionId(client)) !== before) throw new Error('it ends the transaction that it runs in')
    await client.query('insert into platform.migration (name, checksum) values ($1, $2)', [name, checksum])
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback').catch(() => undefined)
    const words = cause instanceof Error ? cause.message : String(cause)
    const position = cause instanceof Error && 'position' in cause ? Number(cause.position) : Number.NaN
    const where = position > 0 ? ` in line ${sql.slice(0, position).split('\n').length}` : ''
    const remedy = 'Nothing of it was kept. Mend the file or the database, then start again.'
    throw new OperatorFault(`The migration ${name} failed${where}: ${words}.`, remedy, { cause })
  }
}

async function transactionId(client: pg.PoolClient): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id')
  return rows[0]?.id
}

export type CheckFailure = { readonly check: string; readonly row: unknown }

/**
 * Runs the `.check.sql` beside each migration: statements that return a row only for what is wrong, each named by its
 * file and place. Whatever they write is undone.
 */
export async function checkMigrations(options: { db: Database; root: string }): Promise<readonly CheckFailure[]> {
  const client = await options.db.pool.connect()
  const failures: CheckFailure[] = []
  try {
    for (const { name, check } of findMigrations(options.root)) {
      if (check === undefined) continue
      await client.query('begin')
      const answer: pg.QueryResult | pg.QueryResult[] = await client.query(check)
      await client.query('rollback')
      const file = name.replace(/\.sql$/, checkSuffix)
      for (const [at, { rows }] of [answer].flat().entries())
        failures.push(...rows.map((row: unknown) => ({ check: `${file} statement ${at + 1}`, row })))
    }
  } finally {
    client.release(true)
  }
  return failures
}
