import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judge } from './figures.ts'
import { isThere } from './lanes.ts'
import { drawRun } from './plot.ts'
import { chooseScenarios, scenarios, type Scenario } from './scenarios.ts'
import { playScenario } from './stage.ts'
import { readTrace } from './trace.ts'
import { storiesOf } from './waits.ts'

/** Small engines and little to say, so that a few seconds hold a peak. */
const trace = {
  ...readTrace('/nowhere'),
  arrivals: readTrace('/nowhere').arrivals.map((arrival) => ({ ...arrival, promptTokens: 50, answerTokens: 20 })),
}

const small: Scenario = {
  name: 'small',
  about: 'a small peak',
  seconds: 8,
  warmSeconds: 1,
  engines: [4, 4],
  dialect: 'none',
  k: () => 2,
  mix: { tipped: 0.3, subscriber: 0.3, free: 0.4 },
  lanes: ['ours', 'haproxy', 'fifo', 'pass', 'alone'],
  happens: [{ atSecond: 4, engine: 1, what: 'kill' }],
}

test('every lane plays the same calls, survives the loss of an engine and leaves nothing running', async () => {
  const run = await playScenario(small, { trace, seed: 1 })
  assert.deepEqual(
    run.shown.map(({ lane }) => lane),
    small.lanes.filter(isThere),
  )
  const counts = run.shown.filter(({ lane }) => lane !== 'alone').map(({ calls }) => calls.length)
  assert.equal(new Set(counts).size, 1)
  for (const shown of run.shown) {
    const answered = storiesOf(shown).filter(({ played }) => played.how === 'whole')
    assert.ok(answered.length > 10, `${shown.lane} answered ${answered.length}`)
    for (const { call, played } of answered) assert.equal(played.tokens, call.answerTokens)
    assert.equal(shown.leaked, 0, `${shown.lane} leaked`)
  }
  const { lanes } = judge(run)
  assert.ok(lanes.fifo && lanes.alone && lanes.alone.tipped.p95 < lanes.fifo.tipped.p95)
  assert.match(drawRun(run), /^<svg[^]*first come first served[^]*<\/svg>\n$/)
})

test('a scenario is chosen by its letter or its name, and a quick run is a short one', () => {
  assert.equal(chooseScenarios(undefined, 'full').length, scenarios.length)
  assert.deepEqual(
    chooseScenarios('a', 'full').map(({ name }) => name),
    ['A k=0.7', 'A k=1.7', 'A k=3.4', 'A k=7.4'],
  )
  assert.deepEqual(chooseScenarios('K', 'full'), [])
  const seconds = chooseScenarios(undefined, 'quick').reduce((sum, one) => sum + one.seconds, 0)
  assert.ok(seconds <= 300)
  const [flood] = chooseScenarios('G', 'quick')
  assert.ok(flood && flood.k(flood.warmSeconds - 0.1) < flood.k(flood.warmSeconds + 0.1))
})
