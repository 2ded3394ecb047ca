import { sql, type Kysely } from 'kysely'
import type { Uuid } from '#kernel'
import type { Role } from '../rules.ts'

/** The pool or a transaction. */
export type Rows = Kysely<unknown>

export type UserRow = {
  readonly id: Uuid
  readonly name: string
  readonly email: string | null
  readonly role: Role
  readonly created_at: Date
  readonly suspended_at: Date | null
  readonly closed_at: Date | null
}

const columns = sql`id, name, email, role, created_at, suspended_at, closed_at`

export async function userById(rows: Rows, id: Uuid): Promise<UserRow | undefined> {
  const found = await sql<UserRow>`select ${columns} from people.user where id = ${id}`.execute(rows)
  return found.rows[0]
}

export async function isTaken(rows: Rows, email: string): Promise<boolean> {
  const found = await sql`select from people.user where email = ${email}`.execute(rows)
  return found.rows.length > 0
}

/**
 * Whoever has just come in, with the stored hash of their password; undefined once the account is closed. The lock waits for
 * changes that are under way; a later one sees the new session and ends it by itself.
 */
export async function entrant(rows: Rows, id: Uuid): Promise<(UserRow & { readonly password: string }) | undefined> {
  const found = await sql<UserRow & { readonly password: string }>`select ${columns}, password from people.user
    join (select user_id, password from people.credential where provider_id = 'credential') c on user_id = id
    where id = ${id} for share`.execute(rows)
  return found.rows[0]
}

/**
 * A user and everybody who can act as the operator, all kept as they are until the transaction ends: of two who resign at
 * once one is the last. In one statement and one order, or two of them could wait for each other.
 */
export async function lockWithOperators(
  trx: Rows,
  id: Uuid,
): Promise<{ readonly user: UserRow | undefined; readonly operators: readonly Uuid[] }> {
  const { rows } = await sql<UserRow>`select ${columns} from people.user
    where id = ${id} or role = 'operator' and suspended_at is null order by id for update`.execute(trx)
  const operators = rows.filter((row) => row.role === 'operator' && !row.suspended_at)
  return { user: rows.find((row) => row.id === id), operators: operators.map((row) => row.id) }
}

export type Page = { readonly search: string | undefined; readonly after: Uuid | undefined; readonly limit: number }

/** Newest first, since ids rise with time; closed accounts have nothing to be found by but their id. */
export async function findUsers(rows: Rows, { search, after, limit }: Page): Promise<readonly UserRow[]> {
  const found = await sql<UserRow>`select ${columns} from people.user
    where ${matches(search)} and ${after === undefined ? sql`true` : sql`id < ${after}`}
    order by id desc limit ${limit}`.execute(rows)
  return found.rows
}

export async function countUsers(rows: Rows, search: string | undefined): Promise<number> {
  const found = await sql<{ n: number }>`select count(*)::int as n from people.user where ${matches(search)}`.execute(
    rows,
  )
  return found.rows[0]?.n ?? 0
}

function matches(search: string | undefined) {
  if (!search) return sql<boolean>`true`
  const part = `%${search.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  return sql<boolean>`(name ilike ${part} or email ilike ${part} or id::text = ${search.toLowerCase()})`
}

export async function renameUser(rows: Rows, id: Uuid, change: { name: string; at: Date }): Promise<void> {
  await sql`update people.user set name = ${change.name}, updated_at = ${change.at}
    where id = ${id} and closed_at is null`.execute(rows)
}

export async function setRole(rows: Rows, id: Uuid, role: Role): Promise<void> {
  await sql`update people.user set role = ${role} where id = ${id}`.execute(rows)
}

/** `null` restores. */
export async function setSuspended(rows: Rows, id: Uuid, at: Date | null): Promise<void> {
  await sql`update people.user set suspended_at = ${at} where id = ${id}`.execute(rows)
}

/**
 * Takes all that says who this was; the row stays, since others point at its id. It has to be locked, so that no session
 * begins after these are gone, and the order is that of a reset, which may come at the same time.
 */
export async function closeUser(trx: Rows, id: Uuid, at: Date): Promise<void> {
  await sql`delete from people.link where user_id = ${id}`.execute(trx)
  await sql`delete from people.credential where user_id = ${id}`.execute(trx)
  await sql`delete from people.session where user_id = ${id}`.execute(trx)
  await sql`update people.user set closed_at = ${at}, updated_at = ${at}, email = null, name = '', image = null,
    email_verified = false, role = 'member', suspended_at = null where id = ${id}`.execute(trx)
}

/**
 * Closed accounts of which some room has not erased its part yet, longest waiting first; also those erased at once, since what
 * was on its way when they closed has come to rest a minute later.
 */
export async function usersToErase(rows: Rows, limit: number): Promise<readonly Uuid[]> {
  const found = await sql<{ id: Uuid }>`select id from people.user
    where closed_at is not null and (erased_at is null or erased_at < closed_at + interval '1 minute')
    order by closed_at limit ${limit}`.execute(rows)
  return found.rows.map(({ id }) => id)
}

export async function noteErased(rows: Rows, id: Uuid, at: Date): Promise<void> {
  await sql`update people.user set erased_at = ${at} where id = ${id}`.execute(rows)
}

/** Somebody without a password or any other way in. Added once. */
export async function addWithoutEntry(
  rows: Rows,
  { id, name, email, at }: { readonly id: Uuid; readonly name: string; readonly email: string; readonly at: Date },
): Promise<void> {
  await sql`insert into people.user (id, name, email, email_verified, created_at, updated_at)
    values (${id}, ${name}, ${email}, false, ${at}, ${at}) on conflict do nothing`.execute(rows)
}
