import { classes, type ClassName } from './load.ts'
import type { Span, Story } from './waits.ts'

/** Work as the scheduler counts it: a token read is this share of a token said. */
const promptWeight = 0.3

/** By second of the run: work done for each class, and who of it waited all through that second. */
export type Second = {
  readonly work: Readonly<Record<ClassName, number>>
  readonly backlogged: Readonly<Record<ClassName, boolean>>
}

/** A prompt's work is done when its first token comes, the rest evenly until the last. */
export function secondsOf(stories: readonly Story[], { fromSecond, toSecond }: Span): readonly Second[] {
  const none = () => ({ tipped: 0, subscriber: 0, free: 0 })
  const work = Array.from({ length: Math.ceil(toSecond) }, none)
  const waiting = Array.from({ length: Math.ceil(toSecond) }, none)
  const add = (to: typeof work, second: number, name: ClassName, amount: number): void => {
    const bin = to[second]
    if (bin) bin[name] += amount
  }
  for (const { call, played } of stories) {
    const endedAtMs = played.endedAtMs ?? toSecond * 1000
    const waitedUntil = Math.floor((played.firstAtMs ?? endedAtMs) / 1000)
    for (let second = Math.ceil(call.atMs / 1000); second < waitedUntil; second++) add(waiting, second, call.class, 1)
    if (played.firstAtMs === undefined) continue
    const [first, last] = [Math.floor(played.firstAtMs / 1000), Math.floor(endedAtMs / 1000)]
    add(work, first, call.class, promptWeight * call.promptTokens)
    for (let second = first; second <= last; second++) add(work, second, call.class, played.tokens / (last - first + 1))
  }
  return work
    .map((done, second) => ({ work: done, backlogged: backloggedIn(waiting[second] ?? none()) }))
    .slice(Math.floor(fromSecond))
}

function backloggedIn(waiting: Record<ClassName, number>): Second['backlogged'] {
  return { tipped: waiting.tipped > 0, subscriber: waiting.subscriber > 0, free: waiting.free > 0 }
}

const windowSeconds = 60

/** Smallest share of the work that a class got in any minute through which it always had somebody waiting; NaN if none. */
export function leastShare(seconds: readonly Second[], name: ClassName): number {
  let least = Number.NaN
  for (let from = 0; from + windowSeconds <= seconds.length; from++) {
    const window = seconds.slice(from, from + windowSeconds)
    if (!window.every(({ backlogged }) => backlogged[name])) continue
    const share = shareOf(window, name)
    least = Number.isNaN(least) ? share : Math.min(least, share)
  }
  return least
}

export function shareOf(seconds: readonly Second[], name: ClassName): number {
  const of = (which: ClassName) => seconds.reduce((sum, { work }) => sum + work[which], 0)
  return of(name) / classes.reduce((sum, which) => sum + of(which), 0)
}

/** Seconds of the longest time in which nobody of a class got a first token though some of it waited. */
export function longestPause(stories: readonly Story[], name: ClassName, { fromSecond, toSecond }: Span): number {
  const own = stories.filter(({ call }) => call.class === name)
  const firsts = own.flatMap(({ played }) => played.firstAtMs ?? []).toSorted((one, other) => one - other)
  const instants = [...firsts.filter((ms) => ms >= fromSecond * 1000), toSecond * 1000]
  let before = fromSecond * 1000
  let longest = 0
  for (const instant of instants) {
    const waited = own.filter(
      ({ call, played }) => call.atMs < instant && (played.firstAtMs ?? played.endedAtMs ?? Infinity) >= instant,
    )
    const since = Math.min(...waited.map(({ call }) => call.atMs))
    longest = Math.max(longest, (instant - Math.max(before, since)) / 1000)
    before = instant
  }
  return longest
}
