import { join, resolve } from 'node:path'
import { z } from 'zod'
import { OperatorFault, type LogLevel, type Mode } from '#platform'

type Role = 'web' | 'worker'

export type Config = {
  readonly host: string
  readonly port: number
  /** Absent: the PostgreSQL that npm brought, with its data in `postgresFolder`. */
  readonly databaseUrl: string | undefined
  readonly postgresFolder: string
  readonly poolMax: number
  readonly roles: readonly Role[]
  readonly logLevel: LogLevel
  readonly mode: { readonly wished: Mode | undefined; readonly fallback: Mode }
}

const roles = ['web', 'worker'] as const
const levels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'is no whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `is not between ${min} and ${max}`)

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8080),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'does not begin with postgres://')
    .optional(),
  DATA_DIR: z.string().default('.data'),
  POOL_MAX: wholeNumber(4, 200).default(10),
  ROLES: z
    .string()
    .default(roles.join())
    .transform((text) => text.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(roles, `names a role that is none of ${roles.join(', ')}`))),
  LOG_LEVEL: z.enum(levels, `is none of ${levels.join(', ')}`).default('info'),
  BOTTEGA_MODE: z.enum(['demo', 'live'], 'is neither demo nor live').optional(),
})

/**
 * The settings of this process, frozen. A variable that is set to nothing counts as not set. Throws OperatorFault with
 * every malformed variable and every contradiction in one go.
 */
export function readConfig(variables: Readonly<Record<string, string | undefined>> = process.env): Config {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''))
  const read = environment.safeParse(set)
  if (!read.success) throw refused(read.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`))
  const { HOST: host, PORT, DATABASE_URL: databaseUrl, DATA_DIR, BOTTEGA_MODE: wished } = read.data
  const contradictions = contradictionsOf({ host, databaseUrl, wished })
  if (contradictions.length > 0) throw refused(contradictions)
  return Object.freeze({
    host,
    port: PORT,
    databaseUrl,
    postgresFolder: join(resolve(DATA_DIR), 'postgres'),
    poolMax: read.data.POOL_MAX,
    roles: Object.freeze([...new Set(read.data.ROLES)]),
    logLevel: read.data.LOG_LEVEL,
    mode: Object.freeze({ wished, fallback: databaseUrl === undefined ? 'demo' : 'live' }),
  })
}

function refused(words: readonly string[]): OperatorFault {
  return new OperatorFault(`${words.join('; ')}.`, 'Correct these environment variables and start again.')
}

type Exposure = { readonly host: string; readonly databaseUrl: string | undefined; readonly wished: Mode | undefined }

function contradictionsOf({ host, databaseUrl, wished }: Exposure): readonly string[] {
  if (isLoopback(host) || wished === 'live') return []
  if (wished === 'demo') return [`BOTTEGA_MODE=demo serves this machine alone, but HOST is ${host}`]
  if (databaseUrl === undefined)
    return [`HOST is ${host}, open to others, while no DATABASE_URL is set: say BOTTEGA_MODE=live if this is meant`]
  return []
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/** A demo has no sign-in to speak of and play money in it: it is never shown to other machines. */
export function checkExposure(config: Config, mode: Mode): void {
  if (mode === 'live' || isLoopback(config.host)) return
  throw new OperatorFault(
    `This install is stamped demo and serves this machine alone, but HOST is ${config.host}.`,
    'Unset HOST, or give a live install a database of its own.',
  )
}
