import * as z from 'zod/mini'
import { endpoint } from '#kernel/contract'

const role = z.enum(['member', 'operator'])

const me = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role,
  since: z.iso.datetime(),
})
export type Me = z.output<typeof me>

/** Shown to others; trimmed, one line. */
export const displayName = z
  .string()
  .check(z.trim(), z.minLength(1), z.maxLength(60), z.regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'Write the name in one line.'))
export const emailAddress = z.string().check(z.trim(), z.toLowerCase(), z.maxLength(254), z.email())
export const passwordLengthMin = 10
export const passwordLengthMax = 128
export const newPassword = z.string().check(z.minLength(passwordLengthMin), z.maxLength(passwordLengthMax))
/** Whatever is typed as the present password: its length is no hint. */
const password = z.string().check(z.maxLength(1024))
const token = z.string().check(z.regex(/^[\w-]{43}$/))
const done = z.object({})

export const signUp = endpoint({
  method: 'POST',
  path: '/api/auth/sign-up',
  input: { body: z.object({ name: displayName, email: emailAddress, password: newPassword }) },
  output: me,
  refusals: { email_taken: 409, too_many: 429 },
})

export const signIn = endpoint({
  method: 'POST',
  path: '/api/auth/sign-in',
  input: { body: z.object({ email: emailAddress, password }) },
  output: me,
  refusals: { wrong_password: 401, suspended: 403, too_many: 429 },
})

export const signOut = endpoint({
  method: 'POST',
  path: '/api/auth/sign-out',
  input: {},
  output: done,
  refusals: {},
})

/** Undefined in `me` for whoever is not signed in: the first question of every screen, and no refusal. */
export const getMe = endpoint({
  method: 'GET',
  path: '/api/me',
  input: {},
  output: z.object({ me: z.optional(me) }),
  refusals: {},
})

export const updateMe = endpoint({
  method: 'PATCH',
  path: '/api/me',
  input: { body: z.object({ name: displayName }) },
  output: me,
  refusals: { sign_in_first: 401 },
})

/** Ends every other session. */
export const changePassword = endpoint({
  method: 'POST',
  path: '/api/me/password',
  input: { body: z.object({ current: password, next: newPassword }) },
  output: done,
  refusals: { sign_in_first: 401, wrong_password: 403, too_many: 429 },
})

const session = z.object({
  id: z.uuid(),
  current: z.boolean(),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  device: z.string(),
  address: z.string(),
})
export type Session = z.output<typeof session>

export const listSessions = endpoint({
  method: 'GET',
  path: '/api/me/sessions',
  input: {},
  output: z.object({ sessions: z.array(session) }),
  refusals: { sign_in_first: 401 },
})

export const endSession = endpoint({
  method: 'DELETE',
  path: '/api/me/sessions/:session',
  input: { params: z.object({ session: z.uuid() }) },
  output: done,
  refusals: { sign_in_first: 401, unknown_session: 404 },
})

/** Signs out everywhere, here too. */
export const endSessions = endpoint({
  method: 'DELETE',
  path: '/api/me/sessions',
  input: {},
  output: done,
  refusals: { sign_in_first: 401 },
})

/** One JSON document of all that the rooms keep of the viewer, by room. */
export const exportMine = endpoint({
  method: 'GET',
  path: '/api/me/export',
  input: {},
  output: z.object({ at: z.iso.datetime(), rooms: z.record(z.string(), z.unknown()) }),
  refusals: { sign_in_first: 401, too_many: 429, too_large: 413 },
})

export const closeAccount = endpoint({
  method: 'POST',
  path: '/api/me/close',
  input: { body: z.object({ password }) },
  output: done,
  refusals: { sign_in_first: 401, wrong_password: 403, last_operator: 409, too_many: 429 },
})

export const getClaimState = endpoint({
  method: 'GET',
  path: '/api/claim',
  input: {},
  output: z.object({ claimed: z.boolean() }),
  refusals: {},
})

/** Makes the viewer the operator. */
export const claim = endpoint({
  method: 'POST',
  path: '/api/claim',
  input: { body: z.object({ token }) },
  output: me,
  refusals: { sign_in_first: 401, dead_link: 410, already_claimed: 409 },
})

/** Sets a new password by the link that an operator made; all sessions of that user end. */
export const resetPassword = endpoint({
  method: 'POST',
  path: '/api/auth/reset',
  input: { body: z.object({ token, password: newPassword }) },
  output: done,
  refusals: { dead_link: 410 },
})

const desk = { sign_in_first: 401, operators_only: 403 } as const

const user = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.optional(z.string()),
  role,
  state: z.enum(['active', 'suspended', 'closed']),
  since: z.iso.datetime(),
})
export type User = z.output<typeof user>

const searchText = z
  .string()
  .check(z.trim(), z.maxLength(200), z.regex(/^\P{Cc}*$/u, 'Search for a name or an e-mail, in one line.'))

/** Newest first; the next page is after the last one's id. `search` is a part of a name or e-mail, or a uuid. */
export const listUsers = endpoint({
  method: 'GET',
  path: '/api/users',
  input: {
    query: z.object({ search: z.optional(searchText), after: z.optional(z.uuid()) }),
  },
  output: z.object({ users: z.array(user), next: z.optional(z.uuid()), total: z.int() }),
  refusals: desk,
})

export const updateUser = endpoint({
  method: 'PATCH',
  path: '/api/users/:user',
  input: {
    params: z.object({ user: z.uuid() }),
    body: z.object({ role: z.optional(role), state: z.optional(z.enum(['active', 'suspended'])) }),
  },
  output: user,
  refusals: { ...desk, unknown_user: 404, account_closed: 409, last_operator: 409 },
})

export const makeResetLink = endpoint({
  method: 'POST',
  path: '/api/users/:user/reset-link',
  input: { params: z.object({ user: z.uuid() }) },
  output: z.object({ path: z.string(), until: z.iso.datetime() }),
  refusals: { ...desk, unknown_user: 404, account_closed: 409 },
})
