import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { byTurns, closedLoop, median } from './form/measure.ts'
import { present, type Outcome } from './form/outcome.ts'

const outcome: Outcome = {
  server: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  tables: [{ title: 'Rates', head: ['what', 'per second'], rows: [['plain', '12,345']] }],
  figures: { plain: { per_second: 12_345 } },
  ratios: { fast: 2.000049, slow: 3, absent: null, untold: 7 },
  targets: [
    { ratio: 'fast', wanted: 'at least', value: 2 },
    { ratio: 'slow', wanted: 'at most', value: 2 },
    { ratio: 'absent', wanted: 'at least', value: 1 },
  ],
}

test('the last line is one JSON object with the fields of every bench', () => {
  const text = present('some', outcome)
  const last: unknown = JSON.parse(text.split('\n').at(-1) ?? '')
  assert.ok(typeof last === 'object' && last !== null && 'machine' in last)
  const { machine, ...rest } = last
  assert.deepEqual(Object.keys(last), ['bench', 'machine', 'figures', 'ratios'])
  assert.deepEqual(rest, {
    bench: 'some',
    figures: outcome.figures,
    ratios: { fast: 2, slow: 3, absent: null, untold: 7 },
  })
  const told = ['cpu', 'cores', 'memory_gib', 'node', 'fsync', 'synchronous_commit', 'full_page_writes']
  assert.deepEqual(Object.keys(machine as object), told)
})

test('each target stands beside its ratio with a verdict', () => {
  const verdictOf = (ratio: string) =>
    present('some', outcome)
      .split('\n')
      .find((line) => line.startsWith(ratio))
  assert.match(verdictOf('fast') ?? '', /2 +at least 2 +reached$/)
  assert.match(verdictOf('slow') ?? '', /3 +at most 2 +not reached$/)
  assert.match(verdictOf('absent') ?? '', /not measured +at least 1 +not measured$/)
  assert.match(verdictOf('untold') ?? '', /7$/)
})

test('an unknown name is answered with the names there are', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, 'run.ts'), ...args], { encoding: 'utf8' })
  for (const args of [
    ['nothing'],
    [],
    ['ledger', 'ledger'],
    ['ledger', '--rows', 'many'],
    ['ledger', '--fast'],
    ['ledger', '--des'],
  ]) {
    const { status, stderr } = run(...args)
    assert.equal(status, 1, stderr)
    assert.doesNotMatch(stderr, /^\s+at /m)
  }
  const { stderr } = run('nothing')
  assert.match(stderr, /There is no bench called nothing/)
  assert.match(stderr, /one of: .*\bledger\b/)
})

test('a closed loop has as many calls at once as callers, and counts what was answered', async () => {
  let running = 0
  let most = 0
  let calls = 0
  const call = async () => {
    most = Math.max(most, ++running)
    calls++
    await new Promise((resolve) => setTimeout(resolve, 1))
    running--
  }
  const { rate, p50, p99 } = await closedLoop({ callers: 4, warmMs: 10, countMs: 50, call })
  assert.equal(most, 4)
  assert.equal(running, 0)
  assert.ok(rate > 0 && p50 > 0 && p99 >= p50)
  const before = calls
  await byTurns({ warm: 1, count: 3 }, call, call)
  assert.equal(calls - before, 8)
  await assert.rejects(
    closedLoop({ callers: 2, warmMs: 0, countMs: 50, call: () => Promise.reject(new Error('refused')) }),
    /refused/,
  )
})

test('the median is the middle, or between the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([9, 1, 5, 7]), 6)
})
