import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Uuid } from '#kernel'
import type { Rows } from './users.ts'

const hashOf = (token: string) => createHash('sha256').update(token).digest()

type Link = { readonly made: Date; readonly expires: Date } & (
  | { readonly purpose: 'claim' }
  | { readonly purpose: 'reset'; readonly user: Uuid; readonly by: Uuid }
)

/** Returns the token, which is written down nowhere. */
export async function makeLink(rows: Rows, link: Link): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const [user, by] = link.purpose === 'reset' ? [link.user, link.by] : [null, null]
  await sql`insert into people.link (token_hash, purpose, user_id, made_by, made_at, expires_at)
    values (${hashOf(token)}, ${link.purpose}, ${user}, ${by}, ${link.made}, ${link.expires})`.execute(rows)
  return token
}

/** Whether a claim link of this token is good; it stays until somebody has claimed. */
export async function isClaimLink(rows: Rows, token: string, now: Date): Promise<boolean> {
  const found = await sql`select from people.link
    where token_hash = ${hashOf(token)} and purpose = 'claim' and expires_at > ${now}`.execute(rows)
  return found.rows.length === 1
}

/** Whose password this token may set. It is used up, and with it every other link of that user; of two at once one wins. */
export async function useResetLink(trx: Rows, token: string, now: Date): Promise<Uuid | undefined> {
  const used = await sql<{ user_id: Uuid }>`delete from people.link
    where token_hash = ${hashOf(token)} and purpose = 'reset' and expires_at > ${now} returning user_id`.execute(trx)
  const user = used.rows[0]?.user_id
  if (user) await sql`delete from people.link where user_id = ${user}`.execute(trx)
  return user
}

export async function isClaimed(rows: Rows): Promise<boolean> {
  const found = await sql`select from people.claim`.execute(rows)
  return found.rows.length === 1
}

/** Whether this user is the first; every claim link dies with it. */
export async function recordClaim(trx: Rows, user: Uuid, at: Date): Promise<boolean> {
  const done = await sql`insert into people.claim (claimed_by, claimed_at) values (${user}, ${at})
    on conflict do nothing`.execute(trx)
  if (done.numAffectedRows !== 1n) return false
  await sql`delete from people.link where purpose = 'claim'`.execute(trx)
  return true
}
