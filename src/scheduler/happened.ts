import type { BackendView } from './backend.ts'
import type { WaitRange } from './rules/foresight.ts'
import type { AskRefusal } from './ticket.ts'

/** What happens to asks and backends, once each and in order: all that metrics and logs need. */
export type Happened =
  | { readonly type: 'refused'; readonly class: string; readonly reason: AskRefusal['refused'] }
  | { readonly type: 'granted'; readonly class: string; readonly backend: string; readonly waitedMs: number }
  | FirstToken
  | { readonly type: 'ended'; readonly class: string; readonly backend: string; readonly how: Ended }
  | { readonly type: 'left'; readonly class: string; readonly how: 'cancelled' | 'waited_too_long' | 'closing' }
  | { readonly type: 'peak'; readonly on: boolean }
  | { readonly type: 'backend'; readonly backend: string; readonly state: BackendView['state'] }

export type FirstToken = {
  readonly type: 'first_token'
  readonly class: string
  readonly backend: string
  /** Since the ask, and the part of it that the backend took. */
  readonly waitedMs: number
  readonly engineMs: number
  /** What was said on arrival. */
  readonly told: WaitRange
}

export type Ended = 'done' | 'cancelled' | 'closing' | 'busy' | 'unreachable' | 'hung' | 'rejected'
