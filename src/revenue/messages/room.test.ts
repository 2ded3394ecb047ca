import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBots, botsRoom, type Bots } from '#bots'
import { createBot, saveBot, setVisibility, type Sheet } from '#bots/contract'
import { earningsRoom, openEarnings } from '#earnings'
import { getEarnings } from '#earnings/contract'
import { isRefusal, money, uuidv7, type Uuid } from '#kernel'
import { openLedger } from '#ledger'
import { openPeople, peopleRoom } from '#people'
import { openWallet, walletRoom } from '#wallet'
import { getHistory, setCaps } from '#wallet/contract'
import { flows } from '../../../test/market/flows.ts'
import { World } from '../../../test/world.ts'
import { findReceipt, fundFreeBudget, getFreeBudget, getQuote, getReceipt, getTakings } from './contract.ts'
import { openMessages, type Messages } from './messages.ts'
import { messagesRoom } from './room.ts'

const costs = new Map([
  [
    'engine/metered',
    { version: 1, inputPerMillion: money('USD', 2_500_000n), outputPerMillion: money('USD', 10_000_000n) },
  ],
])

/** The rooms below and this one, with a cost list of one model. */
async function startWorld() {
  let opened: { messages: Messages; bots: Bots } | undefined
  const world = await World.start({
    features: async (deps) => {
      const ledger = await openLedger({ db: deps.db, charts: flows, clock: deps.clock })
      const people = openPeople(deps)
      const bots = openBots({ ...deps, people })
      const wallet = openWallet({ ...deps, ledger })
      const earnings = openEarnings({ ...deps, ledger })
      const all = {
        ...deps,
        ledger,
        people,
        bots,
        wallet,
        earnings,
        models: { cost: async (name: string) => costs.get(name) ?? 'unbilled' },
      }
      const messages = openMessages(all)
      opened = { messages, bots }
      return [
        peopleRoom({ ...all, personal: [] }),
        botsRoom(all),
        walletRoom({ ...all, cards: null, botNames: (handles) => bots.byHandles(handles) }),
        earningsRoom(all),
        messagesRoom({ ...all, messages }),
      ]
    },
  })
  assert.ok(opened)
  return { world, ...opened, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}
type Started = Awaited<ReturnType<typeof startWorld>>
type Person = Awaited<ReturnType<Started['world']['people']['signUp']>>

const sheetOn = (model: string): Sheet => ({
  name: 'Tutor',
  tagline: 'Explains.',
  description: '',
  kind: 'prompt',
  model,
  systemPrompt: 'Explain.',
  greeting: '',
  suggestions: [],
  tags: [],
  language: 'en',
  maxOutputTokens: 2_000,
  temperature: null,
})

async function makeBot({ call }: Person, handle: string, model: string): Promise<Uuid> {
  const sheet = sheetOn(model)
  const made = await call(createBot, { body: { id: uuidv7(), handle, sheet, usdPerThousand: 5_000_000n, owner: 'me' } })
  assert.ok(!isRefusal(made))
  assert.ok(!isRefusal(await call(setVisibility, { params: { bot: made.id }, body: { visibility: 'public' } })))
  return made.id as Uuid
}

/** Plays one message as turns would. */
async function send({ messages, bots, world }: Started, payer: Uuid, bot: Uuid): Promise<Uuid> {
  const [runnable] = await bots.runnable([{ bot }], payer)
  assert.ok(runnable && !isRefusal(runnable))
  const [turn, call] = [uuidv7(world.clock.now()), uuidv7()]
  const till = messages.charge.till(payer)
  const quote = await till.quote([{ id: call, bot: runnable, inputBytes: 392 }])
  assert.ok(!isRefusal(quote))
  assert.ok(!isRefusal(await till.reserve({ id: turn, quote, waitMs: 0 })))
  const delivered = { bytes: 400, chars: 400, parts: 0 }
  await messages.charge.settle({ turn, payer, quote, calls: [{ call, ending: 'finished', delivered, usage: null }] })
  return turn
}

const refusedAs = (answer: unknown) => (isRefusal(answer) ? (answer as { refused: string }).refused : 'not refused')

await test('the price is shown, charged, receipted to its payer alone, and seen by its creator', async () => {
  await using started = await startWorld()
  const { world } = started
  const [reader, maker, operator] = [
    await world.people.signUp('Grace'),
    await world.people.signUp('Ada'),
    await world.people.claim('Olga'),
  ]
  const bot = await makeBot(maker, 'tutor', 'engine/plain')
  const shown = await reader.call(getQuote, { body: { bots: [bot], inputBytes: 0 } })
  assert.ok(!isRefusal(shown))
  assert.deepEqual([shown.quote.kind, shown.quote.atMost, shown.messagesLeft], ['exact', 184n, 16])
  assert.equal(shown.obstacle, null)
  assert.equal(
    refusedAs(await reader.call(fundFreeBudget, { body: { key: uuidv7(), microUsd: 1n } })),
    'operators_only',
  )
  const key = uuidv7()
  for (const _ of ['first', 'again'])
    assert.ok(!isRefusal(await operator.call(fundFreeBudget, { body: { key, microUsd: 1_000_000n } })))
  const turn = await send(started, reader.viewer.id, bot)
  await world.settle()
  const receipt = await reader.call(getReceipt, { params: { turn } })
  assert.ok(!isRefusal(receipt))
  assert.deepEqual([receipt.charged, receipt.free, receipt.rounding], [184n, 184n, 20n])
  const [line] = receipt.calls
  assert.deepEqual([line?.name, line?.handle, line?.creatorName, line?.ending], ['Tutor', 'tutor', 'Ada', 'finished'])
  assert.deepEqual(await reader.call(findReceipt, { params: { turn } }), { receipt })
  for (const other of [maker, operator]) {
    assert.equal(refusedAs(await other.call(getReceipt, { params: { turn } })), 'no_receipt')
    assert.deepEqual(await other.call(findReceipt, { params: { turn } }), { receipt: null })
  }
  const history = await reader.call(getHistory, { query: {} })
  assert.ok(!isRefusal(history))
  assert.deepEqual([history.lines[0]?.points, history.lines[0]?.turn], [-184n, turn])
  const earned = await maker.call(getEarnings, { query: {} })
  assert.ok(!isRefusal(earned))
  assert.deepEqual([earned.pendingPaid, earned.pendingFree, earned.available], [0n, 5_000n, 0n])
  assert.deepEqual([earned.bots[0]?.bot, earned.bots[0]?.free, earned.days[0]?.day], [bot, 5_000n, '2026-11-23'])
  assert.equal(earned.today, '2026-11-23')
  assert.deepEqual(earned.next, { day: '2026-12-24', microUsd: 5_000n })
  const budget = await operator.call(getFreeBudget, {})
  assert.deepEqual(budget, { left: 995_000n, funded: 1_000_000n })
  const takings = await operator.call(getTakings, {})
  assert.deepEqual(takings, { consumed: 184n, earned: 0n, earnedFree: 5_000n, rounding: 20n })
  assert.equal(refusedAs(await reader.call(getTakings, {})), 'operators_only')
})

await test('the history names a bot as it is called today, and by its handle where nobody knows it', async () => {
  await using started = await startWorld()
  const { world } = started
  const [reader, maker] = [await world.people.signUp('Grace'), await world.people.signUp('Ada')]
  const bot = await makeBot(maker, 'tutor', 'engine/plain')
  await send(started, reader.viewer.id, bot)
  const bots = async () => {
    const history = await reader.call(getHistory, { query: {} })
    assert.ok(!isRefusal(history))
    return history.lines.map((line) => line.bots)
  }
  assert.deepEqual(await bots(), [[{ handle: 'tutor', name: 'Tutor' }], []])
  const sheet = { ...sheetOn('engine/plain'), name: 'Mentor' }
  assert.ok(!isRefusal(await maker.call(saveBot, { params: { bot }, body: { basedOn: 1, sheet } })))
  await maker.call(setVisibility, { params: { bot }, body: { visibility: 'withdrawn' } })
  assert.deepEqual(await bots(), [[{ handle: 'tutor', name: 'Mentor' }], []])
  await world.db.pool.query(`update bots.bot set handle = 'another' where id = $1`, [bot])
  assert.deepEqual(await bots(), [[{ handle: 'tutor', name: null }], []])
})

await test('what stands in the way is said beside the price', async () => {
  await using started = await startWorld()
  const [reader, maker] = [await started.world.people.signUp('Grace'), await started.world.people.signUp('Ada')]
  const bot = await makeBot(maker, 'tutor', 'engine/metered')
  const quoteFor = async (person: Person, inputBytes: number) => {
    const answer = await person.call(getQuote, { body: { bots: [bot], inputBytes } })
    assert.ok(!isRefusal(answer))
    return answer
  }
  const usual = await quoteFor(reader, 0)
  assert.deepEqual([usual.quote.kind, usual.obstacle], ['at_most', null])
  assert.ok(usual.quote.usual < usual.quote.atMost)
  assert.equal((await quoteFor(maker, 0)).quote.parts.creator, 0n)
  assert.equal((await quoteFor(reader, 4_000_000)).obstacle?.refused, 'insufficient_funds')
  await reader.call(setCaps, { body: { message: 10n, day: null, month: null } })
  assert.equal((await quoteFor(reader, 0)).obstacle?.refused, 'over_cap')
  await reader.call(setCaps, { body: { message: null, day: 20n, month: null } })
  assert.match((await quoteFor(reader, 0)).obstacle?.detail ?? '', /limit for this day/)
  const nobody = await reader.call(getQuote, { body: { bots: [uuidv7()], inputBytes: 0 } })
  assert.equal(refusedAs(nobody), 'unknown_bot')
})
