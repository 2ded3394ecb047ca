import type { Entry } from './entry.ts'
import type { Line } from './line.ts'

/**
 * A line in the order in which it would be served as things are: every entry under the amount its user will have been
 * served before it. Built now and then and asked by halving, so that telling somebody's place costs no scan.
 */
export type Lineup = {
  readonly builtAt: number
  /** What the line had seen when this was built. */
  readonly changes: number
  readonly tags: readonly Tag[]
  /** Cost units of the entries before each place, and of all of them at the end. */
  readonly ahead: readonly number[]
}

type Tag = { readonly served: number; readonly id: number; readonly cost: number }

/** Cost units that an entry is reckoned with. */
type CostOf = (entry: Entry) => number

/** A long line need not be drawn anew for every change. */
const staleShare = 1 / 16
const longLine = 1000
const restMs = 1000

/** The same lineup as long as it is good enough. */
export function lineUp(before: Lineup | undefined, line: Line, costOf: CostOf, now: number): Lineup {
  return before && isFresh(before, line, now) ? before : build(line, costOf, now)
}

function isFresh({ changes, builtAt }: Lineup, line: Line, now: number): boolean {
  return line.changes - changes <= staleShare * line.waiting || (line.waiting >= longLine && now - builtAt < restMs)
}

function build(line: Line, costOf: CostOf, now: number): Lineup {
  const tags: Tag[] = []
  for (const entry of line.again.items()) tags.push({ served: -Infinity, id: entry.id, cost: costOf(entry) })
  for (const user of line.backlog.items()) {
    let served = user.served
    for (const entry of [...user.waiting.items()].toSorted((one, other) => one.id - other.id)) {
      const cost = costOf(entry)
      tags.push({ served, id: entry.id, cost })
      served += cost
    }
  }
  tags.sort((one, other) => one.served - other.served || one.id - other.id)
  const ahead = [0]
  for (const { cost } of tags) ahead.push((ahead.at(-1) as number) + cost)
  return { builtAt: now, changes: line.changes, tags, ahead }
}

/** `served` is what its user will have been served when its turn comes. */
export type Place = { readonly position: number; readonly costAhead: number; readonly served: number }

/** Where an entry stands that waits. */
export function placeIn(lineup: Lineup, entry: Entry, costOf: CostOf): Place {
  if (entry.tries > 0) return { position: 0, costAhead: 0, served: 0 }
  let served = entry.user.served
  for (const own of entry.user.waiting.items()) if (own.id < entry.id) served += costOf(own)
  let from = 0
  let to = lineup.tags.length
  while (from < to) {
    const middle = (from + to) >> 1
    const tag = lineup.tags[middle] as Tag
    if (tag.served < served || (tag.served === served && tag.id < entry.id)) from = middle + 1
    else to = middle
  }
  return { position: from, costAhead: lineup.ahead[from] as number, served }
}
