import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { watchSigns } from './watch.ts'

test('an engine is asked at once and again, never twice at a time, and not after the end', async () => {
  const end = new AbortController()
  let asked = 0
  let answer: (() => void) | undefined
  const reports: unknown[] = []
  const signs = () => new Promise<{ slots: number }>((resolve) => (answer = () => resolve({ slots: ++asked })))
  let calls = 0
  const counted = () => {
    calls++
    return signs()
  }
  watchSigns({ id: 'one', signs: counted }, (report) => reports.push(report), end.signal)
  await wait(1200)
  assert.equal(calls, 1, 'it has not answered yet')
  answer?.()
  while (calls < 2) await wait(20)
  assert.deepEqual(reports, [{ slots: 1 }])
  end.abort()
  answer?.()
  await wait(1200)
  assert.deepEqual([calls, reports.length], [2, 1])
})
