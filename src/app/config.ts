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
  /** Where people reach this install, if that is not where it listens: behind a proxy, under a name. No slash at its end. */
  readonly publicUrl: string | undefined
  /** How many proxies of the operator's own stand before this server. */
  readonly proxies: number
  readonly secret: string | undefined
  readonly secretFile: string
  /** Keys of model providers by the provider's name, for those that are given by the environment. */
  readonly providerKeys: Readonly<Partial<Record<ProviderName, string>>>
}

const providerNames = ['openai', 'anthropic', 'openrouter', 'mistral', 'deepseek', 'groq', 'gemini'] as const
export type ProviderName = (typeof providerNames)[number]

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
  PUBLIC_URL: z.url({ protocol: /^https?$/, message: 'is no http or https address' }).optional(),
  PROXIES: wholeNumber(0, 5).default(0),
  SECRET: z.string().min(32, 'is shorter than 32 signs').optional(),
})

function keyVariable(name: ProviderName): string {
  return `${name.toUpperCase()}_API_KEY`
}

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
    publicUrl: read.data.PUBLIC_URL?.replace(/\/+$/, ''),
    proxies: read.data.PROXIES,
    secret: read.data.SECRET,
    secretFile: join(resolve(DATA_DIR), 'secret'),
    providerKeys: Object.freeze(keysOf(set)),
  })
}

function keysOf(set: Readonly<Record<string, string | undefined>>): Config['providerKeys'] {
  const given = providerNames.map((name) => [name, set[keyVariable(name)]] as const)
  return Object.fromEntries(given.filter(([, key]) => key !== undefined))
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

/** The names this install answers to, so that no other name can be made to point at it; undefined where nobody said. */
export function hostsOf({ host, publicUrl }: Pick<Config, 'host' | 'publicUrl'>): ReadonlySet<string> | undefined {
  const loopback = ['localhost', '127.0.0.1', '[::1]']
  if (publicUrl !== undefined) return new Set([...loopback, new URL(publicUrl).hostname])
  return isLoopback(host) ? new Set([...loopback, host]) : undefined
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
