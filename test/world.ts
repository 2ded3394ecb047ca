import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { createJobs, createLog, fingerprint, migrate, openDatabase, type Database } from '#platform'

const sourceRoot = join(import.meta.dirname, '..', 'src')
const templateLock = 5_827_110_432n
const quiet = createLog({ level: 'silent' })

/** A database of one's own, cloned from the migrated template and dropped at the end. */
export type TestDatabase = AsyncDisposable & { readonly url: string; readonly db: Database }

async function cloneDatabase(options: { readonly poolMax?: number } = {}): Promise<TestDatabase> {
  const server = serverUrl()
  const prefix = decodeURIComponent(new URL(server).pathname.slice(1))
  const template = `${prefix}_template_${fingerprint(sourceRoot).slice(0, 16)}`
  const name = `${prefix}_test_${process.pid}_${randomBytes(5).toString('hex')}`
  await onServer(server, async (admin) => {
    await ensureTemplate(admin, server, template)
    await admin.query(`create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)}`)
  })
  const url = withDatabase(server, name)
  const db = openDatabase({ url, poolMax: options.poolMax ?? 8, applicationName: 'bottega-test' })
  return {
    url,
    db,
    [Symbol.asyncDispose]: async () => {
      await db.close()
      await onServer(server, (admin) => admin.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`))
    },
  }
}

function serverUrl(): string {
  const url = process.env['TEST_DATABASE_URL']
  if (url) return url
  throw new Error('Tests need a database server. Run them as `npm test -- path/of/one.test.ts`, which starts one.')
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${encodeURIComponent(name)}`
  return url.href
}

async function onServer<Answer>(server: string, work: (admin: pg.Client) => Promise<Answer>): Promise<Answer> {
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

/** Built under another name and renamed when whole, so that the name alone says that it may be cloned. */
async function ensureTemplate(admin: pg.Client, server: string, template: string): Promise<void> {
  const exists = async () => (await admin.query('select 1 from pg_database where datname = $1', [template])).rowCount === 1
  if (await exists()) return
  await admin.query('select pg_advisory_lock($1)', [templateLock])
  try {
    if (await exists()) return
    const building = `${template}_building`
    await admin.query(`drop database if exists ${pg.escapeIdentifier(building)} with (force)`)
    await admin.query(`create database ${pg.escapeIdentifier(building)}`)
    const db = openDatabase({ url: withDatabase(server, building), poolMax: 4 })
    await migrate({ db, root: sourceRoot })
    const jobs = createJobs({ db, log: quiet, jobs: [] })
    await jobs.start('sender')
    await jobs.stop(1000)
    await db.close()
    await admin.query(`alter database ${pg.escapeIdentifier(building)} rename to ${pg.escapeIdentifier(template)}`)
  } finally {
    await admin.query('select pg_advisory_unlock($1)', [templateLock])
  }
}

export const World = { database: cloneDatabase }
