import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from './metrics.ts'

test('a figure that cannot be read is left out, and all others are told', async () => {
  const metrics = createMetrics()
  let isUp = true
  const read = async (value: number, labels: Record<string, string>) => {
    if (!isUp) throw new Error('the database is down')
    return [{ labels, value }]
  }
  metrics.gauge('behind', 'By home.', ['home'], () => read(7, { home: '1' }))
  metrics.gauge('waiting', 'In all.', [], () => read(3, {}))
  metrics.gauge('well', 'Always.', [], async () => [{ labels: {}, value: 1 }])
  const figures = async () => (await metrics.text()).split('\n').filter((line) => /^(behind|waiting|well)\b/.test(line))
  assert.deepEqual(await figures(), ['behind{home="1"} 7', 'waiting 3', 'well 1'])
  isUp = false
  assert.deepEqual(await figures(), ['well 1'])
  isUp = true
  assert.deepEqual(await figures(), ['behind{home="1"} 7', 'waiting 3', 'well 1'])
})
