import { setTimeout as sleep } from 'node:timers/promises'

/** One measurement: how often per second, and how long one call took, in milliseconds. */
export type Cell = { readonly rate: number; readonly p50: number; readonly p99: number }

export type Load = {
  readonly callers: number
  readonly warmMs: number
  readonly countMs: number
  readonly call: () => Promise<void>
}

/**
 * Callers that each call again as soon as they are answered. What ends within the counted time counts, and the rate is
 * taken from answer to answer: a crowd is answered in batches, and a window that cut one in two would round by it.
 */
export async function closedLoop({ callers, warmMs, countMs, call }: Load): Promise<Cell> {
  const took: number[] = []
  const from = performance.now() + warmMs
  const until = from + countMs
  let first = from
  let last = from
  const caller = async (): Promise<void> => {
    for (let sent = performance.now(); sent < until;) {
      await call()
      const answered = performance.now()
      if (answered < from) {
        first = answered
      } else if (answered < until) {
        took.push(answered - sent)
        last = answered
      }
      sent = answered
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return { rate: (took.length * 1000) / (last - first), p50: quantile(took, 0.5), p99: quantile(took, 0.99) }
}

/**
 * Calls one and the other by turns, so that whatever else the machine does meets both. Without `restMs` each pair meets what
 * the one before has left to do.
 */
export async function byTurns(
  options: { readonly warm: number; readonly count: number; readonly restMs?: number },
  one: () => Promise<void>,
  other: () => Promise<void>,
): Promise<readonly [one: Cell, other: Cell]> {
  const took: [number[], number[]] = [[], []]
  for (let turn = -options.warm; turn < options.count; turn++) {
    for (const [at, call] of [one, other].entries()) {
      const sent = performance.now()
      await call()
      if (turn >= 0) took[at]?.push(performance.now() - sent)
    }
    if (options.restMs) await sleep(options.restMs)
  }
  return [cellOf(took[0]), cellOf(took[1])]
}

function cellOf(took: readonly number[]): Cell {
  const sum = took.reduce((total, ms) => total + ms, 0)
  return { rate: (took.length * 1000) / sum, p50: quantile(took, 0.5), p99: quantile(took, 0.99) }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

export function medianCell(cells: readonly Cell[]): Cell {
  const of = (pick: (cell: Cell) => number) => median(cells.map(pick))
  return { rate: of((cell) => cell.rate), p50: of((cell) => cell.p50), p99: of((cell) => cell.p99) }
}
