import { closedLoop, type Cell } from '../form/measure.ts'
import { shown, type Setting } from '../form/outcome.ts'
import type { BenchServer } from '../form/server.ts'
import { bytesALeg, checkHouse, openHouse, proveHouse, type House } from './house.ts'
import { checkRepeat, loadJournals, settleDown } from './load.ts'
import { crowd } from './rounds.ts'
import { shapesOf } from './shapes.ts'

/** The hot payee in a ledger of many rows beside one of few. */
export type Large = {
  readonly rows: number
  readonly loadSeconds: number
  readonly proofSeconds: number
  readonly bytes: number
  readonly large: readonly Cell[]
  readonly small: readonly Cell[]
}

const smallRows = 10_000
const rounds = 7
// Long enough that the pages that one account after another touches are in memory, and once in the log, again.
const warmMs = 4000
const countMs = 2000

export async function measureLarge(server: BenchServer, rows: number, say: Setting['say']): Promise<Large> {
  const sides = {
    large: await openHouse(server, 'bench_ledger_large'),
    small: await openHouse(server, 'bench_ledger_small'),
  }
  const loadSeconds = await timed(() => fill(sides.large, rows, say))
  await fill(sides.small, smallRows, say)
  say('proof over every row of the large ledger')
  const proofSeconds = await timed(() => proveHouse(sides.large))
  const bytes = await bytesALeg(sides.large)

  const cells: Record<keyof typeof sides, Cell[]> = { large: [], small: [] }
  const calls = { large: shapesOf(sides.large).hot, small: shapesOf(sides.small).hot }
  for (let round = 0; round <= rounds; round++) {
    for (const side of ['large', 'small'] as const) {
      if (round === 0) say(`warming the ${side} ledger`)
      const cell = await closedLoop({ callers: crowd, warmMs: round === 0 ? warmMs : 300, countMs, call: calls[side] })
      if (round > 0) cells[side].push(cell)
    }
  }
  for (const house of Object.values(sides)) {
    await checkHouse(house)
    await house.ledger.close()
  }
  return { rows, loadSeconds, proofSeconds, bytes, ...cells }
}

async function fill(house: House, rows: number, say: Setting['say']): Promise<void> {
  await loadJournals(house, rows, (done) => {
    if (done % 1_000_000 === 0) say(`${shown(done)} of ${shown(rows)} journals loaded`)
  })
  await settleDown(house)
  await checkRepeat(house)
  await checkHouse(house)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1000
}
