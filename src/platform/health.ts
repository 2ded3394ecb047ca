import type { Clock } from '#kernel'
import type { HealthReport } from './contract.ts'
import type { Database } from './db.ts'
import type { Log } from './log.ts'

/** `detail` is shown to anybody: a figure or a plain sentence, nothing that a stranger should not read. */
export type HealthCheck = {
  readonly name: string
  readonly msMax?: number
  run(signal: AbortSignal): Promise<{ readonly ok: boolean; readonly detail: string }>
}

export type Health = { report(): Promise<HealthReport> }

/** All checks at once, each with its own time limit. Callers who ask together share one answer. */
export function createHealth(options: { checks: readonly HealthCheck[]; clock: Clock; log: Log }): Health {
  let running: Promise<HealthReport> | undefined
  const report = async () => {
    const checks = await Promise.all(options.checks.map((check) => runCheck(check, options.log)))
    return { ok: checks.every(({ ok }) => ok), at: options.clock.now().toISOString(), checks }
  }
  return {
    report: () =>
      (running ??= report().finally(() => {
        running = undefined
      })),
  }
}

async function runCheck(check: HealthCheck, log: Log): Promise<HealthReport['checks'][number]> {
  const msMax = check.msMax ?? 2000
  const begun = performance.now()
  const timeUp = new AbortController()
  const { promise: late, resolve } = Promise.withResolvers<{ ok: boolean; detail: string }>()
  const timer = setTimeout(() => {
    timeUp.abort()
    resolve({ ok: false, detail: `No answer within ${msMax} ms.` })
  }, msMax)
  const work = Promise.try(() => check.run(timeUp.signal)).catch((err: unknown) => {
    log.warn({ err, check: check.name }, 'health check failed')
    return { ok: false, detail: 'It failed; the log says why.' }
  })
  const { ok, detail } = await Promise.race([work, late])
  clearTimeout(timer)
  return { name: check.name, ok, detail, ms: Math.round(performance.now() - begun) }
}

/** Asks the database something that needs a working connection and a readable catalogue. */
export function databaseCheck(db: Database): HealthCheck {
  return {
    name: 'database',
    run: async () => {
      const { rows } = await db.pool.query<{ version: string }>(
        `select current_setting('server_version') as version from pg_catalog.pg_database where datname = current_database()`,
      )
      return { ok: rows.length === 1, detail: `PostgreSQL ${rows[0]?.version ?? 'unknown'}` }
    },
  }
}
