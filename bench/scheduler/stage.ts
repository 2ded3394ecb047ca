import { setTimeout as wait } from 'node:timers/promises'
import type { PoolView } from '#scheduler'
import { startEngine, type EngineView, type RunningEngine } from '../../tools/engine-sim/start.ts'
import { readProfile, builtIn, profileByDefault, stepTimes } from '../../tools/engine-sim/step-times.ts'
import { isThere, lanes, type Lane, type LaneName } from './lanes.ts'
import { capacityOf, drawLoad, type Call } from './load.ts'
import { startPlayer, type Player } from './players.ts'
import type { Result } from './player.ts'
import type { Scenario } from './scenarios.ts'
import type { Trace } from './trace.ts'

/** A look at a lane's decider. */
export type Look = { readonly atSecond: number; readonly view: PoolView }

/** What one lane has to show. */
export type Shown = Result & {
  readonly lane: LaneName
  readonly calls: readonly Call[]
  readonly looks: readonly Look[]
  /** Of the engines that live, where the steady part began and at the end. */
  readonly warm: readonly EngineView[]
  readonly last: readonly EngineView[]
  /** Some seconds after the last client had gone: what still runs then has leaked. */
  readonly leaked: number
}

export type Run = {
  readonly scenario: Scenario
  /** Requests a second that the engines together can answer of this load. */
  readonly capacity: number
  /** By Date.now(). */
  readonly startAt: number
  readonly shown: readonly Shown[]
}

export type StageOptions = {
  readonly trace: Trace
  readonly seed: number
}

const patienceMs = 120_000
const settleMs = 1000
const lookEveryMs = 2000

/** Plays one scenario: every lane at the same time, each before engines of its own, with the same calls. */
export async function playScenario(scenario: Scenario, { trace, seed }: StageOptions): Promise<Run> {
  const times = stepTimes(trace.perf ? readProfile(trace.perf, profileByDefault) : builtIn)
  const wish = {
    arrivals: trace.arrivals,
    mix: scenario.mix,
    seed,
    ...(scenario.alter ? { alter: scenario.alter } : {}),
  }
  // What a whole trace at any rate would ask for, as altered: the measure of what the engines can do.
  const measure = drawLoad({ ...wish, seconds: 600, rateAt: () => 5 })
  const capacity = scenario.engines.reduce((sum, slots) => sum + capacityOf(measure, { slots }, times), 0)
  const calls = drawLoad({
    ...wish,
    seconds: scenario.seconds,
    rateAt: (second) => scenario.k(second) * capacity,
  })
  await using open = new AsyncDisposableStack()
  const places = await Promise.all(
    scenario.lanes.filter(isThere).map(async (name) => openPlace(name, scenario, trace, open)),
  )
  const startAt = Date.now() + settleMs
  const shown = await Promise.all(places.map((place) => showOf(place, scenario, calls, startAt)))
  return { scenario, capacity, startAt, shown }
}

type Place = {
  readonly name: LaneName
  readonly lane: Lane
  readonly engines: readonly RunningEngine[]
  readonly player: Player
}

async function openPlace(
  name: LaneName,
  { engines, dialect }: Scenario,
  { perf }: Trace,
  open: AsyncDisposableStack,
): Promise<Place> {
  const started = await Promise.all(
    engines.map((slots) => startEngine({ dialect, settings: { slots }, ...(perf ? { perf } : {}) })),
  )
  for (const engine of started) open.use(engine)
  const fronts = started.map(({ url }, at) => ({ url, slots: engines[at] ?? 1 }))
  const lane = open.use(await lanes[name](fronts))
  return { name, lane, engines: started, player: open.use(startPlayer()) }
}

async function showOf(place: Place, scenario: Scenario, calls: readonly Call[], startAt: number): Promise<Shown> {
  const { name, lane, engines, player } = place
  const own = name === 'alone' ? calls.filter((call) => call.class === 'tipped') : calls
  const alive = new Set(engines)
  const views = () => Promise.all([...alive].map((engine) => engine.view()))
  const until = (second: number) => wait(Math.max(0, startAt + second * 1000 - Date.now()))
  const troubles = scenario.happens.map(async ({ atSecond, engine: which, what }) => {
    await until(atSecond)
    const engine = engines[which]
    if (!engine) return
    if (what !== 'kill') return engine.change(what)
    alive.delete(engine)
    await engine.kill()
  })
  const playing = player.play({ url: lane.url, calls: own, startAt, seconds: scenario.seconds, patienceMs })
  const looking = lookOn(lane, startAt, scenario.seconds)
  await until(scenario.warmSeconds)
  const warm = await views()
  await until(scenario.seconds - 0.1)
  const last = await views()
  const result = await playing
  await Promise.all(troubles)
  await wait(settleMs)
  const after = await views()
  const inside = after.reduce((sum, { running, waiting }) => sum + running + waiting, 0)
  const held = (await lane.view())?.backends.reduce((sum, { inFlight }) => sum + inFlight, 0) ?? 0
  const left = after.map((view, at) => ({ ...(last[at] ?? view), left: view.left }))
  return { ...result, lane: name, calls: own, looks: await looking, warm, last: left, leaked: Math.max(inside, held) }
}

async function lookOn(lane: Lane, startAt: number, seconds: number): Promise<readonly Look[]> {
  const looks: Look[] = []
  while (Date.now() < startAt + seconds * 1000) {
    const atSecond = (Date.now() - startAt) / 1000
    const view = await lane.view()
    if (view === undefined) return looks
    if (atSecond >= 0) looks.push({ atSecond, view })
    await wait(lookEveryMs)
  }
  return looks
}
