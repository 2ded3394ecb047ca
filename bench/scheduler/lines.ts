import type { Target } from '../form/outcome.ts'
import type { DecisionCost } from './decision.ts'
import { dueShare, type Judged, type LaneFigures } from './figures.ts'
import type { LaneName } from './lanes.ts'

export type Measured = {
  readonly runs: readonly Judged[]
  readonly decisions: { readonly ours: DecisionCost; readonly line: DecisionCost }
}

/** One thing that is to be reached, as a number for each lane; null where it was not played or means nothing. */
export type Line = Target & { readonly of: (measured: Measured, lane: LaneName) => number | null }

/** The lane that promises to know nothing of its engine, and the one that was given the slots. */
const [given, found] = ['ours', 'ours found'] as const

export const lines: readonly Line[] = [
  {
    ratio: 'tipped p95 ÷ alone (A k=3.4)',
    wanted: 'at most',
    value: 2,
    of: inRun('A k=3.4', (own, { alone }) => over(own.tipped.p95, alone?.tipped.p95)),
  },
  {
    ratio: 'tipped p99, ms (A k=3.4)',
    wanted: 'at most',
    value: 1200,
    of: inRun('A k=3.4', (own) => own.tipped.p99),
  },
  {
    ratio: 'tipped p95 at onset, ms (G)',
    wanted: 'at most',
    value: 1000,
    of: inRun('G', (own) => own.tippedAtMoment.p95),
  },
  {
    ratio: 'tipped p95, k=7.4 ÷ k=1.7',
    wanted: 'at most',
    value: 1.5,
    of: (measured, lane) => over(tippedP95('A k=7.4')(measured, lane), tippedP95('A k=1.7')(measured, lane)),
  },
  {
    ratio: 'free ÷ its share, worst minute (A k=3.4)',
    wanted: 'at least',
    value: 0.9,
    of: inRun('A k=3.4', (own) => own.freeShareLeast / dueShare('free')),
  },
  {
    ratio: 'longest pause of free, s (A k=3.4)',
    wanted: 'at most',
    value: 30,
    of: inRun('A k=3.4', (own) => own.freePauseSeconds),
  },
  // At k=3.4 the plain line serves people who are about to leave; at k=1.7 nobody has to, and it is the harder peer.
  ...(['A k=1.7', 'A k=3.4'] as const).map((name) => ({
    ratio: `tokens ÷ first come first served (${name})`,
    wanted: 'at least' as const,
    value: 0.95,
    of: inRun(name, (own, { fifo }) => over(own.tokensPerSecond, fifo?.tokensPerSecond)),
  })),
  ...(['B 16', 'A k=3.4', 'B 256', 'B 256 short'] as const).flatMap((name) => [
    {
      ratio: `found limit, off the slots by (${name})`,
      wanted: 'at most' as const,
      value: 0.1,
      of: foundIn(name, (own, _, slots) => Math.abs(own.limit / slots - 1)),
    },
    {
      ratio: `tokens with found ÷ with given limit (${name})`,
      wanted: 'at least' as const,
      value: 0.95,
      of: foundIn(name, (own, others) => over(own.tokensPerSecond, others[given]?.tokensPerSecond)),
    },
  ]),
  {
    ratio: 'light users p95 beside flooders, s (I)',
    wanted: 'at most',
    value: 3,
    of: inRun('I', (own) => own.light.p95 / 1000),
  },
  {
    ratio: 'free ÷ its share in the flood (H 90 %)',
    wanted: 'at least',
    value: 0.9,
    of: inRun('H 90 %', (own) => own.freeShare / dueShare('free')),
  },
  {
    ratio: 'tipped p95 ÷ alone, slowed down (E)',
    wanted: 'at most',
    value: 2,
    of: inRun('E', (own, { alone }) => over(own.tipped.p95, alone?.tipped.p95)),
  },
  {
    ratio: 'leaver to closed upstream, ms (J)',
    wanted: 'at most',
    value: 50,
    of: inRun('J', (own) => own.leaverMs.p99),
  },
  { ratio: 'leaked slots (J)', wanted: 'at most', value: 0, of: inRun('J', (own) => own.leaked) },
  {
    ratio: 'tipped p95 after a kill, ms (F)',
    wanted: 'at most',
    value: 3000,
    of: inRun('F', (own) => own.tippedAtMoment.p95),
  },
  { ratio: 'lost without a first token (F)', wanted: 'at most', value: 0, of: inRun('F', (own) => own.lost) },
  {
    ratio: 'estimate, median error (A k=3.4)',
    wanted: 'at most',
    value: 0.25,
    of: inRun('A k=3.4', (own) => own.estimates.medianError),
  },
  {
    ratio: 'waits inside the estimate (A k=3.4)',
    wanted: 'at least',
    value: 0.9,
    of: inRun('A k=3.4', (own) => own.estimates.inside),
  },
  {
    ratio: 'a decision at 10,000 queued, µs',
    wanted: 'at most',
    value: 100,
    of: ({ decisions }, lane) =>
      lane === given ? decisions.ours.meanUs : lane === 'fifo' ? decisions.line.meanUs : null,
  },
]

const tippedP95 = (name: string) => inRun(name, (own) => own.tipped.p95)

type Measure = (own: LaneFigures, beside: Judged['lanes'], slots: number) => number | null

function inRun(name: string, measure: Measure): Line['of'] {
  return ({ runs }, lane) => {
    const judged = runs.find(({ run }) => run.scenario.name === name)
    const own = judged?.lanes[lane]
    return judged && own ? finite(measure(own, judged.lanes, judged.slots)) : null
  }
}

/** What only the black box can reach: it stands for us there. */
function foundIn(name: string, measure: Measure): Line['of'] {
  const of = inRun(name, measure)
  return (measured, lane) => (lane === given || lane === found ? of(measured, found) : null)
}

const over = (one: number | null | undefined, other: number | null | undefined): number | null =>
  typeof one === 'number' && typeof other === 'number' ? finite(one / other) : null

const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null)
