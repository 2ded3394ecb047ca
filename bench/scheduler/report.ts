import { rounded, shown, type Figures, type Table } from '../form/outcome.ts'
import { dueShare, type Judged, type LaneFigures } from './figures.ts'
import { isThere, laneTitles, lanes, type LaneName } from './lanes.ts'
import { lines, type Measured } from './lines.ts'
import { unplayed } from './scenarios.ts'

const compared = ['ours', 'ours found', 'haproxy', 'fifo', 'pass'] as const satisfies readonly LaneName[]

export function tablesOf(measured: Measured): Table[] {
  return [...measured.runs.map(runTable), lineTable(measured), notMeasured()]
}

const columns: readonly (readonly [head: string, of: (lane: LaneFigures) => number])[] = [
  ['tipped p50', ({ tipped }) => tipped.p50],
  ['p95', ({ tipped }) => tipped.p95],
  ['p99 ms', ({ tipped }) => tipped.p99],
  ['subscr. p95', ({ subscriber }) => subscriber.p95],
  ['free p50', ({ free }) => free.p50],
  ['p95 ms', ({ free }) => free.p95],
  ['served %', ({ freeServed }) => freeServed * 100],
  ['share %', ({ freeShare }) => freeShare * 100],
  ['worst min. %', ({ freeShareLeast }) => freeShareLeast * 100],
  ['pause s', ({ freePauseSeconds }) => freePauseSeconds],
  ['tokens/s', ({ tokensPerSecond }) => tokensPerSecond],
  ['<10 s, /s', ({ promptPerSecond }) => promptPerSecond],
  ['limit', ({ limit }) => limit],
  ['refused', ({ refused }) => refused],
  ['late ms', ({ lateMsMax }) => lateMsMax],
]

/** Above this an engine has stood still for several steps, and a run says more of the machine than of who decides. */
const lateMsTrusted = 500

/** Everything after the onset; `late` is the machine's own noise at its worst. */
function runTable({ run: { scenario, capacity, shown: all }, lanes: figures }: Judged): Table {
  const asked = (all[0]?.calls.length ?? 0) / scenario.seconds
  const title = `${scenario.name}: ${scenario.about} (${shown(asked)} requests/s on ${shown(capacity)}, ${scenario.seconds} s)`
  const isDisturbed = Object.values(figures).some(({ lateMsMax }) => lateMsMax > lateMsTrusted)
  const rows = all.flatMap(({ lane }) => {
    const own = figures[lane]
    return own ? [[laneTitles[lane], ...columns.map(([, of]) => plain(of(own)))]] : []
  })
  const warning = isDisturbed
    ? '\nThe machine was busy with something else: engines ended steps late. Play it again.'
    : ''
  return { title: title + warning, head: ['lane', ...columns.map(([head]) => head)], rows }
}

const plain = (value: number) => (Number.isFinite(value) ? shown(value) : '')

function lineTable(measured: Measured): Table {
  const rows = lines
    .map((line) => [
      line.ratio,
      ...compared.map((lane) => show(line.of(measured, lane))),
      `${line.wanted} ${line.value}`,
    ])
    .filter((row) => row.slice(1, -1).some((cell) => cell !== ''))
  const due = shown(dueShare('free') * 100)
  return {
    title: `What is to be reached, beside the peers (the free class is due ${due} % of the work)`,
    head: ['line', ...compared.map((lane) => laneTitles[lane]), 'wanted'],
    rows,
  }
}

const show = (value: number | null) => (value === null ? '' : shown(value))

function notMeasured(): Table {
  const absent = (Object.keys(lanes) as LaneName[]).filter((name) => !isThere(name))
  const rows = [
    ...absent.map((name) => [laneTitles[name], 'it is not installed here']),
    ...Object.entries(unplayed).map(([letter, why]) => [`scenario ${letter}`, why]),
  ]
  return { title: 'Not measured', head: ['what', 'because'], rows }
}

/** Of the scenarios that were played; null where ours alone has no figure. */
export function ratiosOf(measured: Measured): Record<string, number | null> {
  const played = lines.filter((line) => compared.some((lane) => line.of(measured, lane) !== null))
  return Object.fromEntries(played.map((line) => [line.ratio, line.of(measured, 'ours')]))
}

export function figuresOf({ runs, decisions }: Measured, source: string): Figures {
  return {
    load: source,
    scenarios: runs.map(({ run: { scenario, capacity }, lanes: all }) => ({
      name: scenario.name,
      seconds: scenario.seconds,
      capacity_per_second: rounded(capacity),
      lanes: Object.values(all).map((lane) => flat(lane)),
    })),
    decision: { ours: flat(decisions.ours), sorted_line: flat(decisions.line) },
  }
}

/** Numbers rounded, and null where there was nothing to measure: JSON knows no NaN. */
function flat(value: object): Figures {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => {
      const key = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      if (typeof inner === 'number') return [key, Number.isFinite(inner) ? rounded(inner) : null]
      return [key, typeof inner === 'object' && inner !== null ? flat(inner) : String(inner)]
    }),
  )
}
