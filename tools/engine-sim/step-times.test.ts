import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { builtIn, readProfile, stepTimes } from './step-times.ts'

const times = stepTimes(builtIn)

test('the measured points come back as they were measured', () => {
  assert.equal(times({ decoding: 64, prompt: 0 }), 50.1)
  assert.equal(times({ decoding: 0, prompt: 2048 }), 134)
})

test('between points a straight line holds, and beyond the last one it goes on', () => {
  assert.ok(Math.abs(times({ decoding: 48, prompt: 0 }) - (38.6 + 50.1) / 2) < 1e-9)
  assert.ok(Math.abs(times({ decoding: 128, prompt: 0 }) - (50.1 + 2 * (50.1 - 38.6))) < 1e-9)
})

test('a step never gets shorter by speaking more, and reading always costs', () => {
  const size = fc.integer({ min: 0, max: 512 })
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 20_000 }), (one, other, prompt) => {
      const [fewer, more] = [Math.min(one, other), Math.max(one, other)]
      assert.ok(times({ decoding: fewer, prompt: 0 }) <= times({ decoding: more, prompt: 0 }))
      assert.ok(times({ decoding: one, prompt }) > times({ decoding: one, prompt: 0 }))
    }),
  )
})

test('a profile is read from the file by name, as medians', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bottega-engine-'))
  const file = join(folder, 'perf_model.csv')
  const row = (hardware: string, prompt: number, batch: number, promptMs: number, tokenMs: number) =>
    `m,${hardware},${prompt},${batch},128,1,1,${promptMs},${tokenMs},1,8`
  const rows = [
    'model,hardware,prompt_size,batch_size,token_size,peak_power,average_power,prompt_time,token_time,e2e_time,tensor_parallel',
    row('h', 512, 1, 50, 30),
    row('h', 512, 1, 90, 31),
    row('h', 512, 1, 51, 39),
    row('h', 1024, 1, 80, 33),
    row('h', 512, 2, 82, 35),
    row('h', 512, 4, 200, 36),
    row('other', 512, 1, 1, 1),
  ]
  try {
    writeFileSync(file, `${rows.join('\n')}\n`)
    assert.deepEqual(readProfile(file, 'm/h/8'), {
      decode: [
        [1, 31],
        [2, 35],
        [4, 36],
      ],
      prefill: [
        [512, 51],
        [1024, 82],
        [2048, 200],
      ],
    })
    assert.throws(() => readProfile(file, 'm/nothing/8'), /holds no profile m\/nothing\/8/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
