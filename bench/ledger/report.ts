import { median, medianCell, type Cell } from '../form/measure.ts'
import { rounded, shown, type Figures, type Table, type Target } from '../form/outcome.ts'
import type { Large } from './large.ts'
import { crowd, names, type Measured, type Method } from './rounds.ts'

export const targets: readonly Target[] = [
  { ratio: 'hot ÷ row lock', wanted: 'at least', value: 40 },
  { ratio: 'hot ÷ one call', wanted: 'at least', value: 10 },
  { ratio: 'hot ÷ insert ceiling', wanted: 'at least', value: 1.2 },
  { ratio: 'message ÷ plain', wanted: 'at least', value: 0.7 },
  { ratio: 'pairs ÷ plain', wanted: 'at least', value: 0.35 },
  { ratio: 'p99 ÷ p50', wanted: 'at most', value: 5 },
  { ratio: 'lone caller ÷ one commit', wanted: 'at most', value: 1.5 },
  { ratio: 'large ÷ small', wanted: 'at least', value: 0.8 },
  { ratio: 'bytes a leg', wanted: 'at most', value: 500 },
]

/** Each by the medians of its rounds; null where one of the two was not measured. */
export function ratiosOf({ all, lone, commit }: Measured, large: Large | undefined, bytes: number) {
  const of = (method: Method) =>
    all.find((one) => one.method === method && (method === 'ceiling' || one.callers === crowd))
  const rate = (method: Method) => rateOf(of(method)?.cells)
  const hot = rate('hot')
  return {
    'hot ÷ row lock': divided(hot, rate('rowLock')),
    'hot ÷ one call': divided(hot, rate('oneCall')),
    'hot ÷ insert ceiling': divided(hot, rate('ceiling')),
    'message ÷ plain': divided(rate('message'), hot),
    'pairs ÷ plain': divided(rate('pair'), hot),
    'p99 ÷ p50': median((of('hot')?.cells ?? []).map(({ p50, p99 }) => p99 / p50)),
    'lone caller ÷ one commit': lone.p50 / commit.p50,
    'large ÷ small': divided(rateOf(large?.large), rateOf(large?.small)),
    'bytes a leg': bytes,
  }
}

const rateOf = (cells: readonly Cell[] | undefined) => (cells ? median(cells.map((cell) => cell.rate)) : null)
const divided = (a: number | null, b: number | null) => (a === null || b === null ? null : a / b)

export function figuresOf({ all, lone, commit, best }: Measured, large: Large | undefined): Figures {
  const measured = all.map(({ method, callers, cells }) => ({ what: names[method], callers, ...figuresOfCells(cells) }))
  const { rows, loadSeconds, proofSeconds } = large ?? {}
  return {
    measured,
    lone_caller: figuresOfCells([lone]),
    one_commit: figuresOfCells([commit]),
    best_connections: best,
    large: large
      ? {
          rows: rows ?? 0,
          load_seconds: rounded(loadSeconds ?? 0),
          proof_seconds: rounded(proofSeconds ?? 0),
          bytes_a_leg: rounded(large.bytes),
          ...figuresOfCells(large.large),
          small: figuresOfCells(large.small),
        }
      : null,
  }
}

function figuresOfCells(cells: readonly Cell[]) {
  const { rate, p50, p99 } = medianCell(cells)
  const rates = cells.map((cell) => Math.round(cell.rate))
  return { per_second: rounded(rate), p50_ms: msOf(p50), p99_ms: msOf(p99), rounds_per_second: rates }
}

const msOf = (value: number) => (Number.isNaN(value) ? null : rounded(value))

export function tablesOf({ all, lone, commit }: Measured, large: Large | undefined): Table[] {
  const rates = all.map(({ method, callers, cells }) => rateRow(names[method], String(callers), cells))
  const sizes = large && [
    rateRow(`${shown(large.rows)} journals`, String(crowd), large.large),
    rateRow('10,000 journals', String(crowd), large.small),
  ]
  const row = (name: string, { p50, p99 }: Cell) => [name, shown(p50), shown(p99)]
  return [
    { title: 'Journals, transfers, pairs or rows', head: rateHead, rows: rates },
    {
      title: 'One caller, by turns',
      head: ['what', 'p50 ms', 'p99 ms'],
      rows: [row('a plain journal', lone), row('one row inserted and committed', commit)],
    },
    ...(sizes ? [{ title: 'By what the ledger already holds', head: rateHead, rows: sizes }] : []),
  ]
}

const rateHead = ['what', 'callers', 'per second', 'lowest', 'highest', 'p50 ms', 'p99 ms']

function rateRow(name: string, callers: string, cells: readonly Cell[]): string[] {
  const { rate, p50, p99 } = medianCell(cells)
  const rates = cells.map((cell) => cell.rate)
  const ms = (value: number) => (Number.isNaN(value) ? '' : shown(value))
  return [name, callers, shown(rate), shown(Math.min(...rates)), shown(Math.max(...rates)), ms(p50), ms(p99)]
}
