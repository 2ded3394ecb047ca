import type { Clock } from '#kernel'
import type { Database, Log, Room } from '#platform'

/** What the house gives every room; a room takes what it names. */
export type Deps = { readonly db: Database; readonly clock: Clock; readonly log: Log }

/** The rooms of this house, in the order of the stack. This list is the only place that opens one. */
export function features(_deps: Deps): readonly Room[] {
  return []
}
