import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect, type IsolationLevel } from 'kysely'
import pg from 'pg'
import { withDeadline } from './deadline.ts'
import { codeOf } from './fault.ts'
import type { Log } from './log.ts'
import { keepingClient } from './statements.ts'

type TransactOptions = {
  readonly isolation?: IsolationLevel
  /** How often the work may run in all, first time included. */
  readonly attemptsMax?: number
}

type Opening = {
  readonly url: string
  readonly poolMax?: number
  readonly applicationName?: string
  readonly log?: Log
  /** Every connection acts as this role from its start; `reset role` comes back to it. */
  readonly role?: string
  /** `kept`: parsed once per connection, for what names its columns. */
  readonly statements?: 'kept'
}

/** One pool and what rooms do with it. */
export type Database = {
  readonly url: string
  readonly pool: pg.Pool
  /**
   * One connection beside the pool, made like those of the pool, for what may not wait until one of them is free. It is a
   * pool of one: when it was lost, the next query makes it anew. Whoever asked for it ends it.
   */
  single(): pg.Pool
  /** The same pool seen through a room's own table map: `db.tables<LedgerTables>()`. */
  tables<Tables>(): Kysely<Tables>
  /**
   * Runs `work` in one transaction and returns what it returns. After a serialization failure or a deadlock it runs
   * again from the start, so `work` may touch nothing but the database.
   */
  transact<Tables, Answer>(work: (trx: Kysely<Tables>) => Promise<Answer>, options?: TransactOptions): Promise<Answer>
  /** From here on a lost connection is no news: this process is closing, and whoever ends it may end PostgreSQL as well. */
  expectEnd(): void
  /** Waits for what is running, five seconds unless told otherwise, then closes every connection: what still runs fails. */
  close(deadlineMs?: number): Promise<void>
}

const int8 = 20
const int8Array = 1016
const date = 1082

/** bigint for int8, text for a calendar day (a Date would move it between time zones); for our pool alone, not the process. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format): unknown {
    const id: number = oid
    if (format === 'binary') return pg.types.getTypeParser(oid, format)
    if (id === int8) return BigInt
    if (id === date) return (day: string) => day
    if (id === int8Array) return parseBigints
    return pg.types.getTypeParser(oid, 'text')
  },
}

/** One dimension, `{1,NULL,3}`; a nested array faults in BigInt rather than come out wrong. */
function parseBigints(text: string): (bigint | null)[] {
  if (text === '{}') return []
  return text
    .slice(1, -1)
    .split(',')
    .map((item) => (item === 'NULL' ? null : BigInt(item)))
}

export function openDatabase(options: Opening): Database {
  const settings = settingsOf(options)
  let isEnding = false
  let isCut = false
  const connected = new Set<pg.PoolClient>()
  const openPool = (max: number): pg.Pool => {
    const opened = new pg.Pool({ ...settings, max })
    // A client that is checked out but between two queries reports its end to nobody but these listeners, and an
    // 'error' without a listener ends the process. The pool repeats an idle client's error, hence the empty one.
    opened.on('connect', (client) => {
      connected.add(client)
      client.once('end', () => connected.delete(client))
      client.on('error', (err) => {
        if (!isEnding) options.log?.warn({ err }, 'a database connection was lost')
      })
      if (isCut) cut(client)
    })
    opened.on('error', () => undefined)
    return opened
  }
  const pool = openPool(options.poolMax ?? 10)
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const tables = <Tables>() => kysely as unknown as Kysely<Tables>
  const expectEnd = () => void (isEnding = true)
  const end = async (deadlineMs: number) => {
    const ended = [...connected].map((client) => new Promise((resolve) => void client.once('end', resolve)))
    await withDeadline(Promise.all([pool.end(), ...ended]), deadlineMs)
    isCut = true
    for (const client of connected) cut(client)
  }
  let closing: Promise<void> | undefined
  return {
    url: options.url,
    pool,
    single: () => openPool(1),
    tables,
    transact: <Tables, Answer>(work: (trx: Kysely<Tables>) => Promise<Answer>, settings?: TransactOptions) =>
      retrying(() => runOnce(tables<Tables>(), work, settings), settings?.attemptsMax ?? 6),
    expectEnd,
    close: (deadlineMs = 5000) => {
      expectEnd()
      return (closing ??= end(deadlineMs))
    },
  }
}

const cut = ({ connection }: pg.PoolClient) => void connection.stream.destroy()

function settingsOf({ url, role, applicationName, statements }: Opening): pg.PoolConfig {
  return {
    connectionString: role === undefined ? url : actingAs(role, url),
    application_name: applicationName ?? 'bottega',
    ...(statements === 'kept' ? { Client: keepingClient() } : {}),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types,
  }
}

/** pg lets the options of an address replace those given beside it, so the role goes among them: last, where it counts. */
function actingAs(role: string, url: string): string {
  const [address = '', query = ''] = url.split(/\?(.*)/s)
  const settings = new URLSearchParams(query)
  const own = settings.getAll('options').at(-1) ?? ''
  settings.set('options', `${own} -c role=${role}`.trim())
  return `${address}?${settings.toString()}`
}

function runOnce<Tables, Answer>(
  db: Kysely<Tables>,
  work: (trx: Kysely<Tables>) => Promise<Answer>,
  settings: TransactOptions = {},
): Promise<Answer> {
  const transaction = db.transaction()
  return (settings.isolation ? transaction.setIsolationLevel(settings.isolation) : transaction).execute(work)
}

async function retrying<Answer>(run: () => Promise<Answer>, attemptsMax: number): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (fault) {
      if (attempt >= attemptsMax || !isTransient(fault)) throw fault
      await sleep(Math.random() * Math.min(5 * 2 ** attempt, 200))
    }
  }
}

/** serialization_failure and deadlock_detected: PostgreSQL undid everything and says to try again. */
function isTransient(fault: unknown): boolean {
  const code = codeOf(fault)
  return code === '40001' || code === '40P01'
}
