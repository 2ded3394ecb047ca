import type { App } from '../compose.ts'

/** Does the jobs, keeps their clock, and delivers the events. Any number of workers may run beside each other. */
export async function startWorker(app: App): Promise<void> {
  await app.jobs.start('worker')
  await app.outbox.start()
}
