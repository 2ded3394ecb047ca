import { byTurns, closedLoop, median, medianCell, type Cell } from './form/measure.ts'
import { rounded, shown, type Outcome, type Setting, type Table, type Target } from './form/outcome.ts'
import { startServer } from './form/server.ts'
import { bytesALeg, checkHouse, openHouse, proveHouse, type House } from './ledger/house.ts'
import { openPeers, type Peers } from './ledger/peers.ts'
import { openPgbench, type Pgbench } from './ledger/pgbench.ts'
import { shapeNames, shapesOf, type Shapes } from './ledger/shapes.ts'

/** How long and how often. Rounds repeat everything that is compared, so that drift of the machine meets all of it. */
const plans = {
  quick: { rounds: 3, warmMs: 150, countMs: 650, pools: [2, 8, 32], clients: [16, 64], sweepMs: 350, turns: 150 },
  full: {
    rounds: 7,
    warmMs: 500,
    countMs: 2000,
    pools: [1, 2, 4, 8, 16, 32, 64],
    clients: [16, 32, 64, 128],
    sweepMs: 1500,
    turns: 1000,
  },
} as const
type Plan = (typeof plans)[keyof typeof plans]

const crowd = 256
const otherCrowds = [1, 64, 1024]
const shapes = Object.keys(shapeNames) as (keyof Shapes)[]
const peers = ['rowLock', 'oneCall'] as const

const names = {
  ...shapeNames,
  rowLock: 'peer: select … for update',
  oneCall: 'peer: one function call',
  ceiling: 'pgbench: one row inserted',
} as const
type Method = keyof typeof names

const targets: readonly Target[] = [
  { ratio: 'hot ÷ row lock', wanted: 'at least', value: 40 },
  { ratio: 'hot ÷ one call', wanted: 'at least', value: 10 },
  { ratio: 'hot ÷ insert ceiling', wanted: 'at least', value: 1.2 },
  { ratio: 'message ÷ plain', wanted: 'at least', value: 0.7 },
  { ratio: 'pairs ÷ plain', wanted: 'at least', value: 0.35 },
  { ratio: 'p99 ÷ p50', wanted: 'at most', value: 5 },
  { ratio: 'lone caller ÷ one commit', wanted: 'at most', value: 1.5 },
  { ratio: 'bytes a leg', wanted: 'at most', value: 500 },
]

/** What has been measured, by method and callers; a round adds a cell to each that it repeats. */
type Cells = Map<string, Cell[]>
const keyOf = (method: Method, callers: number) => `${method} ${callers}`

type Ground = {
  readonly plan: Plan
  readonly house: House
  readonly shapes: Shapes
  readonly peers: Peers
  readonly pgbench: Pgbench | undefined
  readonly cells: Cells
  readonly say: Setting['say']
}

/** Journals per second of the ledger as rooms call it, beside what transactions one by one do on the same server. */
export async function bench({ size, say }: Setting): Promise<Outcome> {
  await using server = await startServer(say)
  const plan = plans[size]
  const house = await openHouse(server, 'bench_ledger', 'funded')
  await using others = await openPeers(house.db.url)
  using pgbench = openPgbench(house.db.url)
  const ground = { plan, house, shapes: shapesOf(house), peers: others, pgbench, cells: new Map() as Cells, say }

  const best = await sweep(ground)
  for (let round = 1; round <= plan.rounds; round++) {
    say(`round ${round} of ${plan.rounds}: everything that is compared, at ${crowd} callers`)
    await compareOnce(ground, best)
  }
  for (const callers of otherCrowds) await atCrowd(ground, callers, best)
  const [lone, commit] = await byTurns({ warm: plan.turns / 5, count: plan.turns }, ground.shapes.hot, others.oneCommit)
  say('proof over every row')
  const counted = await proveHouse(house)
  const bytes = await bytesALeg(house)
  await house.ledger.close()

  return {
    server: server.report,
    tables: [ratesTable(ground.cells), loneTable(lone, commit)],
    figures: {
      cells: Object.fromEntries([...ground.cells].map(([key, cells]) => [key, figuresOf(cells)])),
      'lone caller': figuresOf([lone]),
      'one commit': figuresOf([commit]),
      best,
      legs: Number(counted.legs),
      journals: Number(counted.journals),
    },
    ratios: { ...ratiosOf(ground.cells), 'lone caller ÷ one commit': lone.p50 / commit.p50, 'bytes a leg': bytes },
    targets,
  }
}

type Best = Readonly<Record<(typeof peers)[number] | 'ceiling', number>>

/** Each peer is given the number of connections that suits it best. */
async function sweep(ground: Ground): Promise<Best> {
  const { plan, peers: others, pgbench, say } = ground
  const best = { rowLock: 0, oneCall: 0, ceiling: 0 }
  for (const peer of peers) {
    const rates: [size: number, rate: number][] = []
    for (const size of plan.pools) {
      await others.pool(size)
      const { rate } = await closedLoop({
        callers: crowd,
        warmMs: plan.sweepMs / 3,
        countMs: plan.sweepMs,
        call: others[peer],
      })
      rates.push([size, rate])
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

/** The plain journal comes first and in the middle: it is what all the others are divided by or into. */
async function compareOnce(ground: Ground, best: Best): Promise<void> {
  const { plan, pgbench, cells } = ground
  await measure(ground, 'hot', crowd)
  for (const peer of peers) await measurePeer(ground, peer, crowd, best[peer])
  if (pgbench) {
    const { rate } = await pgbench.insert({ clients: best.ceiling, seconds: secondsOf(plan.countMs) })
    add(cells, keyOf('ceiling', best.ceiling), { rate, p50: Number.NaN, p99: Number.NaN })
  }
  await measure(ground, 'hot', crowd)
  for (const shape of shapes) if (shape !== 'hot') await measure(ground, shape, crowd)
}

async function atCrowd(ground: Ground, callers: number, best: Best): Promise<void> {
  ground.say(`${callers} callers`)
  const repeats = ground.plan.rounds > 3 ? 3 : 1
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const shape of shapes) await measure(ground, shape, callers)
    if (repeats > 1) for (const peer of peers) await measurePeer(ground, peer, callers, best[peer])
  }
}

async function measure(
  { plan, shapes: calls, house, cells }: Ground,
  shape: keyof Shapes,
  callers: number,
): Promise<void> {
  const { warmMs, countMs } = plan
  add(cells, keyOf(shape, callers), await closedLoop({ callers, warmMs, countMs, call: calls[shape] }))
  await checkHouse(house)
}

async function measurePeer(
  { plan, peers: others, cells }: Ground,
  peer: (typeof peers)[number],
  callers: number,
  connections: number,
): Promise<void> {
  await others.pool(connections)
  const { warmMs, countMs } = plan
  add(cells, keyOf(peer, callers), await closedLoop({ callers, warmMs, countMs, call: others[peer] }))
  await others.check()
}

function add(cells: Cells, key: string, cell: Cell): void {
  cells.set(key, [...(cells.get(key) ?? []), cell])
}

function ratiosOf(cells: Cells): Record<string, number | null> {
  const of = (method: Method) => cells.get(keyOf(method, crowd)) ?? []
  const rates = (method: Method) => of(method).map((cell) => cell.rate)
  const hot = median(rates('hot'))
  const ceiling = [...cells].filter(([key]) => key.startsWith('ceiling')).flatMap(([, some]) => some)
  return {
    'hot ÷ row lock': hot / median(rates('rowLock')),
    'hot ÷ one call': hot / median(rates('oneCall')),
    'hot ÷ insert ceiling': ceiling.length > 0 ? hot / median(ceiling.map((cell) => cell.rate)) : null,
    'message ÷ plain': median(rates('message')) / hot,
    'pairs ÷ plain': median(rates('pair')) / hot,
    'p99 ÷ p50': median(of('hot').map(({ p50, p99 }) => p99 / p50)),
  }
}

function figuresOf(cells: readonly Cell[]) {
  const { rate, p50, p99 } = medianCell(cells)
  const rates = cells.map((cell) => Math.round(cell.rate))
  const ms = (value: number) => (Number.isNaN(value) ? null : rounded(value))
  return { per_second: rounded(rate), p50_ms: ms(p50), p99_ms: ms(p99), rates }
}

function ratesTable(cells: Cells): Table {
  const rows = [...cells].map(([key, some]) => {
    const [method = '', callers = ''] = key.split(' ')
    const { rate, p50, p99 } = medianCell(some)
    const spread = some.map((cell) => cell.rate).toSorted((a, b) => a - b)
    const ms = (value: number) => (Number.isNaN(value) ? '' : shown(value))
    const range = `${shown(spread[0] ?? 0)} to ${shown(spread.at(-1) ?? 0)}`
    return [names[method as Method], callers, shown(rate), range, ms(p50), ms(p99)]
  })
  return {
    title: 'Journals, transfers, pairs or rows',
    head: ['what', 'callers', 'per second', 'range', 'p50 ms', 'p99 ms'],
    rows,
  }
}

function loneTable(lone: Cell, commit: Cell): Table {
  const row = (name: string, { p50, p99 }: Cell) => [name, shown(p50), shown(p99)]
  return {
    title: 'One caller, by turns',
    head: ['what', 'p50 ms', 'p99 ms'],
    rows: [row('a plain journal', lone), row('one row inserted and committed', commit)],
  }
}
