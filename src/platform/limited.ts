import pg from 'pg'
import { openDatabase, type Database } from './db.ts'
import { codeOf, OperatorFault } from './fault.ts'
import type { Log } from './log.ts'

type Limits = {
  /** Of the whole server, since PostgreSQL's roles are; what it may touch is granted in each database anew. */
  readonly role: string
  readonly schemas: readonly string[]
  readonly poolMax?: number
  readonly log?: Log
}

const insufficientPrivilege = '42501'

/**
 * A second way into the same database that can read and write the tables of the named schemas and nothing else: PostgreSQL
 * itself refuses the rest (42501). Close it like any other. Throws OperatorFault where the role cannot be made.
 */
export async function openLimited(db: Database, limits: Limits): Promise<Database> {
  await grant(db, limits).catch((cause: unknown) => {
    if (codeOf(cause) !== insufficientPrivilege) throw cause
    throw new OperatorFault(
      `This database's user may not create the role ${limits.role}, which keeps answers away from all other tables.`,
      `As a superuser run: create role ${limits.role}; grant ${limits.role} to <the user of DATABASE_URL> with admin option;`,
      { cause },
    )
  })
  const { role, poolMax, log } = limits
  return openDatabase({
    url: db.url,
    role,
    statements: 'kept',
    ...(poolMax ? { poolMax } : {}),
    ...(log ? { log } : {}),
  })
}

async function grant(db: Database, { role, schemas }: Limits): Promise<void> {
  const name = pg.escapeIdentifier(role)
  const client = await db.pool.connect()
  try {
    await client.query('begin')
    // Two servers that start together would change the same rows of the catalogue.
    await client.query("select pg_advisory_xact_lock(hashtextextended('bottega roles', 0))")
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
    if (rowCount === 0) await createRole(client, name)
    for (const schema of schemas.map((each) => pg.escapeIdentifier(each))) {
      await client.query(`grant usage on schema ${schema} to ${name}`)
      await client.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${name}`)
      await client.query(`grant usage on all sequences in schema ${schema} to ${name}`)
    }
    await client.query('commit')
  } catch (fault) {
    await client.query('rollback')
    throw fault
  } finally {
    client.release()
  }
}

/** Another database of this server may be making the same role: the advisory lock is of one database. */
async function createRole(client: pg.PoolClient, name: string): Promise<void> {
  await client.query('savepoint role')
  try {
    await client.query(`create role ${name} nologin`)
    await client.query(`grant ${name} to current_user`)
  } catch (fault) {
    if (codeOf(fault) !== '42710' && codeOf(fault) !== '23505') throw fault
    await client.query('rollback to savepoint role')
  }
}
