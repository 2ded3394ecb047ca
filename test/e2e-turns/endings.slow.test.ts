import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { sendMessage } from '#chat/contract'
import { isRefusal, uuidv7 } from '#kernel'
import { endings } from '#turns/contract'
import { getWallet } from '#wallet/contract'
import { expect } from '../e2e/deeds.ts'
import { readBooks } from '../e2e/books.ts'
import { scripts } from '../wire/openai.ts'
import { openPaidHouse, outcomeOf, priceMicro, priceOf, sendTo, type PaidHouse } from './house.ts'
import { rows, saying, type Row } from './rows.ts'

const daily = 3_000n

test('each row of the table of endings, from the wire to the wallet', async (t) => {
  const usual = rows.filter(({ limits, alone }) => !limits && !alone)
  await using house = await openPaidHouse()
  for (const row of usual) await play(t, house, row)
  await readBooks(house.world)
})

for (const row of rows.filter(({ limits, alone }) => limits ?? alone)) {
  test(`${row.ending}, in a house of its own`, async (t) => {
    await using house = await openPaidHouse(row.limits ? { limits: row.limits } : {})
    await play(t, house, row)
    await readBooks(house.world)
  })
}

async function play(t: TestContext, house: PaidHouse, row: Row): Promise<void> {
  await t.test(`${row.ending}: ${row.name}`, async () => {
    const earnedBefore = await house.earned()
    const person = await house.world.people.signUp()
    await row.prepare?.(house, person)
    house.wire.playNext(row.script)
    const asked = await sendTo(house, person, { bots: [house.bots[row.bot ?? 'quill']] })
    if (row.text !== '') await asked.first
    await row.meanwhile?.(house, asked, person)
    await asked.end
    const earned = (await house.earned()) - earnedBefore
    assert.equal(earned, row.fixed ? priceMicro : 0n, 'what the creator earned')
    if (row.unseen) return assertUnseen(house, asked.turn, row)
    assert.deepEqual(asked.told.slice(-3, -1), [`call_ended:${row.ending}`, `ended:${row.ending}`])
    const { answers, wallet, receipt } = await outcomeOf(person, asked)
    const [answer] = answers
    assert.equal(answer?.ending, row.ending)
    const text = answer?.text ?? ''
    if (typeof row.text === 'string') assert.equal(text, row.text)
    else assert.ok(row.text(text), `${text.length}: ${text.slice(0, 40)}`)
    if (row.words === null) assert.equal(answer?.words, null)
    else assert.match(answer?.words ?? '', row.words)
    const tokens = typeof row.tokens === 'number' ? row.tokens : row.tokens(text)
    const charged = priceOf({ fixed: row.fixed, tokens })
    assert.equal(asked.told.at(-1), `settled:${charged}`)
    assert.deepEqual(
      [receipt.charged, receipt.calls[0]?.ending, receipt.holdExpired],
      [charged, row.ending, row.holdExpired ?? false],
    )
    assert.ok(charged <= asked.quote.atMost)
    assert.deepEqual([wallet.available, wallet.held], [daily - charged, 0n])
  })
}

async function assertUnseen({ world }: PaidHouse, turn: string, row: Row): Promise<void> {
  const { rows: stored } = await world.db.pool.query(
    `select ending, charged, (select count(*)::int from turns.event e where e.turn = t.id) as said from turns.turn t where id = $1`,
    [turn],
  )
  const charged = priceOf({ fixed: row.fixed, tokens: row.tokens as number })
  assert.deepEqual(stored, [{ ending: row.ending, charged, said: 0 }])
}

test('every ending is played, but for the kill, which has a test of its own, and waiting in a line, which nobody has yet', () => {
  const played = new Set(rows.map(({ ending }) => ending))
  assert.deepEqual(
    endings.filter((each) => !played.has(each)),
    ['expired_waiting', 'killed'],
  )
})

test('of several bots the one that breaks costs nothing, the others their price', async () => {
  await using house = await openPaidHouse()
  const person = await house.world.people.signUp()
  house.wire.playNext(scripts.normal(), scripts.normal())
  const asked = await sendTo(house, person, { bots: [house.bots.quill, house.bots.brief] })
  await asked.end
  assert.ok(asked.told.includes('ended:finished'))
  house.wire.playNext(scripts.broken(), scripts.normal())
  const half = await sendTo(house, person, { bots: [house.bots.quill, house.bots.brief] })
  await half.end
  const { answers, receipt } = await outcomeOf(person, half)
  assert.deepEqual(
    answers.map(({ ending, text }) => `${ending}: ${text}`).toSorted((a, b) => (a < b ? -1 : 1)),
    [`finished: ${saying}`, 'provider_failed_before: '],
  )
  const finished = receipt.calls.find(({ ending }) => ending === 'finished')
  assert.equal(receipt.charged, finished?.charged)
  assert.equal(await house.earned(), 3n * priceMicro)
  await readBooks(house.world)
})

test('a stale price starts nothing, writes nothing and holds nothing', async () => {
  await using house = await openPaidHouse()
  const person = await house.world.people.signUp()
  const conversation = uuidv7()
  const expected = { digest: 'yesterday’s', atMost: 1_000_000n }
  const body = { turn: uuidv7(), bots: [house.bots.quill], text: 'Hello', after: null, expected }
  const answer = await person.call(sendMessage, { params: { conversation }, body })
  assert.ok(isRefusal(answer))
  assert.equal(answer.refused, 'stale_quote')
  const wallet = expect(await person.call(getWallet, {}))
  assert.deepEqual([wallet.available, wallet.held], [daily, 0n])
  for (const table of ['turns.turn', 'chat.message', 'chat.conversation'])
    assert.equal((await house.world.db.pool.query(`select from ${table}`)).rowCount, 0, table)
  assert.equal(house.wire.requests.filter(({ body: { stream } }) => stream).length, 1, 'only the trial of the key')
})
