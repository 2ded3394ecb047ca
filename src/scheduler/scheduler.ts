import type { Clock } from '#kernel'
import type { Backend, BackendView } from './backend.ts'
import type { ClassTerms } from './rules/terms.ts'
import type { Ask, AskRefusal, Ticket } from './ticket.ts'

export type SchedulerOptions = {
  readonly backends: readonly Backend[]
  readonly clock: Clock
  readonly classes?: readonly ClassTerms[]
  /** Told of what happens, for metrics and logs. It must not throw. */
  readonly observe?: (happened: Happened) => void
}

/** What happens to asks and backends, once each, in order. */
export type Happened =
  | { readonly type: 'refused'; readonly class: string; readonly reason: AskRefusal['refused'] }
  | { readonly type: 'granted'; readonly class: string; readonly backend: string; readonly waitedMs: number }
  | { readonly type: 'first_token'; readonly class: string; readonly backend: string; readonly engineMs: number }
  | { readonly type: 'ended'; readonly class: string; readonly backend: string; readonly how: Ended }
  | { readonly type: 'left'; readonly class: string; readonly how: 'cancelled' | 'waited_too_long' | 'closing' }
  | { readonly type: 'peak'; readonly on: boolean }
  | { readonly type: 'backend'; readonly backend: string; readonly state: BackendView['state'] }
export type Ended = 'done' | 'cancelled' | 'busy' | 'unreachable' | 'hung' | 'rejected' | 'closing'

export type ClassView = {
  readonly class: string
  readonly waiting: number
  readonly inFlight: number
  readonly oldestWaitMs: number
  /** Cost units charged since the start, as trued up so far. */
  readonly charged: number
}

export type PoolView = {
  readonly peak: boolean
  readonly pressed: boolean
  readonly limit: number
  readonly reserve: number
  readonly classes: readonly ClassView[]
  readonly backends: readonly BackendView[]
}

export type Scheduler = {
  /** Decided at once: a ticket (perhaps already granted) or a refusal with the honest wait. */
  ticket(ask: Ask): Ticket | AskRefusal
  view(): PoolView
  add(backend: Backend): void
  /** No further grants; what runs there ends by itself. */
  remove(backend: string): void
  /** Ends every wait with `closing`, lets streams run until the deadline, then aborts them. */
  close(deadlineMs: number): Promise<void>
}

export function createScheduler(_options: SchedulerOptions): Scheduler {
  throw new Error('The scheduler has its door and not yet its rooms.')
}
