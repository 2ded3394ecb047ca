import { createBatch, type Work } from '../../../tools/engine-sim/batch.ts'
import { settingsByDefault, type Settings } from '../../../tools/engine-sim/settings.ts'
import type { StepTimes } from '../../../tools/engine-sim/step-times.ts'
import type { Call } from '../load.ts'
import type { Played } from '../player.ts'
import type { Happening } from '../scenarios.ts'
import { createAgenda } from './agenda.ts'
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
  /** Answer tokens of all engines until the warm-up was over, and until the end. */
  readonly answerTokens: readonly number[]
}

type Job = Work & { readonly call: Call; readonly played: Played }

const lookEveryMs = 100

/**
 * Plays calls on simulated engines in virtual time: the engine's continuous batching and its measured step times are those
 * of tools/engine-sim, and whoever decides is asked as it would be by the sockets.
 */
export function experiment(wish: Experiment, gate: Gate): Finding {
  const agenda = createAgenda()
  const engines = wish.engines.map((slots) => createLabEngine(slots, wish, gate))
  const jobs = new Map<Call, { readonly job: Job; readonly engine: LabEngine }>()
  const played = wish.calls.map((call): Played => ({ id: call.id, tokens: 0, how: 'cut' }))
  const limits: number[] = []
  const inside: number[] = []
  const answerTokens: number[] = []

  function pump(): void {
    for (let start = gate.next(agenda.now); start; start = gate.next(agenda.now)) {
      const { call } = start
      const engine = engines[start.engine] as LabEngine
      if (!engine.isAlive) {
        gate.broke(call, agenda.now)
        continue
      }
      const own = played[wish.calls.indexOf(call)] as Played
      const { promptTokens, answerTokens: wanted } = call
      const job: Job = { promptTokens, answerTokens: wanted, silentAfter: null, call, played: own }
      jobs.set(call, { job, engine })
      engine.batch.add(job)
    }
    for (const engine of engines) step(engine)
  }

  function step(engine: LabEngine): void {
    if (engine.isBusy || !engine.isAlive) return
    const ms = engine.batch.begin()
    if (ms === undefined) return
    engine.isBusy = true
    agenda.note(agenda.now + ms * engine.settings.slowdown, () => {
      engine.isBusy = false
      if (!engine.isAlive) return
      for (const { work, nth } of engine.batch.end()) say(work, nth)
      pump()
    })
  }

  function say({ call, played: own }: Job, nth: number): void {
    if (!jobs.has(call)) return
    own.tokens = nth
    if (nth === 1) {
      own.firstAtMs = agenda.now
      gate.first(call, agenda.now)
    }
    gate.token(call, agenda.now)
    if (nth >= call.answerTokens) {
      end(call, own, 'whole')
      gate.done(call, agenda.now)
    } else if (call.leaves && 'afterTokens' in call.leaves && nth >= call.leaves.afterTokens) {
      leave(call, own)
    }
  }

  function end(call: Call, own: Played, how: Played['how']): void {
    own.endedAtMs = agenda.now
    own.how = how
    jobs.delete(call)
  }

  function leave(call: Call, own: Played): void {
    const place = jobs.get(call)
    place?.engine.batch.drop(place.job)
    end(call, own, 'left')
    gate.leave(call, agenda.now)
  }

  function arrive(call: Call, own: Played): void {
    const shown = gate.arrive(call, agenda.now)
    if (shown === 'refused') {
      end(call, own, 'refused')
      return
    }
    own.shown = shown
    const waitingMs = call.leaves && 'waitingMs' in call.leaves ? call.leaves.waitingMs : wish.patienceMs
    agenda.note(call.atMs + waitingMs, () => {
      if (own.firstAtMs !== undefined || own.endedAtMs !== undefined) return
      leave(call, own)
      pump()
    })
    pump()
  }

  function happen({ engine: which, what }: Happening): void {
    const engine = engines[which] as LabEngine
    if (what !== 'kill') return void Object.assign(engine.settings, what)
    engine.isAlive = false
    for (const [call, { job, engine: where }] of [...jobs]) {
      if (where !== engine) continue
      jobs.delete(call)
      if (!gate.broke(call, agenda.now)) end(call, job.played, 'failed')
    }
    pump()
  }

  function lookOn(): void {
    gate.look(agenda.now)
    pump()
    if (Math.round(agenda.now / lookEveryMs) % (1000 / lookEveryMs) === 0) {
      const counts = engines.map(({ batch }) => batch.counts())
      limits.push(gate.limit)
      inside.push(counts.reduce((sum, { waiting }) => sum + waiting, 0))
      answerTokens.push(counts.reduce((sum, each) => sum + each.answerTokens, 0))
    }
    agenda.note(agenda.now + lookEveryMs, lookOn)
  }

  wish.calls.forEach((call, at) => agenda.note(call.atMs, () => arrive(call, played[at] as Played)))
  for (const each of wish.happens) agenda.note(each.atSecond * 1000, () => happen(each))
  agenda.note(0, lookOn)
  agenda.playUntil(wish.seconds * 1000)
  return { played, limits, inside, answerTokens }
}

type LabEngine = ReturnType<typeof createLabEngine>

function createLabEngine(slots: number, { times }: Experiment, _gate: Gate) {
  const settings: Settings = { ...settingsByDefault, slots }
  return { settings, batch: createBatch<Job>(settings, times), isBusy: false, isAlive: true }
}
