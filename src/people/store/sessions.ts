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

export async function setPassword(rows: Rows, user: Uuid, change: { hash: string; at: Date }): Promise<void> {
  await sql`update people.credential set password = ${change.hash}, updated_at = ${change.at}
    where user_id = ${user} and provider_id = 'credential'`.execute(rows)
}

/** What no longer means anything. */
export async function sweep(rows: Rows, now: Date): Promise<void> {
  await sql`delete from people.session where expires_at <= ${now}`.execute(rows)
  await sql`delete from people.link where expires_at <= ${now}`.execute(rows)
  await sql`delete from people.attempt where ends_at <= ${now}`.execute(rows)
}
