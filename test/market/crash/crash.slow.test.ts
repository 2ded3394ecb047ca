import assert from 'node:assert/strict'
import { test } from 'node:test'
import { playCrash } from './conductor.ts'

test('whatever is killed or cut, what was acknowledged is there, once, and the ledger proves', async () => {
  const outcome = await playCrash({ seed: 1, seconds: 12, workers: 3 })
  assert.deepEqual(outcome.wrongs, [])
  assert.deepEqual(
    outcome.proof.claims.filter(({ breaches }) => breaches.length > 0),
    [],
  )
  assert.ok(outcome.workersKilled > 0 && outcome.serversKilled > 0 && outcome.cuts > 0, JSON.stringify(outcome.cuts))
  assert.ok(outcome.acknowledged > 100 && outcome.unknown > 0, `${outcome.acknowledged} acknowledged`)
  assert.ok(outcome.relied > 0, 'holds were answered early and relied on')
})
