import type { Call, ClassName } from './load.ts'
import type { Played } from './player.ts'

/** A call and what became of it. */
export type Story = { readonly call: Call; readonly played: Played }

export function storiesOf({ calls, played }: { readonly calls: readonly Call[]; readonly played: readonly Played[] }) {
  return calls.flatMap((call, at): Story[] => (played[at] ? [{ call, played: played[at] }] : []))
}

export type Span = { readonly fromSecond: number; readonly toSecond: number }

/** Whoever came so late that the end of the run cut a short wait is not counted. */
const graceSeconds = 5

/**
 * Milliseconds from the instant a call was due to its first token. Whoever got none has waited at least until it gave up or
 * the run ended, and counts with that; whoever was turned away on arrival or left of its own will does not count.
 */
export function waitsOf(stories: readonly Story[], name: ClassName | 'all', span: Span): readonly number[] {
  const endMs = span.toSecond * 1000
  return stories
    .filter(
      ({ call, played }) =>
        (name === 'all' || call.class === name) &&
        call.atMs >= span.fromSecond * 1000 &&
        call.atMs < endMs - graceSeconds * 1000 &&
        !(played.how === 'refused' && played.firstAtMs === undefined) &&
        !(call.leaves && played.firstAtMs === undefined),
    )
    .map(({ call, played }) => (played.firstAtMs ?? Math.min(played.endedAtMs ?? endMs, endMs)) - call.atMs)
}

/** NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Share of a class's calls that got a first token. */
export function servedShare(stories: readonly Story[], name: ClassName, { fromSecond, toSecond }: Span): number {
  const own = stories.filter(
    ({ call }) => call.class === name && call.atMs >= fromSecond * 1000 && call.atMs < (toSecond - graceSeconds) * 1000,
  )
  return own.filter(({ played }) => played.firstAtMs !== undefined).length / own.length
}

/** Requests a second whose first token came within the limit. */
export function promptRate(stories: readonly Story[], span: Span, limitMs: number): number {
  const prompt = waitsOf(
    stories.filter(({ played }) => played.firstAtMs !== undefined),
    'all',
    span,
  ).filter((ms) => ms < limitMs)
  return prompt.length / (span.toSecond - graceSeconds - span.fromSecond)
}

/**
 * The error of the estimate that was shown on arrival, as a share of the wait that came, and the share of waits that ended
 * within the range; of waits that were worth telling.
 */
export function judgeEstimates(stories: readonly Story[], span: Span) {
  const told = stories.flatMap(({ call, played }) => {
    const { firstAtMs, shown } = played
    if (firstAtMs === undefined || shown === undefined || call.atMs < span.fromSecond * 1000) return []
    const waited = firstAtMs - call.atMs
    return waited < worthTellingMs || shown.untilMs <= 0 ? [] : [{ waited, shown }]
  })
  const errors = told.map(({ waited, shown }) => Math.abs(shown.likelyMs - waited) / waited)
  const inside = told.filter(({ waited, shown }) => waited >= shown.fromMs && waited <= shown.untilMs)
  const notLater = told.filter(({ waited, shown }) => waited <= shown.untilMs)
  return {
    count: told.length,
    medianError: quantile(errors, 0.5),
    inside: inside.length / told.length,
    notLater: notLater.length / told.length,
  }
}

const worthTellingMs = 1000

/** Tokens a second that clients received, each stream's evenly from its first to its last. */
export function tokenRate(stories: readonly Story[], { fromSecond, toSecond }: Span): number {
  const [from, to] = [fromSecond * 1000, toSecond * 1000]
  const received = stories.map(({ played: { firstAtMs, endedAtMs = to, tokens } }) => {
    if (firstAtMs === undefined) return 0
    const inside = Math.max(0, Math.min(endedAtMs, to) - Math.max(firstAtMs, from))
    return tokens * Math.min(1, inside / Math.max(1, endedAtMs - firstAtMs))
  })
  return received.reduce((sum, tokens) => sum + tokens, 0) / (toSecond - fromSecond)
}
