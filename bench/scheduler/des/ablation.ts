import { builtIn, profileByDefault, readProfile, stepTimes } from '../../../tools/engine-sim/step-times.ts'
import { rounded, shown, type Figures, type Outcome, type Setting, type Table } from '../../form/outcome.ts'
import { dueShare } from '../figures.ts'
import { scenarios } from '../scenarios.ts'
import { readTrace } from '../trace.ts'
import { createOurs } from './ours.ts'
import { experiment } from './laboratory.ts'
import { drawCalls, tryOut, type Bench, type Findings, type Trial } from './trial.ts'
import { patienceMs, variants, type VariantName } from './variants.ts'

const seedsOf = { quick: [1], full: [1, 2, 3] } as const
const usual = { seconds: 240, warmSeconds: 30 } as const satisfies Trial
const loads = [1.7, 3.4, 7.4] as const
const slotsToFind = [4, 16, 32, 64, 128, 256] as const
const calmLoads = [0.4, 0.5, 0.6] as const

type Row = { readonly name: VariantName; readonly findings: Findings }

/**
 * The same rules.ts in virtual time: what each of its parts is good for, who is hurt by a flood, what is found without being
 * told, and that in the calm no class differs. Medians over the draws of labels and users.
 */
export async function playInVirtualTime({ size, say, traces }: Setting): Promise<Outcome> {
  const trace = readTrace(traces)
  const bench: Bench = { trace, times: stepTimes(trace.perf ? readProfile(trace.perf, profileByDefault) : builtIn) }
  const seeds = seedsOf[size]
  const play = (trial: Trial, names: readonly VariantName[]): readonly Row[] =>
    names.map((name) => ({ name, findings: tryOut(bench, trial, variants[name], seeds) }))
  const parts = loads.map((k) => {
    say(`k=${k}`)
    return { k, rows: play({ ...usual, k: () => k }, partNames) }
  })
  say('floods')
  const flood = play(trialOf('H 90 %'), ['strict', 'ours', 'endlessLoan', 'noLoan'])
  const flooders = play(trialOf('I'), ['fifo', 'ours', 'oneUser'])
  say('slots without being told')
  const finds = slotsToFind.map((slots) => {
    const [given, found] = play({ ...usual, engines: [slots] }, ['ours', 'found']) as [Row, Row]
    return { slots, given: given.findings, found: found.findings }
  })
  say('the calm')
  const calm = calmLoads.map((k) => ({ k, differing: differingInTheCalm(bench, k) }))
  return {
    server: {},
    tables: [
      ...parts.map(({ k, rows }) => partTable(`64 slots, k=${k}`, rows)),
      partTable(`Nine of ten have tipped; free is due ${shown((100 * 1.5) / 7.5)} % where no subscriber waits`, flood),
      flooderTable(flooders),
      findTable(finds),
      calmTable(calm),
    ],
    figures: {
      source: trace.source,
      parts: parts.map(({ k, rows }) => ({ k, rows: rows.map(figuresOf) })),
      flood: flood.map(figuresOf),
      flooders: flooders.map(figuresOf),
      finds: finds.map(({ slots, found }) => ({ slots, found: rounded(found.slots) })),
      calm,
    },
    ratios: ratiosOf(parts, flood, flooders),
    targets,
  }
}

const partNames = [
  'fifo',
  'strict',
  'ours',
  'found',
  'noReserve',
  'noCredit',
  'noLoan',
  'endlessLoan',
  'oneClass',
  'alone',
] as const satisfies readonly VariantName[]

function trialOf(name: string): Trial {
  const scenario = scenarios.find((each) => each.name === name)
  if (!scenario) throw new Error(`There is no scenario ${name}.`)
  return scenario
}

/** Calls whose first token came at another instant when everybody was of one class: in the calm there are none. */
function differingInTheCalm(bench: Bench, k: number): number {
  const trial = { ...usual, k: () => k }
  const calls = drawCalls(bench, trial, 1)
  const same = calls.map((call) => ({ ...call, class: 'free' as const }))
  const firsts = [calls, same].map((each) =>
    experiment(
      { calls: each, seconds: trial.seconds, engines: [64], times: bench.times, happens: [], patienceMs },
      createOurs({ slots: [64], patienceMs }),
    ).played.map(({ firstAtMs }) => firstAtMs),
  )
  return (firsts[0] ?? []).filter((at, nth) => at !== firsts[1]?.[nth]).length
}

const columns: readonly (readonly [head: string, of: (findings: Findings) => number])[] = [
  ['tipped p50', ({ tippedP50 }) => tippedP50],
  ['p95', ({ tippedP95 }) => tippedP95],
  ['p99 ms', ({ tippedP99 }) => tippedP99],
  ['subscr. p95', ({ subscriberP95 }) => subscriberP95],
  ['free served %', ({ freeServed }) => freeServed * 100],
  ['share %', ({ freeShare }) => freeShare * 100],
  ['worst min. %', ({ freeShareLeast }) => freeShareLeast * 100],
  ['pause s', ({ freePause }) => freePause],
  ['tokens/s', ({ tokens }) => tokens],
  ['<10 s, /s', ({ prompt }) => prompt],
  ['estimate off %', ({ estimateError }) => estimateError * 100],
  ['inside %', ({ estimateInside }) => estimateInside * 100],
]

const plain = (value: number) => (Number.isFinite(value) ? shown(value) : '')

function partTable(title: string, rows: readonly Row[]): Table {
  return {
    title,
    head: ['', ...columns.map(([head]) => head)],
    rows: rows.map(({ name, findings }) => [variants[name].title, ...columns.map(([, of]) => plain(of(findings)))]),
  }
}

function flooderTable(rows: readonly Row[]): Table {
  return {
    title: 'Three flooders beside forty light users of one class',
    head: ['', 'light users p95 ms', 'tokens/s'],
    rows: rows.map(({ name, findings }) => [variants[name].title, plain(findings.lightP95), plain(findings.tokens)]),
  }
}

type Find = { readonly slots: number; readonly given: Findings; readonly found: Findings }

function findTable(finds: readonly Find[]): Table {
  return {
    title: 'Slots without being told, k=3.4',
    head: ['slots', 'found', 'tokens ÷ given', 'tipped p95 ms', 'given'],
    rows: finds.map(({ slots, given, found }) => [
      String(slots),
      plain(found.slots),
      plain(found.tokens / given.tokens),
      plain(found.tippedP95),
      plain(given.tippedP95),
    ]),
  }
}

function calmTable(calm: readonly { readonly k: number; readonly differing: number }[]): Table {
  return {
    title: 'In the calm: first tokens that would have come at another instant had all been of one class',
    head: ['k', 'first tokens'],
    rows: calm.map(({ k, differing }) => [String(k), String(differing)]),
  }
}

function figuresOf({ name, findings }: Row): Figures {
  const values = Object.entries(findings).map(([measure, value]) => [
    measure,
    Number.isFinite(value) ? rounded(value) : null,
  ])
  return { variant: name, ...Object.fromEntries(values) }
}

type Parts = readonly { readonly k: number; readonly rows: readonly Row[] }[]

function ratiosOf(parts: Parts, flood: readonly Row[], flooders: readonly Row[]): Outcome['ratios'] {
  const of = (rows: readonly Row[] | undefined, name: VariantName, measure: keyof Findings) =>
    rows?.find((row) => row.name === name)?.findings[measure] ?? Number.NaN
  const at = (k: number) => parts.find((each) => each.k === k)?.rows
  const [low, usualLoad, high] = loads.map(at)
  const all = {
    'tipped p95 ÷ alone, k=3.4': of(usualLoad, 'ours', 'tippedP95') / of(usualLoad, 'alone', 'tippedP95'),
    'tipped p99 ms, k=3.4': of(usualLoad, 'ours', 'tippedP99'),
    'tipped p95, k=7.4 ÷ k=1.7': of(high, 'ours', 'tippedP95') / of(low, 'ours', 'tippedP95'),
    'free ÷ its share, worst minute': of(usualLoad, 'ours', 'freeShareLeast') / dueShare('free'),
    'longest pause of free s': of(usualLoad, 'ours', 'freePause'),
    'tokens ÷ first come first served': of(usualLoad, 'ours', 'tokens') / of(usualLoad, 'fifo', 'tokens'),
    'free ÷ its share in the flood': of(flood, 'ours', 'freeShare') / dueShare('free'),
    'light users p95 s': of(flooders, 'ours', 'lightP95') / 1000,
    'estimate, median error': of(usualLoad, 'ours', 'estimateError'),
    'waits inside the estimate': of(usualLoad, 'ours', 'estimateInside'),
  }
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, Number.isFinite(value) ? value : null]))
}

const targets: Outcome['targets'] = [
  { ratio: 'tipped p95 ÷ alone, k=3.4', wanted: 'at most', value: 2 },
  { ratio: 'tipped p99 ms, k=3.4', wanted: 'at most', value: 1200 },
  { ratio: 'tipped p95, k=7.4 ÷ k=1.7', wanted: 'at most', value: 1.5 },
  { ratio: 'free ÷ its share, worst minute', wanted: 'at least', value: 0.9 },
  { ratio: 'longest pause of free s', wanted: 'at most', value: 30 },
  { ratio: 'tokens ÷ first come first served', wanted: 'at least', value: 0.95 },
  { ratio: 'free ÷ its share in the flood', wanted: 'at least', value: 0.9 },
  { ratio: 'light users p95 s', wanted: 'at most', value: 3 },
  { ratio: 'estimate, median error', wanted: 'at most', value: 0.25 },
  { ratio: 'waits inside the estimate', wanted: 'at least', value: 0.9 },
]
