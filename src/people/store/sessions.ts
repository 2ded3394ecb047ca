import { sql } from 'kysely'
import type { Uuid } from '#kernel'
import type { Rows } from './users.ts'

export type SessionRow = {
  readonly id: Uuid
  readonly token: string
  readonly created_at: Date
  readonly expires_at: Date
  readonly device: string | null
  readonly address: string | null
}

export async function sessionsOf(rows: Rows, user: Uuid, now: Date): Promise<readonly SessionRow[]> {
  const found = await sql<SessionRow>`select id, token, created_at, expires_at, device, address from people.session
    where user_id = ${user} and expires_at > ${now} order by created_at desc limit 100`.execute(rows)
  return found.rows
}

/** Whether there was one to end. */
export async function endSession(rows: Rows, user: Uuid, session: Uuid): Promise<boolean> {
  const done = await sql`delete from people.session where id = ${session} and user_id = ${user}`.execute(rows)
  return done.numAffectedRows === 1n
}

export async function endToken(rows: Rows, token: string): Promise<void> {
  await sql`delete from people.session where token = ${token}`.execute(rows)
}

/** All of a user's sessions but, if given, the one of this token. */
export async function endSessions(rows: Rows, user: Uuid, but?: string): Promise<void> {
  await sql`delete from people.session where user_id = ${user} and token is distinct from ${but ?? null}`.execute(rows)
}

/** The stored hash of a user's password. */
export async function passwordOf(rows: Rows, user: Uuid): Promise<string | undefined> {
  const found = await sql<{ password: string | null }>`select password from people.credential
    where user_id = ${user} and provider_id = 'credential'`.execute(rows)
  return found.rows[0]?.password ?? undefined
}

/** The stored hash of the password that lets somebody in by this e-mail. */
export async function passwordFor(rows: Rows, email: string): Promise<string | undefined> {
  const found = await sql<{ password: string }>`select password from people.credential
    where provider_id = 'credential' and user_id = (select id from people.user where email = ${email})`.execute(rows)
  return found.rows[0]?.password
}

type NewPassword = { readonly hash: string; readonly at: Date }

export async function setPassword(rows: Rows, user: Uuid, { hash, at }: NewPassword): Promise<void> {
  await sql`update people.credential set password = ${hash}, updated_at = ${at}
    where user_id = ${user} and provider_id = 'credential'`.execute(rows)
}

/** Whether the password still was the one with the hash `was`, and so is a new one now. */
export async function replacePassword(
  rows: Rows,
  user: Uuid,
  { was, hash, at }: NewPassword & { readonly was: string },
): Promise<boolean> {
  const done = await sql`update people.credential set password = ${hash}, updated_at = ${at}
    where user_id = ${user} and provider_id = 'credential' and password = ${was}`.execute(rows)
  return done.numAffectedRows === 1n
}

/** What no longer means anything. */
export async function sweep(rows: Rows, now: Date): Promise<void> {
  await sql`delete from people.session where expires_at <= ${now}`.execute(rows)
  await sql`delete from people.link where expires_at <= ${now}`.execute(rows)
  await sql`delete from people.attempt where ends_at <= ${now}`.execute(rows)
}
