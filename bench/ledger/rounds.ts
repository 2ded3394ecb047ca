import { byTurns, closedLoop, type Cell } from '../form/measure.ts'
import { shown, type Setting } from '../form/outcome.ts'
import { checkHouse, type House } from './house.ts'
import type { Peers } from './peers.ts'
import type { Pgbench } from './pgbench.ts'
import { shapeNames, type Shapes } from './shapes.ts'

/** How long and how often. Rounds repeat everything that is compared, so that drift of the machine meets all of it. */
export const plans = {
  quick: {
    rounds: 3,
    warmMs: 120,
    countMs: 500,
    sideMs: 250,
    sideRounds: 1,
    sweepMs: 300,
    pools: [2, 8],
    clients: [16, 64],
    turns: 150,
  },
  full: {
    rounds: 7,
    warmMs: 500,
    countMs: 2000,
    sideMs: 2000,
    sideRounds: 3,
    sweepMs: 2000,
    pools: [1, 2, 4, 8, 16, 32, 64],
    clients: [16, 32, 64, 128],
    turns: 1000,
  },
} as const

/** The number of callers at which everything is compared. */
export const crowd = 256
const otherCrowds = [1, 64, 1024]
const shapes = Object.keys(shapeNames) as (keyof Shapes)[]
const peers = ['rowLock', 'oneCall'] as const

export const names = {
  ...shapeNames,
  rowLock: 'peer: select … for update',
  oneCall: 'peer: one function call',
  ceiling: 'pgbench: one row inserted',
} as const
export type Method = keyof typeof names

/** What was measured of one method at one number of callers: a cell for each round. */
export type Cells = { readonly method: Method; readonly callers: number; readonly cells: Cell[] }

/** How many connections, or clients of pgbench, suit each best. */
export type Best = Readonly<Record<(typeof peers)[number] | 'ceiling', number>>

type Ground = {
  readonly plan: (typeof plans)[keyof typeof plans]
  readonly house: House
  readonly shapes: Shapes
  readonly peers: Peers
  readonly pgbench: Pgbench | undefined
  readonly say: Setting['say']
}

export type Measured = {
  readonly best: Best
  readonly all: readonly Cells[]
  readonly lone: Cell
  readonly commit: Cell
}

export async function measureAll(ground: Ground): Promise<Measured> {
  const { plan, say, peers: others } = ground
  const all: Cells[] = []
  const add: Add = (method, callers, cell) => {
    const known = all.find((one) => one.method === method && one.callers === callers)
    if (known) known.cells.push(cell)
    else all.push({ method, callers, cells: [cell] })
  }
  const best = await sweep(ground)
  for (let round = 1; round <= plan.rounds; round++) {
    say(`round ${round} of ${plan.rounds}: everything that is compared, at ${crowd} callers`)
    await compareOnce(ground, best, add)
  }
  for (const callers of otherCrowds) {
    say(`${callers} callers`)
    for (let round = 1; round <= plan.sideRounds; round++) {
      for (const shape of shapes) await measure(ground, { shape, callers, countMs: plan.sideMs }, add)
    }
    if (plan.sideRounds > 1) for (const peer of peers) await measurePeer(ground, { peer, callers, best }, add)
  }
  const turns = { warm: plan.turns / 5, count: plan.turns }
  const [lone, commit] = await byTurns(turns, ground.shapes.hot, () => others.oneCommit())
  return { best, all, lone, commit }
}

async function sweep({ plan, peers: others, pgbench, say }: Ground): Promise<Best> {
  const best = { rowLock: 0, oneCall: 0, ceiling: 0 }
  const callers = Math.max(...plan.pools)
  for (const peer of peers) {
    const rates: [size: number, rate: number][] = []
    for (const size of plan.pools) {
      await others.pool(size)
      const load = { callers, warmMs: plan.sweepMs / 3, countMs: plan.sweepMs, call: () => others[peer]() }
      rates.push([size, (await closedLoop(load)).rate])
    }
    best[peer] = highest(rates)
    say(`${names[peer]}: ${told(rates)}; ${best[peer]} connections it is`)
  }
  if (pgbench) {
    const rates: [clients: number, rate: number][] = []
    for (const clients of plan.clients) {
      rates.push([clients, (await pgbench.insert({ clients, seconds: secondsOf(plan.sweepMs) })).rate])
    }
    best.ceiling = highest(rates)
    say(`${names.ceiling}: ${told(rates)}; ${best.ceiling} clients it is`)
  }
  return best
}

/** pgbench counts from before its clients have connected, which takes a second for a hundred of them. */
const secondsOf = (ms: number) => Math.ceil(1 + ms / 1000)
const told = (rates: readonly [number, number][]) =>
  rates.map(([size, rate]) => `${size} → ${shown(rate)}/s`).join(', ')
const highest = (rates: readonly [number, number][]) => rates.reduce((a, b) => (b[1] > a[1] ? b : a))[0]

type Add = (method: Method, callers: number, cell: Cell) => void

/** The plain journal comes first and in the middle: it is what all the others are divided by or into. */
async function compareOnce(ground: Ground, best: Best, add: Add): Promise<void> {
  const { plan, pgbench } = ground
  const own = (shape: keyof Shapes) => measure(ground, { shape, callers: crowd, countMs: plan.countMs }, add)
  await own('hot')
  for (const peer of peers) await measurePeer(ground, { peer, callers: crowd, best }, add)
  if (pgbench) {
    const { rate } = await pgbench.insert({ clients: best.ceiling, seconds: secondsOf(plan.countMs) })
    add('ceiling', best.ceiling, { rate, p50: Number.NaN, p99: Number.NaN })
  }
  await own('hot')
  for (const shape of shapes) if (shape !== 'hot') await own(shape)
}

async function measure(
  { plan, shapes: calls, house }: Ground,
  { shape, callers, countMs }: { shape: keyof Shapes; callers: number; countMs: number },
  add: Add,
): Promise<void> {
  add(shape, callers, await closedLoop({ callers, warmMs: plan.warmMs, countMs, call: calls[shape] }))
  await checkHouse(house)
}

async function measurePeer(
  { plan, peers: others }: Ground,
  { peer, callers, best }: { peer: (typeof peers)[number]; callers: number; best: Best },
  add: Add,
): Promise<void> {
  await others.pool(best[peer])
  const { warmMs, countMs } = plan
  add(peer, callers, await closedLoop({ callers, warmMs, countMs, call: () => others[peer]() }))
  await others.check()
}
