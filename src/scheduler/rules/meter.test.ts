import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count, createMeter, rateOf, run } from './meter.ts'

test('a steady rate is found, and a quiet hour in between does not change it', () => {
  const meter = createMeter(0)
  run(meter, 'runs', 0)
  for (let now = 100; now <= 60_000; now += 100) {
    run(meter, 'runs', now)
    count(meter, 50)
  }
  assert.ok(Math.abs(rateOf(meter, 0, 0) - 0.5) < 0.01)
  run(meter, 'stands', 60_000)
  count(meter, 1e9)
  run(meter, 'runs', 3_660_000)
  assert.ok(Math.abs(rateOf(meter, 0, 0) - 0.5) < 0.01)
})

test('a new rate is followed, and before anything was seen the prior stands', () => {
  const meter = createMeter(0)
  assert.equal(rateOf(meter, 7, 3000), 7)
  run(meter, 'runs', 0)
  for (let now = 100; now <= 240_000; now += 100) {
    run(meter, 'runs', now)
    count(meter, now <= 120_000 ? 50 : 200)
  }
  assert.ok(Math.abs(rateOf(meter, 0, 0) - 2) < 0.1)
})
