import pg from 'pg'
import { fromKysely, PgBoss, type Db, type KyselyTransactionLike } from 'pg-boss'
import { z } from 'zod'
import type { Database } from './db.ts'
import type { Log } from './log.ts'

type JobContext = { readonly id: string; readonly signal: AbortSignal; readonly log: Log }

/** Work that is done later and at least once: `run` must bear being run again. */
export type Job<Payload extends z.ZodType = z.ZodType> = {
  /** `room.verb-noun`, which is also the name of its queue. */
  readonly name: string
  readonly payload: Payload
  /** Five fields in UTC, and what each run is given. */
  readonly cron?: { readonly expression: string; readonly payload: z.output<Payload> }
  /** Retries after the first failure, at growing distance from `delaySeconds`; then the job is kept as failed. */
  readonly retry?: { readonly limit: number; readonly delaySeconds: number }
  /** A run that takes longer is given to the next attempt, its signal fired. */
  readonly secondsMax?: number
  run(payload: z.output<Payload>, context: JobContext): Promise<void>
}

/** Lets the compiler tie `run` to its payload. */
export function job<Payload extends z.ZodType>(definition: Job<Payload>): Job<Payload> {
  return definition
}

type SendOptions = {
  /** Sent with the rows it belongs to: a rollback takes the job back too. */
  readonly trx?: KyselyTransactionLike
  readonly startAfter?: Date
}

export type Jobs = {
  /** `sender` only takes jobs; `worker` also does them and keeps the clock of the cron expressions. */
  start(role: 'sender' | 'worker'): Promise<void>
  /** Returns the job's id. */
  send<Payload extends z.ZodType>(job: Job<Payload>, payload: z.output<Payload>, options?: SendOptions): Promise<string>
  /** Does all that is due now, in this call; for tests and single-threaded drivers. */
  drain(): Promise<{ readonly ran: number; readonly failed: number }>
  /** Takes no more and waits for what runs, at most so long; what is cut is retried by the next worker. */
  stop(deadlineMs: number): Promise<void>
}

const schema = 'jobs'
const drainRoundsMax = 10_000

export function createJobs(options: { db: Database; log: Log; jobs: readonly Job[] }): Jobs {
  const { log } = options
  const known = new Map(options.jobs.map((each) => [each.name, each]))
  if (known.size !== options.jobs.length) throw new Error('two jobs have one name')
  let boss: PgBoss | undefined
  const started = () => {
    if (!boss) throw new Error('jobs are not started')
    return boss
  }
  return {
    start: async (role) => {
      const opening = createBoss(options.db, log, role)
      try {
        await oneByOne(options.db, () => opening.start())
        boss = opening
        for (const each of known.values()) await createQueue(opening, each)
        if (role === 'worker') await startWorking(opening, [...known.values()], log)
      } catch (fault) {
        boss = undefined
        // Its timers would keep the process alive that could not start.
        await opening.stop({ graceful: false, close: false }).catch(() => undefined)
        throw fault
      }
    },
    send: async (definition, payload, settings = {}) => {
      if (!known.has(definition.name)) throw new Error(`no room has the job ${definition.name}`)
      const data = z.encode(definition.payload, payload) as object
      const id = await started().send(definition.name, data, {
        ...(settings.trx ? { db: fromKysely(settings.trx) } : {}),
        ...(settings.startAfter ? { startAfter: settings.startAfter } : {}),
      })
      if (id === null) throw new Error(`the queue did not take a job ${definition.name}`)
      return id
    },
    drain: () => drain(started(), [...known.values()], log),
    stop: async (deadlineMs) => {
      await boss?.stop({ graceful: true, timeout: Math.max(deadlineMs, 1000), close: false })
      boss = undefined
    },
  }
}

/** Our pool with the parsers that pg-boss was written for: it counts with int8 as pg gives it, not with bigint. */
function bossConnection({ pool }: Database): Db {
  return { executeSql: (text, values) => pool.query({ text, types: pg.types, ...(values ? { values } : {}) }) }
}

function createBoss(db: Database, log: Log, role: 'sender' | 'worker'): PgBoss {
  const works = role === 'worker'
  const boss = new PgBoss({
    db: bossConnection(db),
    schema,
    supervise: works,
    schedule: works,
    registerInstance: works,
  })
  boss.on('error', (err) => log.error({ err }, 'the job queue failed'))
  boss.on('warning', (warning) => log.warn({ warning }, 'the job queue warns'))
  return boss
}

const startLock = 5_827_110_433n

/** pg-boss makes its tables at the first start, and two processes that do so at one instant trip over each other. */
async function oneByOne(db: Database, start: () => Promise<unknown>): Promise<void> {
  const client = await db.pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [startLock])
    await start()
    await client.query('select pg_advisory_unlock($1)', [startLock])
    client.release()
  } catch (fault) {
    // With its connection goes the lock.
    client.release(true)
    throw fault
  }
}

async function createQueue(boss: PgBoss, { name, retry, secondsMax }: Job): Promise<void> {
  const { limit, delaySeconds } = retry ?? { limit: 5, delaySeconds: 5 }
  const settings = {
    retryLimit: limit,
    retryDelay: delaySeconds,
    retryBackoff: true,
    retryDelayMax: 3600,
    expireInSeconds: secondsMax ?? 300,
  }
  // Creating a queue that is there changes nothing, so a changed setting reaches it by the second call.
  await boss.createQueue(name, settings)
  await boss.updateQueue(name, settings)
}

async function startWorking(boss: PgBoss, jobs: readonly Job[], log: Log): Promise<void> {
  const scheduled = new Set(jobs.filter(({ cron }) => cron).map(({ name }) => name))
  for (const { name } of await boss.getSchedules()) if (!scheduled.has(name)) await boss.unschedule(name)
  for (const each of jobs) {
    if (each.cron)
      await boss.schedule(each.name, each.cron.expression, z.encode(each.payload, each.cron.payload) as object)
    await boss.work(each.name, { pollingIntervalSeconds: 1, batchSize: 1 }, async ([taken]) => {
      if (taken) await run(each, taken, log)
    })
  }
}

type Taken = { readonly id: string; readonly data: unknown; readonly signal: AbortSignal }

async function run(each: Job, taken: Taken, log: Log): Promise<void> {
  const context = { id: taken.id, signal: taken.signal, log: log.child({ job: each.name, jobId: taken.id }) }
  try {
    await each.run(z.decode(each.payload, taken.data as never), context)
  } catch (err) {
    context.log.error({ err }, 'job failed')
    throw err
  }
}

async function drain(boss: PgBoss, jobs: readonly Job[], log: Log): Promise<{ ran: number; failed: number }> {
  const done = { ran: 0, failed: 0 }
  for (let round = 0; round < drainRoundsMax; round++) {
    const before = done.ran
    for (const each of jobs) {
      for (const taken of await boss.fetch(each.name, { batchSize: 100 })) {
        done.ran++
        await run(each, taken, log).then(
          () => boss.complete(each.name, taken),
          (fault: unknown) => {
            done.failed++
            return boss.fail(each.name, taken, { message: String(fault) })
          },
        )
      }
    }
    if (done.ran === before) return done
  }
  throw new Error(`jobs keep making jobs: not drained after ${drainRoundsMax} rounds`)
}
