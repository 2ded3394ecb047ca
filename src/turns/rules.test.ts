import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { uuidv7 } from '#kernel'
import { endings } from './contract.ts'
import { addTo, nothingSaid, replay, type LogEvent } from './events.ts'
import { concludeOrphan } from './reaper.ts'
import { duesOf, endingOf, endingOfTurn, endingTable, type Cause } from './rules.ts'

const causes: readonly Cause[] = [
  'said_all',
  'refused',
  'provider_failed',
  'timed_out',
  'expired_waiting',
  'out_of_points',
  'over_cap',
  'hold_expired',
  'stopped',
  'account_closed',
  'shutdown',
  'killed',
]
const count = fc.nat({ max: 3 })
const delivered = fc.record({ bytes: count, chars: count, parts: count })

test('before the first token nothing costs anything, whatever ended it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...causes), delivered, (cause, got) => {
      const ending = endingOf(cause, got)
      const isNothing = got.bytes === 0 && got.parts === 0
      const dues = duesOf({ ending, delivered: got })
      if (isNothing) return assert.deepEqual(dues, { fixed: 'waived', metered: 'nothing' })
      assert.ok(!['empty', 'cancelled_waiting', 'refused_before', 'provider_failed_before'].includes(ending))
      assert.equal(dues.fixed, endingTable[ending].fixed)
    }),
  )
})

test('a turn is called by the best of its calls', () => {
  const some = fc.array(fc.constantFrom(...endings), { minLength: 1, maxLength: 10 })
  fc.assert(
    fc.property(some, (calls) => {
      const ending = endingOfTurn(calls)
      assert.ok(calls.includes(ending))
      if (calls.includes('finished')) assert.equal(ending, 'finished')
    }),
  )
})

test('the README has the table that the rules have', () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
  const rows = [...readme.matchAll(/^\| `(\w+)` \|.*\| (due|waived) \| (delivered|nothing) \|$/gm)]
  assert.deepEqual(
    Object.fromEntries(rows.map(([, name, fixed, metered]) => [name, { fixed, metered }])),
    Object.fromEntries(Object.entries(endingTable).map(([name, { fixed, metered }]) => [name, { fixed, metered }])),
  )
})

const call = uuidv7()
const text = fc.string({ unit: 'binary', maxLength: 5 }).map((drawn) => drawn.toWellFormed())
const said: fc.Arbitrary<LogEvent> = fc.oneof(
  text.map((drawn) => ({ type: 'text' as const, call, text: drawn })),
  text.map((drawn) => ({ type: 'replace' as const, call, text: drawn })),
  text.map((drawn) => ({ type: 'suggest' as const, call, text: drawn })),
  fc.constant({ type: 'part' as const, call, kind: 'image', data: { width: 3 } }),
  fc.constant({ type: 'started' as const, call }),
)

test('what is read back after a crash is what was said, wherever the log broke off', () => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 30 }), fc.nat({ max: 30 }), (events, at) => {
      const log = events.slice(0, at)
      const memory = nothingSaid()
      for (const event of log) addTo(memory, event)
      assert.deepEqual(
        [memory.delivered.bytes, memory.delivered.chars],
        [Buffer.byteLength(memory.text), memory.text.length],
      )
      const orphan = { id: uuidv7(), payer: uuidv7(), conversation: null, quote, calls: [{ id: call, bot: uuidv7() }] }
      const { ended, conclusion } = concludeOrphan({ ...orphan, events: log })
      assert.deepEqual([ended.calls[0]?.text, ended.calls[0]?.ending], [memory.text, 'killed'])
      assert.deepEqual(conclusion.calls[0]?.delivered, memory.delivered)
      const anew = nothingSaid()
      for (const event of replay(ended.calls)) addTo(anew, event)
      assert.deepEqual(anew, memory, 'a late reader is told the same')
    }),
  )
})

const quote = {
  kind: 'exact' as const,
  atMost: 1n,
  digest: '',
  parts: { creator: 1n, model: 0n, platform: 0n },
  calls: [],
}
