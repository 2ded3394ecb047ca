import type { Entry } from './entry.ts'
import { createHeap, type Heap } from './heap.ts'

export type User = {
  readonly name: string
  /** c_u of VTC: cost units charged, comparable only within the line. */
  served: number
  /** Entries that wait or run. */
  here: number
  readonly waiting: Heap<Entry>
}

/**
 * The line of one class: the user who was served least goes first, a user's own asks in the order they came
 * (Virtual Token Counter, Sheng et al., OSDI 2024).
 */
export type Line = {
  readonly users: Map<string, User>
  readonly backlog: Heap<User>
  /** Entries whose backend failed them. They have been charged and go before all others, oldest first. */
  readonly again: Heap<Entry>
  /** Users with nothing here who were served above the level: it keeps them from coming back at the front. */
  readonly away: Heap<User>
  /**
   * What a user would have been served who had always been here, at least. Whoever comes back is lifted to it, so that
   * absence earns nothing; and since it rises with every charge, newcomers cannot pass for ever those who wait.
   */
  level: number
  waiting: number
  present: number
  /** Rises with everything that may change the order. */
  changes: number
}

const byArrival = (one: Entry, other: Entry) => one.id < other.id
const byServed = (one: User, other: User) =>
  one.served !== other.served ? one.served < other.served : headId(one) < headId(other)
const headId = (user: User) => user.waiting.first()?.id ?? Infinity

export function createLine(): Line {
  return {
    users: new Map(),
    backlog: createHeap(byServed),
    again: createHeap(byArrival),
    away: createHeap(byServed),
    level: 0,
    waiting: 0,
    present: 0,
    changes: 0,
  }
}

/** The user of that name, present until `depart` was called as often as this. */
export function welcome(line: Line, name: string): User {
  const known = line.users.get(name)
  const user = known ?? { name, served: line.level, here: 0, waiting: createHeap(byArrival) }
  if (!known) line.users.set(name, user)
  if (user.here++ === 0) {
    line.present++
    line.away.remove(user)
  }
  return user
}

export function join(line: Line, entry: Entry): void {
  const { user } = entry
  if (user.waiting.size === 0) lift(line, user)
  user.waiting.add(entry)
  line.waiting++
  line.changes++
  if (user.waiting.size === 1) line.backlog.add(user)
  else line.backlog.moved(user)
}

/** VTC lifts to the least served of those who wait; the level stands in where nobody does or where they lag behind it. */
function lift(line: Line, user: User): void {
  const least = line.backlog.first()
  if (least && least.served > line.level) line.level = least.served
  if (user.served < line.level) user.served = line.level
}

/** An entry comes back that was charged already. */
export function rejoin(line: Line, entry: Entry): void {
  line.again.add(entry)
  line.waiting++
  line.changes++
}

/** Who goes next in this line. */
export function head(line: Line): Entry | undefined {
  return line.again.first() ?? line.backlog.first()?.waiting.first()
}

/** The entry waits no longer, wherever it stood. */
export function leave(line: Line, entry: Entry): void {
  line.waiting--
  line.changes++
  if (line.again.remove(entry)) return
  const { user } = entry
  user.waiting.remove(entry)
  if (user.waiting.size === 0) line.backlog.remove(user)
  else line.backlog.moved(user)
}

/** Cost units, negative where a guess was too high. */
export function charge(line: Line, user: User, cost: number): void {
  user.served += cost
  if (user.waiting.size > 0) line.changes++
  line.level += cost / Math.max(1, line.present)
  line.backlog.moved(user)
}

/** The counterpart of `welcome`. Remembers what a user was served above the level, forgets what tells nobody apart. */
export function depart(line: Line, user: User): void {
  if (--user.here > 0) return
  line.present--
  line.away.add(user)
  for (let least = line.away.first(); least && least.served <= line.level; least = line.away.first()) {
    line.away.remove(least)
    line.users.delete(least.name)
  }
}
