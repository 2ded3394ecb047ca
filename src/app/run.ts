import type { App } from './compose.ts'
import type { Config } from './config.ts'
import { startWeb } from './roles/web.ts'
import { startWorker } from './roles/worker.ts'

/** Of the thirty seconds a supervisor gives, answers that are being given have most, the pools and PostgreSQL the last ten. */
const turnMsMax = 14_000
const requestMsMax = 3000
const workMsMax = 3000

export type Running = AsyncDisposable & { readonly url: string | undefined }

/** Starts the roles of this process. Disposed, it ends requests, then jobs and deliveries, each with a deadline. */
export async function runRoles(app: App, config: Pick<Config, 'roles' | 'host' | 'port'>): Promise<Running> {
  await using begun = new AsyncDisposableStack()
  // Before they start: a queue that has begun to poll would keep a process alive whose start then failed.
  begun.defer(async () => void (await Promise.all([app.jobs.stop(workMsMax), app.outbox.stop(workMsMax)])))
  await (config.roles.includes('worker') ? startWorker(app) : app.jobs.start('sender'))
  const web = config.roles.includes('web') ? await startWeb(app, config) : undefined
  if (web) begun.defer(async () => void (await web.stop(requestMsMax)))
  begun.defer(() => app.settleDown(turnMsMax))
  const all = begun.move()
  return { url: web?.url, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** An impatient second Ctrl-C comes later than the copies of the first that a terminal and npm both send. */
const echoMs = 1000

/**
 * Resolves at the first SIGTERM, SIGINT or SIGHUP (a terminal was closed). A later one finds no listener, so that it ends the
 * process at once.
 */
export async function untilSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, resolve)
  const keepAlive = setInterval(() => undefined, 60_000)
  const heard = await promise
  clearInterval(keepAlive)
  setTimeout(() => signals.forEach((signal) => process.off(signal, resolve)), echoMs).unref()
  return heard
}
