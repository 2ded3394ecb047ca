import type { StepTimes } from '../../../tools/engine-sim/step-times.ts'
import { median } from '../../form/measure.ts'
import { capacityOf, drawLoad, usualMix, type Call } from '../load.ts'
import { lightPrefix, type Scenario } from '../scenarios.ts'
import { leastShare, longestPause, secondsOf, shareOf } from '../shares.ts'
import type { Trace } from '../trace.ts'
import { judgeEstimates, promptRate, quantile, servedShare, storiesOf, tokenRate, waitsOf } from '../waits.ts'
import { experiment } from './laboratory.ts'
import { patienceMs, type Variant } from './variants.ts'

export type Bench = { readonly trace: Trace; readonly times: StepTimes }

export type Trial = Partial<Pick<Scenario, 'k' | 'mix' | 'engines' | 'alter' | 'happens'>> & {
  readonly seconds: number
  readonly warmSeconds: number
}

/** What one variant did. Milliseconds, seconds and shares; NaN where there was nothing to measure. */
export type Findings = Readonly<Record<(typeof measures)[number], number>>

const measures = [
  'tippedP50',
  'tippedP95',
  'tippedP99',
  'subscriberP95',
  'lightP95',
  'freeServed',
  'freeShare',
  'freeShareLeast',
  'freePause',
  'tokens',
  'prompt',
  'estimateError',
  'estimateInside',
  'slots',
] as const

export function drawCalls({ trace, times }: Bench, trial: Trial, seed: number): readonly Call[] {
  const { engines = [64], mix = usualMix, k = () => 3.4, alter, seconds } = trial
  const wish = { arrivals: trace.arrivals, mix, seed, ...(alter ? { alter } : {}) }
  const measure = drawLoad({ ...wish, seconds: 600, rateAt: () => 5 })
  const capacity = engines.reduce((sum, slots) => sum + capacityOf(measure, { slots }, times), 0)
  return drawLoad({ ...wish, seconds, rateAt: (second) => k(second) * capacity })
}

/** The median of several draws of labels and users, measure by measure. */
export function tryOut(bench: Bench, trial: Trial, variant: Variant, seeds: readonly number[]): Findings {
  const all = seeds.map((seed) => tryOnce(bench, trial, variant, seed))
  const entries = measures.map((name) => [name, median(all.map((one) => one[name]))] as const)
  return Object.fromEntries(entries) as Findings
}

function tryOnce(bench: Bench, trial: Trial, variant: Variant, seed: number): Findings {
  const { engines = [64], happens = [], seconds, warmSeconds } = trial
  const drawn = drawCalls(bench, trial, seed)
  const calls = variant.calls?.(drawn) ?? drawn
  const gate = variant.gate(engines)
  const { played, limits } = experiment({ calls, seconds, engines, times: bench.times, happens, patienceMs }, gate)
  const stories = storiesOf({ calls: drawn.filter(({ id }) => calls.some((call) => call.id === id)), played })
  const span = { fromSecond: warmSeconds, toSecond: seconds }
  const light = stories.filter(({ call }) => call.user.startsWith(lightPrefix))
  const tipped = waitsOf(stories, 'tipped', span)
  const bySecond = secondsOf(stories, span)
  const told = judgeEstimates(stories, span)
  return {
    tippedP50: quantile(tipped, 0.5),
    tippedP95: quantile(tipped, 0.95),
    tippedP99: quantile(tipped, 0.99),
    subscriberP95: quantile(waitsOf(stories, 'subscriber', span), 0.95),
    lightP95: quantile(waitsOf(light, 'free', span), 0.95),
    freeServed: servedShare(stories, 'free', span),
    freeShare: shareOf(bySecond, 'free'),
    freeShareLeast: leastShare(bySecond, 'free'),
    freePause: longestPause(stories, 'free', span),
    tokens: tokenRate(stories, span),
    prompt: promptRate(stories, span, 10_000),
    estimateError: told.medianError,
    estimateInside: told.inside,
    slots: quantile(limits.slice(Math.min(60, limits.length >> 1)), 0.5),
  }
}
