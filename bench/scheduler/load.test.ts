import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { builtIn, stepTimes } from '../../tools/engine-sim/step-times.ts'
import { capacityOf, classes, drawLoad, usualMix } from './load.ts'
import { readTrace } from './trace.ts'

const { arrivals, source } = readTrace('/nowhere')
const wish = { arrivals, seconds: 300, mix: usualMix, seed: 1 }

test('without the recorded load one of its rate and sizes is made up, the same each time', () => {
  assert.match(source, /made up/)
  assert.ok(Math.abs(arrivals.length / 600 - 7.56) < 0.5)
  const mean = (of: (one: (typeof arrivals)[number]) => number) =>
    arrivals.reduce((sum, one) => sum + of(one), 0) / arrivals.length
  assert.ok(Math.abs(mean(({ promptTokens }) => promptTokens) - 1243) < 200)
  assert.ok(Math.abs(mean(({ answerTokens }) => answerTokens) - 140) < 30)
  assert.deepEqual(readTrace('/nowhere').arrivals, arrivals)
})

test('a load has the rate that was asked for in each of its parts, whatever the trace had', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 20, noNaN: true }), fc.integer({ min: 1, max: 100 }), (rate, seed) => {
      const calls = drawLoad({ ...wish, seed, rateAt: (second) => (second < 150 ? rate : 2 * rate) })
      const early = calls.filter(({ atMs }) => atMs < 150_000).length
      assert.ok(Math.abs(early - 150 * rate) < 20 + 30 * rate, `${early} of ${150 * rate}`)
      const later = calls.length - early
      assert.ok(Math.abs(later - 300 * rate) < 20 + 60 * rate, `${later} of ${300 * rate}`)
    }),
    { numRuns: 20 },
  )
})

test('the classes come as the mix says, the same for the same seed', () => {
  const calls = drawLoad({ ...wish, rateAt: () => 20 })
  for (const name of classes) {
    const share = calls.filter((call) => call.class === name).length / calls.length
    assert.ok(Math.abs(share - usualMix[name]) < 0.03, `${name} ${share}`)
  }
  assert.deepEqual(drawLoad({ ...wish, rateAt: () => 20 }), calls)
  assert.notDeepEqual(drawLoad({ ...wish, seed: 2, rateAt: () => 20 }), calls)
})

test('more slots answer more, up to what steps allow', () => {
  const calls = drawLoad({ ...wish, rateAt: () => 5 })
  const [four = 0, sixteen = 0, sixtyFour = 0] = [4, 16, 64].map((slots) =>
    capacityOf(calls, { slots }, stepTimes(builtIn)),
  )
  assert.ok(four < sixteen && sixteen < sixtyFour)
  assert.ok(sixtyFour > 3.5 && sixtyFour < 5.5, `${sixtyFour}`)
})
