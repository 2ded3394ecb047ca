import assert from 'node:assert/strict'
import { test } from 'node:test'
import { World } from '../world.ts'
import { playMarket } from './play.ts'

/** Every answer that posting can give; three small markets between them must have heard each. */
const answers = [
  'posted',
  'repeated',
  'key_reused',
  'insufficient_funds',
  'foreign_kind',
  'unknown_hold',
  'hold_expired',
  'unknown_account',
  'exceeds_hold',
  'wrong_unit',
  'amount_too_large',
  'invalid_amount',
  'hold_resolved',
  'exceeds_original',
  'unknown_lot',
  'invalid_duration',
  'nothing_to_reverse',
  'unknown_journal',
  'same_account',
  'ledger_busy',
]

async function playOnce(seed: number, steps: number) {
  await using database = await World.database({ poolMax: 1 })
  return await playMarket({ db: database.db, seed, steps })
}

const heard = new Set<string>()

for (const seed of [1, 2, 3]) {
  test(`the market of seed ${seed} goes as the model says, and the ledger proves itself`, async () => {
    const { counts, proof } = await playOnce(seed, 1500)
    for (const status of counts.keys()) heard.add(status)
    assert.deepEqual(
      proof.claims.flatMap(({ breaches }) => breaches),
      [],
    )
  })
}

test('the markets heard every answer there is', () => {
  assert.deepEqual(
    answers.filter((answer) => !heard.has(answer)),
    [],
  )
})

test('the same seed makes the same market, to the last link of the chain', async () => {
  const [first, second] = [await playOnce(4, 300), await playOnce(4, 300)]
  assert.equal(second.answers, first.answers)
  assert.equal(second.chain, first.chain)
  const other = await playOnce(5, 300)
  assert.notEqual(other.answers, first.answers)
})
