import { betterAuth } from 'better-auth'
import { isAPIError } from 'better-auth/api'
import { refuse, uuidv7, type Clock, type Refusal, type Uuid } from '#kernel'
import type { Database, Log, RequestContext } from '#platform'
import { bareCookieName, isSecure, type CookieKey } from './cookie.ts'
import { passwordLengthMax, passwordLengthMin } from './contract.ts'
import { sessionMs } from './rules.ts'

type AuthOptions = {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly key: CookieKey
  readonly publicUrl: string | undefined
}

type Caller = Pick<RequestContext, 'headers' | 'clientAddress' | 'setCookie'>
type Credentials = { readonly email: string; readonly password: string }

export type Auth = {
  /** Makes the account and signs its owner in. */
  signUp(person: Credentials & { readonly name: string }, caller: Caller): Promise<Uuid | Refusal<'email_taken'>>
  signIn(
    credentials: Credentials,
    caller: Caller,
  ): Promise<{ readonly user: Uuid; readonly token: string } | Refusal<'wrong_password'>>
  signOut(caller: Caller): Promise<void>
}

const addressHeader = 'x-client-address'

/**
 * better-auth, called from our own operations: it hashes passwords, makes accounts and sessions, and signs cookies. Its router is
 * not mounted, so that there is no door beside the contract's, and its limits, origin check and clock give way to ours.
 */
export function createAuth({ db, clock, log, key, publicUrl }: AuthOptions): Auth {
  const auth = betterAuth({
    appName: 'Bottega',
    baseURL: publicUrl ?? 'http://localhost',
    secret: key.secret,
    database: { db: db.tables(), type: 'postgres', schemaName: 'people', transaction: true },
    advanced: {
      database: { generateId: () => uuidv7(clock.now()) },
      cookies: { session_token: { name: bareCookieName } },
      useSecureCookies: isSecure(publicUrl),
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLengthMin,
      maxPasswordLength: passwordLengthMax,
    },
    ...columnNames,
    databaseHooks: {
      user: { create: { before: async (user) => ({ data: { ...user, ...bornAt(clock.now()) } }) } },
      session: {
        create: {
          before: async (session) => {
            const now = clock.now()
            const expiresAt = new Date(now.getTime() + sessionMs)
            return { data: { ...session, ...bornAt(now), expiresAt } }
          },
        },
      },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // What it says below an error names e-mail addresses.
    logger: { level: 'error', log: (_, message, ...details) => log.error({ details }, `better-auth: ${message}`) },
  })
  return {
    signUp: async (person, caller) => {
      try {
        const { headers, response } = await auth.api.signUpEmail({ body: person, ...asked(caller) })
        passCookie(headers, caller)
        return response.user.id as Uuid
      } catch (fault) {
        if (codeOf(fault).startsWith('USER_ALREADY_EXISTS')) return emailTaken()
        throw fault
      }
    },
    signIn: async (credentials, caller) => {
      try {
        const { headers, response } = await auth.api.signInEmail({ body: credentials, ...asked(caller) })
        passCookie(headers, caller)
        return { user: response.user.id as Uuid, token: response.token }
      } catch (fault) {
        if (refusedCodes.has(codeOf(fault))) return wrongEntry()
        throw fault
      }
    },
    signOut: async (caller) => {
      const { headers } = await auth.api.signOut(asked(caller))
      passCookie(headers, caller)
    },
  }
}

export function emailTaken(): Refusal<'email_taken'> {
  return refuse('email_taken', 'There is an account with this e-mail. Sign in, or ask the operator for a new password.')
}

export function wrongEntry(): Refusal<'wrong_password'> {
  return refuse('wrong_password', 'The e-mail or the password is not right. Look at both and try again.')
}

/** A password that is too long for any account is a wrong one. */
const refusedCodes = new Set(['INVALID_EMAIL_OR_PASSWORD', 'INVALID_EMAIL', 'PASSWORD_TOO_LONG'])

function codeOf(fault: unknown): string {
  return isAPIError(fault) ? (fault.body?.code ?? '') : ''
}

const bornAt = (now: Date) => ({ createdAt: now, updatedAt: now })

/** What better-auth may know of a request. The present cookie is for signing out alone. */
function asked({ headers, clientAddress }: Caller) {
  const told = new Headers({ [addressHeader]: clientAddress })
  for (const name of ['cookie', 'user-agent']) {
    const value = headers.get(name)
    if (value !== null) told.set(name, value)
  }
  return { headers: told, returnHeaders: true as const }
}

/** The session's cookie; better-auth also clears some that it never set here. */
function passCookie(headers: Headers, { setCookie }: Caller): void {
  for (const cookie of headers.getSetCookie()) if (cookie.includes(`${bareCookieName}=`)) setCookie(cookie)
}

const times = { createdAt: 'created_at', updatedAt: 'updated_at' }

/** Our names for its columns, as the migration has them. */
const columnNames = {
  user: { fields: { emailVerified: 'email_verified', ...times } },
  session: {
    fields: { expiresAt: 'expires_at', ipAddress: 'address', userAgent: 'device', userId: 'user_id', ...times },
    expiresIn: sessionMs / 1000,
  },
  verification: { fields: { expiresAt: 'expires_at', ...times } },
  account: {
    modelName: 'credential',
    fields: {
      accountId: 'account_id',
      providerId: 'provider_id',
      userId: 'user_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
      ...times,
    },
  },
}
