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

/** Each is the median over the rounds of the ratio within a round; null where one of the two was not measured. */
export function ratiosOf({ all, lone, commit }: Measured, large: Large | undefined, bytes: number) {
  const of = (method: Method) =>
    all.find((one) => one.method === method && (method === 'ceiling' || one.callers === crowd))?.cells ?? []
  const hot = of('hot')
  // Two to a round: before the peers and after them.
  const plain = of('message').map((_, round) => median(hot.slice(2 * round, 2 * round + 2).map((cell) => cell.rate)))
  const against = (method: Method, ratio: (plain: number, other: number) => number) => {
    const cells = of(method)
    return cells.length === 0 ? null : median(cells.map((cell, round) => ratio(plain[round] ?? Number.NaN, cell.rate)))
  }
  return {
    'hot ÷ row lock': against('rowLock', (one, other) => one / other),
    'hot ÷ one call': against('oneCall', (one, other) => one / other),
    'hot ÷ insert ceiling': against('ceiling', (one, other) => one / other),
    'message ÷ plain': against('message', (one, other) => other / one),
    'pairs ÷ plain': against('pair', (one, other) => other / one),
    'p99 ÷ p50': median(hot.map(({ p50, p99 }) => p99 / p50)),
    'lone caller ÷ one commit': lone.p50 / commit.p50,
    'large ÷ small': large
      ? median(large.large.map(({ rate }, at) => rate / (large.small[at]?.rate ?? Number.NaN)))
      : null,
    'bytes a leg': bytes,
  }
}

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
