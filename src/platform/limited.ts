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
  try {
    await grant(db, limits)
    return await openAs(db, limits)
  } catch (cause) {
    if (codeOf(cause) !== insufficientPrivilege) throw cause
    throw new OperatorFault(
      `This database's user may not create or take the role ${limits.role}, which keeps answers away from all other tables.`,
      `As a superuser run: create role ${limits.role}; grant ${limits.role} to <the user of DATABASE_URL> with admin option;`,
      { cause },
    )
  }
}

async function openAs({ url }: Database, { role, poolMax, log }: Limits): Promise<Database> {
  const limited = openDatabase({
    url,
    role,
    statements: 'kept',
    ...(poolMax ? { poolMax } : {}),
    ...(log ? { log } : {}),
  })
  try {
    await checkRole(limited, role)
    return limited
  } catch (fault) {
    await limited.close()
    throw fault
  }
}

/** What stands before PostgreSQL may drop the options of a connection, and with them the role, without a word. */
async function checkRole({ pool }: Database, role: string): Promise<void> {
  const { rows } = await pool.query<{ name: string }>('select current_user::text as name')
  if (rows[0]?.name === role) return
  throw new OperatorFault(
    `The database opens connections as ${rows[0]?.name}, not as ${role}, which keeps answers away from all other tables.`,
    'Point DATABASE_URL at PostgreSQL itself: what stands between drops the options of a connection.',
  )
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
