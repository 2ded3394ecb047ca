import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal, uuidv7, type Uuid } from '#kernel'
import { openLedger } from '#ledger'
import { openPeople } from '#people'
import { flows } from '../../test/market/flows.ts'
import { World } from '../../test/world.ts'
import {
  answerTopUp,
  getCardForm,
  getHistory,
  getTopUp,
  getWallet,
  refundTopUp,
  setCaps,
  startTopUp,
} from './contract.ts'
import { walletRoom } from './room.ts'
import { openWallet } from './wallet.ts'

const card = '4242424242424242'

await test('a person sees the points of the day, tops up, and reads what happened', async () => {
  await using world = await World.start()
  const { call } = await world.people.signUp('Grace')
  const before = await call(getWallet, {})
  assert.ok(!isRefusal(before))
  assert.deepEqual([before.available, before.free, before.freeUntil], [3_000n, 3_000n, '2026-11-24T00:00:00.000Z'])
  const form = await call(getCardForm, {})
  assert.ok(!isRefusal(form) && form.sandbox && form.samples.some((sample) => sample.card.replaceAll(' ', '') === card))
  const id = uuidv7()
  const paid = await call(startTopUp, { body: { id, cents: 500n, card } })
  assert.ok(!isRefusal(paid))
  assert.deepEqual([paid.state, paid.points], ['succeeded', 166_667n])
  assert.match(paid.method, /4242, no real money/)
  const after = await call(getWallet, {})
  assert.ok(!isRefusal(after) && after.bought === 166_667n && after.debt === 0n)
  const history = await call(getHistory, { query: { limit: 1 } })
  assert.ok(!isRefusal(history) && history.more)
  assert.deepEqual([history.lines[0]?.template, history.lines[0]?.balance], ['wallet.topped_up', 169_667n])
  const older = await call(getHistory, { query: { before: history.lines[0]?.at } })
  assert.ok(!isRefusal(older) && !older.more && older.lines[0]?.template === 'wallet.daily_points')
})

await test('what is out of bounds, somebody else’s, or nobody’s is refused by name', async () => {
  await using world = await World.start()
  const [grace, ada] = [await world.people.signUp('Grace'), await world.people.signUp('Ada')]
  const refusedAs = (answer: unknown) => (isRefusal(answer) ? (answer as { refused: string }).refused : 'not refused')
  assert.equal(refusedAs(await world.call(getWallet, {})), 'sign_in_first')
  const start = (cents: bigint) => grace.call(startTopUp, { body: { id: uuidv7(), cents, card } })
  assert.equal(refusedAs(await start(49n)), 'out_of_range')
  assert.equal(refusedAs(await start(500_001n)), 'out_of_range')
  const paid = await start(100n)
  assert.ok(!isRefusal(paid))
  const params = { topUp: paid.id }
  assert.equal(refusedAs(await ada.call(getTopUp, { params })), 'unknown_top_up')
  assert.equal(refusedAs(await ada.call(answerTopUp, { params, body: { answer: 'look' } })), 'unknown_top_up')
  assert.equal(refusedAs(await grace.call(refundTopUp, { params, body: {} })), 'operators_only')
  for (let more = 0; more < 19; more++) assert.ok(!isRefusal(await start(100n)))
  assert.equal(refusedAs(await start(100n)), 'too_many')
  const again = await grace.call(startTopUp, { body: { id: paid.id as Uuid, cents: 100n, card } })
  assert.ok(!isRefusal(again) && again.state === 'succeeded')
  await assert.rejects(grace.call(getHistory, { query: { before: 10n ** 30n } }), /Invalid input/)
})

await test('a cap is set, shown with what it leaves, and taken away', async () => {
  await using world = await World.start()
  const { call } = await world.people.signUp('Grace')
  const set = await call(setCaps, { body: { message: 200n, day: 1_000n, month: null } })
  assert.ok(!isRefusal(set))
  assert.deepEqual(set.caps, { message: 200n, day: 1_000n, month: null })
  assert.deepEqual(set.left, { day: 1_000n, month: null })
  const none = await call(setCaps, { body: { message: null, day: null, month: null } })
  assert.ok(!isRefusal(none) && none.left.day === null)
})

await test('the webhook takes what is signed and nothing else', async () => {
  await using world = await World.start()
  const url = `${world.url}/api/webhooks/cards`
  assert.equal((await fetch(url, { method: 'POST', body: '{}' })).status, 400)
  assert.equal((await fetch(url)).status, 405)
})

await test('a webhook that is too large is refused while it is still being sent', async () => {
  await using world = await World.start()
  const url = `${world.url}/api/webhooks/cards`
  const [piece, pieces] = [new Uint8Array(65_536), 512]
  let sent = 0
  const body = new ReadableStream({
    pull: (to) => (sent++ < pieces ? to.enqueue(piece) : to.close()),
  })
  const headers = { connection: 'close' }
  assert.equal((await fetch(url, { method: 'POST', body, headers, duplex: 'half' })).status, 413)
  assert.ok(sent < pieces, `${sent} of ${pieces} pieces were sent`)
})

await test('a house that takes no cards has no ear for them either', async () => {
  await using world = await World.start({
    features: async (deps) => {
      const ledger = await openLedger({ ...deps, charts: flows })
      const wallet = openWallet({ ...deps, ledger })
      return [
        walletRoom({ ...deps, ledger, wallet, people: openPeople(deps), cards: null, botNames: async () => new Map() }),
      ]
    },
  })
  const url = `${world.url}/api/webhooks/cards`
  assert.equal((await fetch(url, { method: 'POST', body: '{}' })).status, 404)
})
