import { houseClasses } from '#scheduler'
import type { LaneName } from './lanes.ts'
import { classes, type ClassName } from './load.ts'
import { lightPrefix } from './scenarios.ts'
import { leastShare, longestPause, secondsOf, shareOf } from './shares.ts'
import type { Run, Shown } from './stage.ts'
import {
  judgeEstimates,
  promptRate,
  quantile,
  servedShare,
  storiesOf,
  tokenRate,
  waitsOf,
  type Span,
  type Story,
} from './waits.ts'

/** What one lane did in one run. Milliseconds, seconds and shares; NaN where there was nothing to measure. */
export type LaneFigures = {
  readonly lane: LaneName
  readonly tipped: Waits
  readonly subscriber: Waits
  readonly free: Waits
  /** Of the scenario's own moment, and of the users who ask little beside flooders. */
  readonly tippedAtMoment: Waits
  readonly light: Waits
  readonly freeServed: number
  /** Of all work after the onset. */
  readonly freeShare: number
  /** In the worst minute through which free callers waited. */
  readonly freeShareLeast: number
  readonly freePauseSeconds: number
  readonly tokensPerSecond: number
  /** Requests a second with a first token within ten seconds. */
  readonly promptPerSecond: number
  /** Median from a minute after the start, the reserve included. */
  readonly limit: number
  readonly refused: number
  /** Broken without a first token: nobody asked for that. */
  readonly lost: number
  readonly leaked: number
  readonly estimates: ReturnType<typeof judgeEstimates>
  /** From a client's leaving to the closed connection at the engine. */
  readonly leaverMs: { readonly count: number; readonly p99: number; readonly max: number }
  /** How late the engines' steps ended, and how long the client's process stood still, at worst: the machine's noise. */
  readonly lateMsMax: number
  readonly loopDelayMsMax: number
}

export type Waits = { readonly count: number; readonly p50: number; readonly p95: number; readonly p99: number }

function waitFigures(waits: readonly number[]): Waits {
  const [p50 = Number.NaN, p95 = Number.NaN, p99 = Number.NaN] = [0.5, 0.95, 0.99].map((share) =>
    quantile(waits, share),
  )
  return { count: waits.length, p50, p95, p99 }
}

/** What the class is due of the work when every class has somebody waiting. */
export function dueShare(name: ClassName): number {
  const weights = houseClasses.reduce((sum, { weight }) => sum + weight, 0)
  return (houseClasses.find((terms) => terms.name === name)?.weight ?? Number.NaN) / weights
}

const steadyOf = ({ scenario }: Run): Span => ({
  fromSecond: scenario.warmSeconds,
  toSecond: scenario.seconds,
})

/** A run with its lanes' figures, worked out once. */
export type Judged = {
  readonly run: Run
  readonly slots: number
  readonly lanes: Partial<Readonly<Record<LaneName, LaneFigures>>>
}

export function judge(run: Run): Judged {
  const slots = run.scenario.engines.reduce((sum, one) => sum + one, 0)
  return { run, slots, lanes: Object.fromEntries(run.shown.map((shown) => [shown.lane, figuresOf(run, shown)])) }
}

const foundAfterSeconds = 60

function figuresOf(run: Run, shown: Shown): LaneFigures {
  const span = steadyOf(run)
  const stories = storiesOf(shown)
  const [tipped, subscriber, free] = classes.map((name) => waitFigures(waitsOf(stories, name, span)))
  const seconds = secondsOf(stories, span)
  const late = shown.looks.filter(({ atSecond }) => atSecond >= Math.min(foundAfterSeconds, run.scenario.seconds / 2))
  const limits = late.map(({ view }) => view.limit)
  const none = waitFigures([])
  return {
    lane: shown.lane,
    tipped: tipped ?? none,
    subscriber: subscriber ?? none,
    free: free ?? none,
    tippedAtMoment: waitFigures(waitsOf(stories, 'tipped', run.scenario.moment ?? span)),
    light: waitFigures(waitsOf(lightOf(stories), 'free', span)),
    freeServed: servedShare(stories, 'free', span),
    freeShare: shareOf(seconds, 'free'),
    freeShareLeast: leastShare(seconds, 'free'),
    freePauseSeconds: longestPause(stories, 'free', span),
    tokensPerSecond: tokenRate(stories, span),
    promptPerSecond: promptRate(stories, span, 10_000),
    limit: quantile(limits, 0.5),
    refused: stories.filter(({ played }) => played.how === 'refused').length,
    lost: stories.filter(({ played }) => played.how === 'failed' && played.firstAtMs === undefined).length,
    leaked: shown.leaked,
    estimates: judgeEstimates(stories, span),
    leaverMs: leaversOf(run, shown),
    lateMsMax: Math.max(...shown.last.map(({ late }) => late.maxMs)),
    loopDelayMsMax: shown.loopDelayMsMax,
  }
}

const lightOf = (stories: readonly Story[]) => stories.filter(({ call }) => call.user.startsWith(lightPrefix))

function leaversOf({ startAt }: Run, { last, played }: Shown): LaneFigures['leaverMs'] {
  const closedAt = new Map(last.flatMap(({ left }) => left.map(({ request, at }) => [Number(request), at] as const)))
  const lags = played.flatMap(({ id, how, endedAtMs }) => {
    const at = closedAt.get(id)
    return how === 'left' && at !== undefined && endedAtMs !== undefined ? [at - startAt - endedAtMs] : []
  })
  return { count: lags.length, p99: quantile(lags, 0.99), max: quantile(lags, 1) }
}
