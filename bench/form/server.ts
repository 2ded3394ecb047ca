import { join } from 'node:path'
import pg from 'pg'
import { openDatabase, type Database } from '#platform'
import { startPostgres } from '../../tools/postgres.ts'

/** The server that one run measures on. */
export type BenchServer = AsyncDisposable & {
  readonly url: string
  /** By the names that the machine's part of the last line bears. */
  readonly report: Readonly<Record<string, string>>
  /** An empty database of this name, dropped at the end of the run. */
  database(name: string): Promise<Database>
}

const asked = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_level',
  'shared_buffers',
  'max_wal_size',
] as const

/**
 * Starts PostgreSQL with the settings of an install and its data on the disk of the checkout: a folder for temporary
 * files may lie in memory, where waiting for the disk costs nothing. The cluster is kept from run to run, since making
 * one takes seconds; its databases are not.
 */
export async function startServer(say: (line: string) => void): Promise<BenchServer> {
  await using open = new AsyncDisposableStack()
  const dataFolder = join(import.meta.dirname, '../../.data/bench')
  const server = open.use(await startPostgres({ dataFolder, say }))
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  open.defer(() => admin.end())
  const report: Record<string, string> = { postgres: server.version }
  for (const name of asked) {
    const { rows } = await admin.query<{ value: string }>('select current_setting($1) as value', [name])
    report[name] = rows[0]?.value ?? 'unknown'
  }
  const all = open.move()
  return {
    url: server.url,
    report,
    database: async (name) => {
      const drop = () => admin.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
      await drop()
      await admin.query(`create database ${pg.escapeIdentifier(name)}`)
      all.defer(async () => void (await drop()))
      const url = new URL(server.url)
      url.pathname = `/${name}`
      return all.adopt(openDatabase({ url: url.href, applicationName: 'bottega-bench' }), (db) => db.close())
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
