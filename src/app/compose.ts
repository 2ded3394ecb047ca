import {
  createHealth,
  createHttp,
  createJobs,
  createMetrics,
  createOutbox,
  databaseCheck,
  handle,
  type HealthCheck,
  type Install,
  type Jobs,
  type Outbox,
  type Room,
} from '#platform'
import { getHealth } from '#platform/contract'
import type { Deps } from './features.ts'
import { renderPage } from './page.ts'

export type App = {
  readonly fetch: (request: Request) => Response | Promise<Response>
  readonly jobs: Jobs
  readonly outbox: Outbox
}

/** Joins the rooms and the platform into one app. Opens nothing: roles do. */
export function compose(deps: Deps & { readonly install: Install; readonly rooms: readonly Room[] }): App {
  const { db, clock, log, install, rooms } = deps
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
  const http = createHttp({
    log,
    metrics,
    operations: [handle(getHealth, () => health.report()), ...rooms.flatMap((room) => room.http ?? [])],
    pages: [{ path: '/', render: ({ nonce }) => renderPage({ nonce, mode: install.mode, rooms: names }) }],
  })
  return { fetch: (request) => http.fetch(request), jobs, outbox }
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
      return { ok: true, detail: waiting === 0 ? 'all delivered' : `${waiting} listeners catching up` }
    },
  }
}
