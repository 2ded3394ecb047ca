import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#kernel'
import { World } from '../../test/world.ts'
import { createHealth, databaseCheck, type HealthCheck } from './health.ts'
import { createLog } from './log.ts'

const healthOf = (checks: readonly HealthCheck[]) =>
  createHealth({ checks, clock: systemClock, log: createLog({ level: 'silent' }) })

test('a check that fails or hangs is named, and says nothing of our inside', async () => {
  let aborted = false
  const hangs = (signal: AbortSignal) =>
    new Promise<never>(() => signal.addEventListener('abort', () => (aborted = true)))
  const report = await healthOf([
    { name: 'well', run: async () => ({ ok: true, detail: 'All of it.' }) },
    { name: 'throws', run: () => Promise.reject(new Error('postgres://user:secret@host')) },
    { name: 'hangs', msMax: 30, run: hangs },
  ]).report()
  assert.equal(report.ok, false)
  assert.deepEqual(
    report.checks.map(({ name, ok }) => [name, ok]),
    [
      ['well', true],
      ['throws', false],
      ['hangs', false],
    ],
  )
  assert.ok(!JSON.stringify(report).includes('secret'))
  assert.equal(aborted, true)
})

test('callers who ask together share one run', async () => {
  let runs = 0
  const health = healthOf([{ name: 'counted', run: async () => ({ ok: true, detail: String(++runs) }) }])
  await Promise.all([health.report(), health.report()])
  await health.report()
  assert.equal(runs, 2)
})

test('the database check tells the version, and that a closed pool answers nothing', async () => {
  await using scratch = await World.database()
  const health = healthOf([databaseCheck(scratch.db)])
  assert.match((await health.report()).checks[0]?.detail ?? '', /^PostgreSQL \d+/)
  await scratch.db.close()
  assert.equal((await health.report()).ok, false)
})
