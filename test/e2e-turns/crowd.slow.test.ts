import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sendMessage } from '#chat/contract'
import { uuidv7, type Uuid } from '#kernel'
import { isRefusal } from '#kernel/contract'
import { setCost } from '#models/contract'
import { getQuote } from '#revenue/messages/contract'
import { getWallet } from '#wallet/contract'
import { readBooks } from '../e2e/books.ts'
import { expect, publishBot } from '../e2e/deeds.ts'
import { openPaidHouse } from './house.ts'

const sends = 1_000
/** 272 points for the creator and 28 for the platform: ten messages are one day's free points. */
const usdPerThousand = 8_160_000n

test('of a thousand sends at once on points for ten, exactly ten are served and paid', async () => {
  await using house = await openPaidHouse({ limits: { turnsPerPayerMax: sends } })
  const { world, wire, operator, creator } = house
  const free = { model: 'wire/normal', inputPerMillion: 0n, outputPerMillion: 0n }
  expect(await operator.call(setCost, { body: free }))
  const sheet = { model: 'wire/normal', systemPrompt: '' }
  const bot = (await publishBot(creator, { handle: 'tenth', usdPerThousand, sheet })).id as Uuid
  const person = await world.people.signUp()
  const { quote } = expect(await person.call(getQuote, { body: { bots: [bot], inputBytes: 5 } }))
  assert.deepEqual([quote.kind, quote.atMost], ['exact', 300n])
  const trials = wire.requests.length
  const send = async () => {
    const body = { turn: uuidv7(), bots: [bot], text: 'Hello', after: null, expected: quote }
    return person.call(sendMessage, { params: { conversation: uuidv7() }, body })
  }
  const answers = await Promise.all(Array.from({ length: sends }, send))
  const refused = answers.filter(isRefusal).map((answer) => answer.refused)
  assert.deepEqual([answers.length - refused.length, new Set(refused)], [10, new Set(['insufficient_funds'])])
  for (let left = 1; left > 0;) {
    const { rows } = await world.db.pool.query('select count(*)::int as left from turns.turn where settled_at is null')
    left = rows[0].left
  }
  assert.equal(wire.requests.length - trials, 10)
  const wallet = expect(await person.call(getWallet, {}))
  assert.deepEqual([wallet.available, wallet.held], [0n, 0n])
  assert.equal(await house.earned(), 10n * 8_160n)
  for (const table of ['turns.turn', 'chat.conversation'])
    assert.equal((await world.db.pool.query(`select from ${table}`)).rowCount, 10, table)
  await readBooks(world)
})
