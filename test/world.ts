import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { answerHandle, compose, features, type App, type Deps } from '#app'
import { settableClock, type SettableClock } from '#kernel'
import { client, type Call } from '#kernel/contract'
import {
  createJobs,
  createLog,
  fingerprint,
  listen,
  migrate,
  openDatabase,
  openLimited,
  openSecret,
  stampInstall,
  type Database,
  type HttpOptions,
  type Room,
} from '#platform'
import { proxies, worldPeople, type WorldPeople } from './world-people.ts'

const sourceRoot = join(import.meta.dirname, '..', 'src')
const templateLock = 5_827_110_432n
const quiet = createLog({ level: 'silent' })

/** A database of one's own, cloned from the migrated template and dropped at the end. */
export type TestDatabase = AsyncDisposable & { readonly url: string; readonly db: Database }

type DatabaseOptions = {
  readonly poolMax?: number
  /** Migrated unless given. */
  readonly content?: 'migrated' | 'nothing'
}

async function cloneDatabase(options: DatabaseOptions = {}): Promise<TestDatabase> {
  const server = serverUrl()
  const prefix = decodeURIComponent(new URL(server).pathname.slice(1))
  const template = `${prefix}_template_${fingerprint(sourceRoot).slice(0, 16)}`
  const name = `${prefix}_test_${process.pid}_${randomBytes(5).toString('hex')}`
  await onServer(server, async (admin) => {
    if (options.content === 'nothing') return admin.query(`create database ${pg.escapeIdentifier(name)}`)
    await ensureTemplate(admin, server, template)
    return admin.query(`create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)}`)
  })
  const url = withDatabase(server, name)
  const db = openDatabase({ url, poolMax: options.poolMax ?? 8, applicationName: 'bottega-test' })
  return {
    url,
    db,
    [Symbol.asyncDispose]: async () => {
      // In this order a connection that a failed test never gave back cannot hold up the end.
      await onServer(server, (admin) =>
        admin.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`),
      )
      await db.close()
    },
  }
}

function serverUrl(): string {
  const url = process.env['TEST_DATABASE_URL']
  if (url) return url
  throw new Error('Tests need a database server. Run them as `npm test -- path/of/one.test.ts`, which starts one.')
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${encodeURIComponent(name)}`
  return url.href
}

async function onServer<Answer>(server: string, work: (admin: pg.Client) => Promise<Answer>): Promise<Answer> {
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

/** Built under another name and renamed when whole, so that the name alone says that it may be cloned. */
async function ensureTemplate(admin: pg.Client, server: string, template: string): Promise<void> {
  const exists = async () =>
    (await admin.query('select 1 from pg_database where datname = $1', [template])).rowCount === 1
  if (await exists()) return
  await admin.query('select pg_advisory_lock($1)', [templateLock])
  try {
    if (await exists()) return
    const building = `${template}_building`
    await admin.query(`drop database if exists ${pg.escapeIdentifier(building)} with (force)`)
    await admin.query(`create database ${pg.escapeIdentifier(building)}`)
    await fillTemplate(withDatabase(server, building))
    await admin.query(`alter database ${pg.escapeIdentifier(building)} rename to ${pg.escapeIdentifier(template)}`)
  } finally {
    await admin.query('select pg_advisory_unlock($1)', [templateLock])
  }
}

async function fillTemplate(url: string): Promise<void> {
  await using open = new AsyncDisposableStack()
  const db = openDatabase({ url, poolMax: 4 })
  open.defer(() => db.close())
  await migrate({ db, root: sourceRoot })
  const jobs = createJobs({ db, log: quiet, jobs: [] })
  await jobs.start('sender')
  open.defer(() => jobs.stop(1000))
}

/** The same draws for the same seed: mulberry32, from 0 up to 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type World = AsyncDisposable & {
  readonly url: string
  /** Calls this world as a browser would. */
  readonly call: Call
  readonly people: WorldPeople
  readonly db: Database
  readonly databaseUrl: string
  readonly clock: SettableClock
  readonly app: App
  readonly seed: number
  readonly random: () => number
  /** Does every job that is due and delivers every event, again and again until both are at rest. */
  settle(): Promise<void>
}

type WorldOptions = {
  /** The rooms of this world; all of the house unless given. */
  readonly features?: (deps: Deps) => readonly Room[] | Promise<readonly Room[]>
  readonly clock?: SettableClock
  readonly seed?: number
  /** `seeded`: with the demo's bots and creators. */
  readonly market?: 'seeded'
  /** What stands before the rooms: built screens, names the house answers to. */
  readonly front?: Pick<HttpOptions, 'screens' | 'origins' | 'proxies'>
}

/**
 * A house of its own: cloned database, composed app, real HTTP on a free port. Time stands until the clock is moved, and
 * nothing happens in the background until `settle`. The seed is new each time and is printed when the process fails.
 */
async function startWorld(options: WorldOptions = {}): Promise<World> {
  await using open = new AsyncDisposableStack()
  const { db, url: databaseUrl } = open.use(await cloneDatabase())
  const clock = options.clock ?? settableClock(new Date('2026-11-23T09:00:00Z'))
  const install = await stampInstall(db, { wished: 'demo', fallback: 'demo' })
  const secret = await openSecret({ db, given: 'a secret of the test world, the same for all', file: '' })
  const answers = await openLimited(db, answerHandle)
  open.defer(() => answers.close())
  const deps: Deps = { db, answers, clock, log: quiet, install, secret, publicUrl: undefined, providerKeys: {} }
  const house = options.features ? undefined : await features(deps)
  const rooms = house?.rooms ?? (await options.features?.(deps)) ?? []
  if (options.market === 'seeded') await house?.seedDemo()
  const app = compose({ ...deps, rooms, front: { proxies, ...options.front } })
  await app.jobs.start('sender')
  open.defer(() => app.jobs.stop(1000))
  open.defer(() => app.outbox.stop(1000))
  const server = await listen({ fetch: app.fetch, host: '127.0.0.1', port: 0 })
  open.defer(async () => void (await server.stop(1000)))
  open.defer(() => app.settleDown(1000))
  const seed = options.seed ?? randomBytes(4).readUInt32LE()
  tellSeedOnFailure(seed)
  const all = open.move()
  return {
    url: server.url,
    call: client({ baseUrl: server.url }),
    people: worldPeople({ url: server.url, app }),
    db,
    databaseUrl,
    clock,
    app,
    seed,
    random: seeded(seed),
    settle: () => settle(app),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const roundsMax = 1000

async function settle({ jobs, outbox }: App): Promise<void> {
  for (let round = 0; round < roundsMax; round++) {
    await outbox.drain()
    if ((await jobs.drain()).ran === 0) return
  }
  throw new Error(`the world does not come to rest within ${roundsMax} rounds`)
}

const seeds = new Set<number>()

function tellSeedOnFailure(seed: number): void {
  if (seeds.size === 0) {
    process.once('exit', (code) => {
      if (code !== 0) console.error(`worlds of this process had the seeds ${[...seeds].join(', ')}`)
    })
  }
  seeds.add(seed)
}

export const World = { start: startWorld, database: cloneDatabase }
