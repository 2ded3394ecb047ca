export { openDatabase, type Database, type TransactOptions } from './db.ts'
export { codeOf, OperatorFault } from './fault.ts'
export { createHealth, databaseCheck, type Health, type HealthCheck } from './health.ts'
export { createHttp, handle, type HttpOptions, type Operation, type Page, type RequestContext } from './http.ts'
export { stampInstall, type Install, type Mode } from './install.ts'
export { createJobs, job, type Job, type JobContext, type Jobs } from './jobs.ts'
export { createLog, type Log, type LogLevel } from './log.ts'
export { createMetrics, type Metrics } from './metrics.ts'
export { checkMigrations, fingerprint, migrate, type CheckFailure } from './migrate.ts'
export { listen, type Listening } from './server.ts'
export {
  createOutbox,
  type EventSource,
  type Json,
  type Lag,
  type Listener,
  type Outbox,
  type OutboxEvent,
} from './outbox.ts'
export type { Room } from './room.ts'
