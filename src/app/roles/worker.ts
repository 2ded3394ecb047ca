import type { App } from '../compose.ts'

const stopMsMax = 8000

/** Does the jobs, keeps their clock, and delivers the events. Any number of workers may run beside each other. */
export async function startWorker(app: App): Promise<{ stop(): Promise<void> }> {
  await app.jobs.start('worker')
  await app.outbox.start()
  return {
    stop: async () => {
      await app.jobs.stop(stopMsMax)
      await app.outbox.stop(stopMsMax)
    },
  }
}
