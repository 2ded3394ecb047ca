import { verifyPassword } from 'better-auth/crypto'
import { assert, refuse, type Clock, type Refusal, type Uuid } from '#kernel'
import type { Database, Log } from '#platform'
import type { Attempts } from './attempts.ts'
import type { Auth } from './auth.ts'
import type { Me } from './contract.ts'
import type { CookieKey } from './cookie.ts'
import type { People } from './people.ts'
import type { Personal } from './personal.ts'
import { passwordLimits } from './rules.ts'
import { passwordOf } from './store/sessions.ts'
import { userById, type UserRow } from './store/users.ts'

/** What the operations of this room work with. */
export type Reception = {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly key: CookieKey
  readonly people: People
  readonly auth: Auth
  readonly attempts: Attempts
  readonly personal: readonly Personal[]
}

export function meOf({ id, name, email, role, created_at }: UserRow): Me {
  return { id, name, email: email ?? '', role, since: created_at.toISOString() }
}

/** Somebody who is signed in, as they are now. */
export async function present({ db }: Pick<Reception, 'db'>, user: Uuid): Promise<Me> {
  const row = await userById(db.tables<unknown>(), user)
  assert(row, 'a viewer is there')
  return meOf(row)
}

/** The stored hash that this password of the user fits; else the refusal to answer. */
export async function checkPassword(
  { db, attempts }: Reception,
  user: Uuid,
  password: string,
): Promise<string | Refusal<'wrong_password' | 'too_many'>> {
  const limits = passwordLimits(user)
  const tooMany = await attempts.count(limits)
  if (tooMany) return tooMany
  const hash = await passwordOf(db.tables(), user)
  if (hash === undefined || !(await verifyPassword({ hash, password }))) return wrongPassword()
  await attempts.forgive(limits)
  return hash
}

export function wrongPassword(): Refusal<'wrong_password'> {
  return refuse('wrong_password', 'That is not your present password. Try again.')
}
