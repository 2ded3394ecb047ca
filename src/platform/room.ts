import type { HealthCheck } from './health.ts'
import type { Mount, Operation } from './http.ts'
import type { Job } from './jobs.ts'
import type { Listener } from './outbox-lane.ts'
import type { StreamOperation } from './sse.ts'

/** What a room hands to the house. All but the name may be missing; app reads it once, at start. */
export type Room = {
  readonly name: string
  readonly http?: readonly (Operation | StreamOperation)[]
  readonly mounts?: readonly Mount[]
  readonly jobs?: readonly Job[]
  readonly on?: readonly Listener[]
  readonly checks?: readonly HealthCheck[]
  /** Lets what runs come to its end, at most so long; called before requests are cut. */
  readonly stop?: (deadlineMs: number) => Promise<void>
  /** A line for the operator's terminal once `url` is open, such as a link that only the operator may have. */
  readonly greet?: (url: string) => Promise<string | undefined>
}
