import {
  createHealth,
  createHttp,
  createJobs,
  createMetrics,
  createOutbox,
  databaseCheck,
  handle,
  type Fetch,
  type HealthCheck,
  type HttpOptions,
  type Jobs,
  type Outbox,
  type Room,
} from '#platform'
import { getHealth } from '#platform/contract'
import type { Deps } from './features.ts'

export type App = {
  readonly fetch: Fetch
  readonly jobs: Jobs
  readonly outbox: Outbox
  /** Lets turns and whatever else runs on by itself come to its end, then sends readers of streams away, whatever went wrong. */
  settleDown(deadlineMs: number): Promise<void>
  /** What the rooms have to say to the operator's terminal, now that people can come in at `url`. */
  greetings(url: string): Promise<readonly string[]>
}

type Front = Pick<HttpOptions, 'screens' | 'origins' | 'proxies'>

/** Joins the rooms and the platform into one app. Opens nothing: roles do. */
export function compose(deps: Deps & { readonly rooms: readonly Room[]; readonly front?: Front }): App {
  const { db, clock, log, rooms, front } = deps
  const names = rooms.map(({ name }) => name)
  if (new Set(names).size !== names.length) throw new Error(`two rooms have one name: ${names.join(', ')}`)
  const metrics = createMetrics()
  const jobs = createJobs({ db, log, jobs: rooms.flatMap((room) => room.jobs ?? []) })
  const listeners = rooms.flatMap((room) => room.on ?? [])
  const outbox = createOutbox({ db, log, listeners })
  metrics.gauge('outbox_positions_behind', 'How far a listener is behind its log.', ['consumer', 'home'], async () =>
    (await outbox.lag()).map(({ consumer, home, behind }) => ({
      labels: { consumer, home: String(home) },
      value: Number(behind),
    })),
  )
  const checks = [databaseCheck(db), outboxCheck(outbox), ...rooms.flatMap((room) => room.checks ?? [])]
  const health = createHealth({ checks, clock, log })
  const closing = new AbortController()
  const http = createHttp({
    ...front,
    log,
    metrics,
    operations: [handle(getHealth, () => health.report()), ...rooms.flatMap((room) => room.http ?? [])],
    mounts: rooms.flatMap((room) => room.mounts ?? []),
    closing: closing.signal,
  })
  return {
    fetch: (request, bindings) => http.fetch(request, bindings),
    jobs,
    outbox,
    settleDown: async (deadlineMs) => {
      const stops = await Promise.allSettled(rooms.map(async (room) => room.stop?.(deadlineMs)))
      closing.abort()
      const faults = stops.flatMap((stop): unknown[] => (stop.status === 'rejected' ? [stop.reason] : []))
      if (faults.length > 0) throw new AggregateError(faults, 'not every room came to its end')
    },
    greetings: async (url) => {
      const lines = await Promise.all(rooms.map(async (room) => room.greet?.(url)))
      return lines.filter((line) => line !== undefined)
    },
  }
}

/** Behind is usual after a burst; failing again and again is not. */
const failuresMax = 5

function outboxCheck(outbox: Outbox): HealthCheck {
  return {
    name: 'events',
    run: async () => {
      const stuck = outbox.failing().find(({ failures }) => failures >= failuresMax)
      if (stuck) return { ok: false, detail: `${stuck.consumer} failed ${stuck.failures} times in a row` }
      const waiting = (await outbox.lag()).filter(({ behind }) => behind > 0n).length
      const behind = waiting === 1 ? 'one listener catching up' : `${waiting} listeners catching up`
      return { ok: true, detail: waiting === 0 ? 'all delivered' : behind }
    },
  }
}
