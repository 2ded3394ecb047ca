import type { HealthCheck } from './health.ts'
import type { Operation } from './http.ts'
import type { Job } from './jobs.ts'
import type { Listener } from './outbox-lane.ts'

/** What a room hands to the house. All but the name may be missing; app reads it once, at start. */
export type Room = {
  readonly name: string
  readonly http?: readonly Operation[]
  readonly jobs?: readonly Job[]
  readonly on?: readonly Listener[]
  readonly checks?: readonly HealthCheck[]
}
