import { createBatch, type Batch, type Work } from '../../../tools/engine-sim/batch.ts'
import { settingsByDefault, type Settings } from '../../../tools/engine-sim/settings.ts'
import type { StepTimes } from '../../../tools/engine-sim/step-times.ts'
import type { Call } from '../load.ts'
import type { Played } from '../player.ts'
import type { Happening } from '../scenarios.ts'
import { createAgenda, type Agenda } from './agenda.ts'
import type { Gate } from './gate.ts'

export type Experiment = {
  readonly calls: readonly Call[]
  readonly seconds: number
  /** Slots of each engine. */
  readonly engines: readonly number[]
  readonly times: StepTimes
  readonly happens: readonly Happening[]
  readonly patienceMs: number
}

export type Finding = {
  readonly played: readonly Played[]
  /** By second: L of the first engine, and requests in the engines' own queues. */
  readonly limits: readonly number[]
  readonly inside: readonly number[]
}

type Job = Work & { readonly call: Call; readonly played: Played; readonly engine: LabEngine }

type LabEngine = {
  readonly settings: Settings
  readonly batch: Batch<Job>
  isBusy: boolean
  isAlive: boolean
}

type Laboratory = {
  readonly wish: Experiment
  readonly gate: Gate
  readonly agenda: Agenda
  readonly engines: readonly LabEngine[]
  /** What came of each call, and the place of those that run. */
  readonly played: ReadonlyMap<Call, Played>
  readonly jobs: Map<Call, Job>
}

const lookEveryMs = 100
const noteEveryLooks = 10

/**
 * Plays calls on simulated engines in virtual time. The engines' continuous batching and their measured step times are
 * those of tools/engine-sim, and whoever decides is asked as it would be by the sockets.
 */
export function experiment(wish: Experiment, gate: Gate): Finding {
  const lab: Laboratory = {
    wish,
    gate,
    agenda: createAgenda(),
    engines: wish.engines.map((slots) => createLabEngine(slots, wish.times)),
    played: new Map(wish.calls.map((call) => [call, { id: call.id, tokens: 0, how: 'cut' }])),
    jobs: new Map(),
  }
  const finding = { limits: [] as number[], inside: [] as number[] }
  for (const call of wish.calls) lab.agenda.note(call.atMs, () => arrive(lab, call))
  for (const each of wish.happens) lab.agenda.note(each.atSecond * 1000, () => happen(lab, each))
  lookOn(lab, finding, 0)
  lab.agenda.playUntil(wish.seconds * 1000)
  return { played: [...lab.played.values()], ...finding }
}

function createLabEngine(slots: number, times: StepTimes): LabEngine {
  const settings: Settings = { ...settingsByDefault, slots }
  return { settings, batch: createBatch<Job>(settings, times), isBusy: false, isAlive: true }
}

function lookOn(lab: Laboratory, finding: { limits: number[]; inside: number[] }, nth: number): void {
  const { gate, agenda, engines } = lab
  gate.look(agenda.now)
  pump(lab)
  if (nth % noteEveryLooks === 0) {
    finding.limits.push(gate.limit)
    finding.inside.push(engines.reduce((sum, { batch }) => sum + batch.counts().waiting, 0))
  }
  agenda.note(agenda.now + lookEveryMs, () => lookOn(lab, finding, nth + 1))
}

function playedOf({ played }: Laboratory, call: Call): Played {
  return played.get(call) as Played
}

function arrive(lab: Laboratory, call: Call): void {
  const { gate, agenda, wish } = lab
  const own = playedOf(lab, call)
  const shown = gate.arrive(call, agenda.now)
  if (shown === 'refused') return end(lab, call, 'refused')
  own.shown = shown
  const waitingMs = call.leaves && 'waitingMs' in call.leaves ? call.leaves.waitingMs : wish.patienceMs
  agenda.note(call.atMs + waitingMs, () => {
    if (own.firstAtMs !== undefined || own.endedAtMs !== undefined) return
    leave(lab, call)
    pump(lab)
  })
  pump(lab)
}

/** Everybody starts who may, then every engine that has something to do takes its next step. */
function pump(lab: Laboratory): void {
  const { gate, agenda, engines, jobs } = lab
  for (let start = gate.next(agenda.now); start; start = gate.next(agenda.now)) {
    const { call } = start
    const engine = engines[start.engine] as LabEngine
    const { promptTokens, answerTokens } = call
    const job: Job = { promptTokens, answerTokens, silentAfter: null, call, played: playedOf(lab, call), engine }
    jobs.set(call, job)
    if (engine.isAlive) engine.batch.add(job)
    else lose(lab, job)
  }
  for (const engine of engines) step(lab, engine)
}

function step(lab: Laboratory, engine: LabEngine): void {
  if (engine.isBusy || !engine.isAlive) return
  const ms = engine.batch.begin()
  if (ms === undefined) return
  engine.isBusy = true
  lab.agenda.note(lab.agenda.now + ms * engine.settings.slowdown, () => {
    engine.isBusy = false
    if (!engine.isAlive) return
    for (const { work, nth } of engine.batch.end()) say(lab, work, nth)
    pump(lab)
  })
}

function say(lab: Laboratory, { call, played }: Job, nth: number): void {
  const { gate, agenda, jobs } = lab
  if (!jobs.has(call)) return
  played.tokens = nth
  if (nth === 1) {
    played.firstAtMs = agenda.now
    gate.first(call, agenda.now)
  }
  gate.token(call, agenda.now)
  if (nth >= call.answerTokens) {
    end(lab, call, 'whole')
    gate.done(call, agenda.now)
  } else if (call.leaves && 'afterTokens' in call.leaves && nth >= call.leaves.afterTokens) {
    leave(lab, call)
  }
}

function end(lab: Laboratory, call: Call, how: Played['how']): void {
  const own = playedOf(lab, call)
  own.endedAtMs = lab.agenda.now
  own.how = how
  lab.jobs.delete(call)
}

function leave(lab: Laboratory, call: Call): void {
  const job = lab.jobs.get(call)
  job?.engine.batch.drop(job)
  end(lab, call, 'left')
  lab.gate.leave(call, lab.agenda.now)
}

/** Its engine is dead. */
function lose(lab: Laboratory, { call }: Job): void {
  lab.jobs.delete(call)
  if (!lab.gate.broke(call, lab.agenda.now)) end(lab, call, 'failed')
}

function happen(lab: Laboratory, { engine: which, what }: Happening): void {
  const engine = lab.engines[which] as LabEngine
  if (what === 'kill') {
    engine.isAlive = false
    for (const job of lab.jobs.values()) if (job.engine === engine) lose(lab, job)
    pump(lab)
  } else {
    Object.assign(engine.settings, what)
  }
}
