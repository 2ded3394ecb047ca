import { join } from 'node:path'
import pg from 'pg'
import { ensureCluster, superuser } from './postgres/cluster.ts'
import { canReach, chooseOwner, type Mode } from './postgres/owner.ts'
import { findPlace, linkOutside } from './postgres/place.ts'
import { copyPrograms, findPrograms } from './postgres/programs.ts'
import { startServer, type Settings } from './postgres/server.ts'
import { inWords, PostgresUnavailable } from './postgres/unavailable.ts'

export { PostgresUnavailable } from './postgres/unavailable.ts'

const versionMin = 160_000
const answerMs = 10_000

/** A server to work with, wherever it comes from. */
export type Postgres = AsyncDisposable & {
  /** Of a superuser when the server is ours. Holds the password. */
  url: string
  /** As in 18.4. */
  version: string
  /** Ends the server if it is ours, cleanly; safe to call twice. */
  stop: () => Promise<void>
}

/** The server that this process has started and that ends with it. */
export type OwnPostgres = Postgres & {
  /** Where the data really lie. */
  data: string
  pid: number
  /** Resolves when the server has ended, for whatever reason. */
  ended: Promise<void>
}

export type StartOptions = {
  /** Created if need be. Holds the data, the password and the log. */
  dataFolder: string
  /** Beside our own choice, by the names of postgresql.conf. */
  settings?: Settings
  /** A free one unless given. */
  port?: number
  /** Chosen by what this machine allows unless given. */
  mode?: Mode
  /** Where data go that PostgreSQL's user cannot reach in the data folder. */
  outside?: string
  /** Hears what the operator should know; prints unless given. */
  say?: (line: string) => void
}

/**
 * Starts the PostgreSQL that npm brought, on 127.0.0.1, making the database at the first start. The data survive the
 * kill of this process and of the server. Throws PostgresUnavailable.
 */
export function startPostgres(options: StartOptions): Promise<OwnPostgres> {
  return inWords(() => start(options))
}

async function start(options: StartOptions): Promise<OwnPostgres> {
  const { dataFolder, settings = {}, port, mode, outside = '/var/lib/bottega', say = print } = options
  const found = findPrograms()
  const owner = chooseOwner(mode)
  const major = found.version.split('.')[0] ?? ''
  const place = await findPlace({ dataFolder, outside, owner, major })
  const programs = canReach(owner, found.postgres) ? found : copyPrograms(found, outside)
  const durable = settings['fsync'] === 'off' ? 'throw-away' : 'durable'
  const password = await ensureCluster({ ...place, programs, owner, durable })
  linkOutside(place, say)
  const log = join(place.folder, 'postgres.log')
  const server = await startServer({ owner, program: programs.postgres, data: place.data, log, settings, port, say })
  const { pid, ended, stop } = server
  const url = `postgres://${superuser}:${password}@127.0.0.1:${server.port}/postgres`
  return { url, data: place.data, pid, version: found.version, ended, stop, [Symbol.asyncDispose]: stop }
}

function print(line: string): void {
  console.log(line)
}

/** The server of DATABASE_URL if there is one, proven to answer; else the one that npm brought. */
export async function findPostgres(options: StartOptions & { databaseUrl?: string | undefined }): Promise<Postgres> {
  const { databaseUrl, ...rest } = options
  if (!databaseUrl) return startPostgres(rest)
  const version = await askVersion(databaseUrl)
  const stop = async (): Promise<void> => {}
  return { url: databaseUrl, version, stop, [Symbol.asyncDispose]: stop }
}

async function askVersion(databaseUrl: string): Promise<string> {
  const where = describe(databaseUrl)
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: answerMs })
  // A connection that breaks later is the pool's affair; unheard, it would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    const question = `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name`
    const answer = await client.query<{ number: number; name: string }>(question)
    const [version] = answer.rows
    const name = version?.name.split(' ')[0] ?? 'unknown'
    if (version && version.number >= versionMin) return name
    throw new PostgresUnavailable(`${where} is PostgreSQL ${name}: version 16 or newer is needed, 18 is best.`)
  } catch (error) {
    throw error instanceof PostgresUnavailable ? error : explain(error, where)
  } finally {
    await client.end().catch(() => {})
  }
}

// Without the password, for it is shown on screen.
function describe(databaseUrl: string): string {
  const url = URL.parse(databaseUrl)
  if (url && /^postgres(ql)?:$/.test(url.protocol))
    return `The database server of DATABASE_URL (${url.host}${url.pathname})`
  throw new PostgresUnavailable('DATABASE_URL is not of the form postgres://user:password@host:5432/database.')
}

const remedies: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there. Start the server, or correct the address',
  ENOTFOUND: 'there is no machine of that name. Correct the address',
  EAI_AGAIN: 'the name of the machine cannot be looked up. Check the network',
  '28P01': 'the password is not accepted. Correct it in DATABASE_URL',
  '28000': 'the user is not accepted. Correct it in DATABASE_URL, or see pg_hba.conf',
  '3D000': 'there is no such database. Create it, or correct the name',
  '53300': 'it has no connection free. Raise max_connections',
  '57P03': 'it is still starting. Try again in a moment',
}

function explain(error: unknown, where: string): PostgresUnavailable {
  const cause = error instanceof AggregateError ? error.errors[0] : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const words = cause instanceof Error ? cause.message : String(cause)
  return new PostgresUnavailable(`${where} cannot be used: ${remedies[code] ?? words}.`, { cause: error })
}
