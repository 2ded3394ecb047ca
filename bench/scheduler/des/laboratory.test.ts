import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { builtIn, stepTimes } from '../../../tools/engine-sim/step-times.ts'
import { classes } from '../load.ts'
import { scenarios } from '../scenarios.ts'
import { readTrace } from '../trace.ts'
import { storiesOf } from '../waits.ts'
import { experiment } from './laboratory.ts'
import { createOurs } from './ours.ts'
import { drawCalls, tryOut, type Trial } from './trial.ts'
import { patienceMs, variants } from './variants.ts'

const bench = { trace: readTrace('/nowhere'), times: stepTimes(builtIn) }
const usual = { seconds: 150, warmSeconds: 30 } as const satisfies Trial

function trialOf(name: string): Trial {
  const scenario = scenarios.find((each) => each.name === name)
  assert.ok(scenario)
  return scenario
}

test('in the calm every first token comes at the same instant, whoever is of which class', () => {
  const labels = fc.array(fc.constantFrom(...classes), { minLength: 7, maxLength: 7 })
  const calls = drawCalls(bench, { ...usual, k: () => 0.5 }, 1)
  const firstsOf = (names: readonly string[]) =>
    experiment(
      {
        calls: calls.map((call, at) => ({ ...call, class: names[at % names.length] as 'free' })),
        seconds: usual.seconds,
        engines: [64],
        times: bench.times,
        happens: [],
        patienceMs,
      },
      createOurs({ slots: [64], patienceMs }),
    ).played.map(({ firstAtMs }) => firstAtMs)
  const free = firstsOf(['free'])
  assert.ok(free.filter((at) => at !== undefined).length > 0.9 * calls.length)
  fc.assert(
    fc.property(labels, (names) => {
      assert.deepEqual(firstsOf(names), free)
    }),
    { numRuns: 5 },
  )
})

for (const slots of [16, 64])
  test(`${slots} slots are found by watching, and nothing is lost by not being told`, () => {
    const trial = { ...usual, engines: [slots] }
    const [given, found] = [tryOut(bench, trial, variants.ours, [1]), tryOut(bench, trial, variants.found, [1])]
    assert.ok(Math.abs(found.slots - slots) <= 0.1 * slots, `${found.slots} were found`)
    assert.ok(found.tokens >= 0.95 * given.tokens)
  })

test('256 slots are found where slots are what is short', () => {
  const { slots } = tryOut(bench, trialOf('B 256 short'), variants.found, [1])
  assert.ok(Math.abs(slots - 256) <= 0.1 * 256, `${slots} were found`)
})

test('an engine that has become slow keeps its slots', () => {
  const trial: Trial = { ...usual, happens: [{ atSecond: 60, engine: 0, what: { slowdown: 2.5 } }] }
  const found = tryOut(bench, trial, variants.found, [1])
  assert.ok(found.slots >= 0.85 * 64, `${found.slots} are left`)
})

test('whoever tipped waits little however much more is asked for, and the others are not forgotten', () => {
  const [ours, strict] = [tryOut(bench, usual, variants.ours, [1]), tryOut(bench, usual, variants.strict, [1])]
  assert.ok(ours.tippedP95 < strict.tippedP95)
  assert.ok(ours.freeShareLeast > 0.9 * (1.5 / 10.5))
  assert.ok(ours.freePause < 30 && strict.freePause > 30)
})

test('a flood of tips starves nobody, as a loan without end would', () => {
  const [ours, endless] = [variants.ours, variants.endlessLoan].map((each) =>
    tryOut(bench, trialOf('H 90 %'), each, [1]),
  )
  assert.ok((ours?.freeShare ?? 0) > 0.9 * (1.5 / 10.5))
  assert.ok((endless?.freeShare ?? 1) < 0.01)
})

test('light users do not wait for flooders of their class', () => {
  const [ours, alike] = [variants.ours, variants.oneUser].map((each) => tryOut(bench, trialOf('I'), each, [1]))
  assert.ok((ours?.lightP95 ?? Infinity) < 3000)
  assert.ok((alike?.lightP95 ?? 0) > 10_000)
})

test('when one of two backends dies nobody is lost who had no first token', () => {
  const trial = trialOf('F')
  const calls = drawCalls(bench, trial, 1)
  const gate = createOurs({ slots: [64, 64], patienceMs })
  const { seconds, happens = [] } = trial
  const { played } = experiment({ calls, seconds, engines: [64, 64], times: bench.times, happens, patienceMs }, gate)
  const failed = storiesOf({ calls, played }).filter(({ played: { how } }) => how === 'failed')
  assert.ok(failed.length > 10, 'streams broke off')
  assert.ok(failed.every(({ played: { firstAtMs } }) => firstAtMs !== undefined))
  assert.equal(gate.pool.engines.get('1')?.running.size, 0)
})
