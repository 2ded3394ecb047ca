import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPressure, feel, type Load } from './pressure.ts'
import { houseTerms } from './terms.ts'

const empty: Load = { waiting: 0, oldestWaitMs: 0, running: 50, openLimit: 58, isRefusing: false }

function felt(loads: readonly (readonly [now: number, load: Partial<Load>])[]) {
  const pressure = createPressure(0)
  for (const [now, load] of loads) feel(pressure, { ...empty, ...load }, houseTerms, now)
  return pressure
}

test('a full pool without anybody who waits is no pressure, and neither is a short wait', () => {
  assert.equal(felt([[0, { running: 64 }]]).isOn, false)
  assert.equal(felt([[0, { waiting: 5, oldestWaitMs: 999 }]]).isOn, false)
})

test('pressure begins with a long wait, or with several who wait at once', () => {
  assert.equal(felt([[0, { waiting: 1, oldestWaitMs: 1000 }]]).isOn, true)
  assert.equal(felt([[0, { waiting: 6 }]]).isOn, true)
  assert.equal(felt([[0, { waiting: 4, openLimit: 3 }]]).isOn, true, 'several is four where there are few slots')
})

test('it ends when nobody has queued to speak of for a while', () => {
  const began = [0, { waiting: 9, oldestWaitMs: 2000 }] as const
  assert.equal(felt([began, [1000, {}], [5999, { waiting: 2, oldestWaitMs: 300 }]]).isOn, true)
  assert.equal(felt([began, [1000, {}], [6000, {}]]).isOn, false)
  assert.equal(felt([began, [1000, {}], [4000, { waiting: 9 }], [6000, {}], [10_999, {}]]).isOn, true)
})

test('a backend that refuses makes a peak of a queue, however few run', () => {
  const refusing = { waiting: 1, running: 2, isRefusing: true }
  assert.equal(
    felt([
      [0, refusing],
      [2999, refusing],
    ]).isPeak,
    false,
  )
  assert.equal(
    felt([
      [0, refusing],
      [3000, refusing],
    ]).isPeak,
    true,
  )
  assert.equal(
    felt([
      [0, refusing],
      [1000, { running: 2 }],
      [4000, refusing],
    ]).isPeak,
    false,
  )
})
