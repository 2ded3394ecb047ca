import { createBatch, type Work } from '../../tools/engine-sim/batch.ts'
import { seededDice } from '../../tools/engine-sim/dice.ts'
import { settingsByDefault, type Settings } from '../../tools/engine-sim/settings.ts'
import type { StepTimes } from '../../tools/engine-sim/step-times.ts'
import type { Arrival } from './trace.ts'

export const classes = ['tipped', 'subscriber', 'free'] as const
export type ClassName = (typeof classes)[number]
export type Mix = Readonly<Record<ClassName, number>>

/** Of a peak at which some have tipped and most have not; the trace knows no classes. */
export const usualMix: Mix = { tipped: 0.08, subscriber: 0.22, free: 0.7 }

/** One call that a player makes. Times are from the start of the run. */
export type Call = {
  readonly id: number
  readonly atMs: number
  readonly class: ClassName
  readonly user: string
  readonly promptTokens: number
  readonly answerTokens: number
  /** When its client loses interest: after so long without a first token, or in the middle of the answer. */
  readonly leaves?: { readonly waitingMs: number } | { readonly afterTokens: number }
}

export type LoadWish = {
  readonly arrivals: readonly Arrival[]
  readonly seconds: number
  /** Requests a second, at this second of the run. */
  readonly rateAt: (second: number) => number
  readonly mix: Mix
  readonly seed: number
  /** Changes a drawn call, by the same dice. */
  readonly alter?: (call: Call, dice: () => number) => Call
}

const usersOf: Readonly<Record<ClassName, number>> = { tipped: 40, subscriber: 200, free: 1500 }

/** The trace's arrivals in their order and with their gaps, stretched to the rate that is wanted; users by Zipf's law. */
export function drawLoad({ arrivals, seconds, rateAt, mix, seed, alter }: LoadWish): readonly Call[] {
  const dice = seededDice(seed)
  const last = arrivals.at(-1)?.atMs ?? 0
  const usualGapMs = last / Math.max(1, arrivals.length - 1)
  const calls: Call[] = []
  let atMs = 0
  for (let at = 1; ; at++) {
    const arrival = arrivals[at % arrivals.length]
    const before = arrivals[(at - 1) % arrivals.length]
    if (!arrival || !before) return calls
    const gapMs = at % arrivals.length === 0 ? usualGapMs : arrival.atMs - before.atMs
    atMs += (gapMs * (1000 / usualGapMs)) / rateAt(atMs / 1000)
    if (atMs >= seconds * 1000) return calls
    const name = drawClass(mix, dice())
    const user = `${name}-${Math.floor(usersOf[name] ** dice())}`
    const { promptTokens, answerTokens } = arrival
    const call: Call = { id: calls.length, atMs, class: name, user, promptTokens, answerTokens }
    calls.push(alter ? alter(call, dice) : call)
  }
}

function drawClass(mix: Mix, draw: number): ClassName {
  if (draw < mix.tipped) return 'tipped'
  return draw < mix.tipped + mix.subscriber ? 'subscriber' : 'free'
}

const sample = 1200

/**
 * Requests of this kind that one engine answers in a second when it never lacks any: what k is a multiple of. Played in
 * virtual time; the end, where slots stand empty, is left out.
 */
export function capacityOf(calls: readonly Call[], settings: Partial<Settings>, times: StepTimes): number {
  const batch = createBatch<Work>({ ...settingsByDefault, ...settings }, times)
  for (const { promptTokens, answerTokens } of calls.slice(0, sample))
    batch.add({ promptTokens, answerTokens, silentAfter: null })
  const enough = Math.min(sample, calls.length) * 0.8
  let ended = 0
  let ms = 0
  while (ended < enough) {
    const took = batch.begin()
    if (took === undefined) break
    ms += took
    for (const { work, nth } of batch.end()) if (nth === work.answerTokens) ended++
  }
  return (ended * 1000) / ms
}
