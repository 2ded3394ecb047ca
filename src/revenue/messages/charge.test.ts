import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunnableBot } from '#bots'
import { openEarnings } from '#earnings'
import { isRefusal, money, uuidv7, type Uuid } from '#kernel'
import type { Conclusion, Quote } from '#turns'
import { buy, noon, openMoneyHouse, takeBack } from '../../../test/purse.ts'
import { keysOf } from './keys.ts'
import { openMessages } from './messages.ts'
import { readReceipt } from './receipt.ts'
import { messagesPersonal } from './room.ts'

const dailyGrant = 3_000n
const costs = new Map([
  [
    'engine/metered',
    { version: 1, inputPerMillion: money('USD', 2_500_000n), outputPerMillion: money('USD', 10_000_000n) },
  ],
])

async function open() {
  const house = await openMoneyHouse()
  const earnings = openEarnings(house)
  const models = { cost: async (name: string) => costs.get(name) ?? (name === 'far/new' ? 'untold' : 'unbilled') }
  const deps = { ...house, earnings, models }
  const messages = openMessages(deps)
  return { ...house, earnings, messages, charge: messages.charge }
}
type House = Awaited<ReturnType<typeof open>>

function bot(changes: Partial<RunnableBot> = {}): RunnableBot {
  return {
    id: uuidv7(),
    handle: 'tutor',
    name: 'Tutor',
    creator: null,
    version: 1,
    kind: 'prompt',
    model: null,
    systemPrompt: '',
    maxOutputTokens: 2_000,
    temperature: null,
    price: { version: 1, usdPerThousand: money('USD', 5_000_000n) },
    ...changes,
  }
}

type Turn = { readonly id: Uuid; readonly payer: Uuid; readonly quote: Quote }

async function quoted(house: House, payer: Uuid, bots: readonly RunnableBot[]): Promise<Turn> {
  const calls = bots.map((one) => ({ id: uuidv7(), bot: one, inputBytes: 400 }))
  const quote = await house.charge.till(payer).quote(calls)
  assert.ok(!isRefusal(quote))
  return { id: uuidv7(house.clock.now()), payer, quote }
}

const reserve = (house: House, turn: Turn) => house.charge.till(turn.payer).reserve({ ...turn, waitMs: 60_000 })

function ended(turn: Turn, bytes: number, ending: Conclusion['calls'][number]['ending'] = 'finished'): Conclusion {
  const calls = turn.quote.calls.map(({ call }) => ({
    call,
    ending,
    delivered: { bytes, chars: bytes, parts: 0 },
    usage: null,
  }))
  return { turn: turn.id, payer: turn.payer, quote: turn.quote, calls }
}

const available = async (house: House, person: Uuid) => (await house.wallet.balance(person)).available
const pending = async (house: House, creator: Uuid, funding: 'paid' | 'free') =>
  (await house.ledger.balance(await house.earnings.pendingOf(creator, funding))).posted

await test('where a bill will come and nobody told how much, nothing has a price, not even what is free', async () => {
  await using house = await open()
  const payer = house.someone()
  const free = { price: { version: 1, usdPerThousand: money('USD', 0n) } }
  const quoteFor = (model: string) =>
    house.charge.till(payer).quote([{ id: uuidv7(), bot: bot({ ...free, model }), inputBytes: 400 }])
  const refused = await quoteFor('far/new')
  assert.ok(isRefusal(refused) && refused.refused === 'no_price')
  assert.match(refused.detail, /^Nobody has said yet what the model of Tutor costs/)
  const near = await quoteFor('near/new')
  assert.ok(!isRefusal(near) && near.kind === 'free')
})

await test('a fixed price is held, charged once however often it is settled, and earns exactly the price', async () => {
  await using house = await open()
  const [payer, creator] = [house.someone(), house.someone()]
  await buy(house, payer, 10_000n)
  await house.messages.fundFreeBudget(uuidv7(), 1_000_000n)
  const turn = await quoted(house, payer, [bot({ creator })])
  assert.deepEqual([turn.quote.kind, turn.quote.atMost], ['exact', 184n])
  assert.ok(!isRefusal(await reserve(house, turn)))
  assert.equal(await available(house, payer), dailyGrant + 10_000n - 184n)
  const settlements = await Promise.all(Array.from({ length: 6 }, () => house.charge.settle(ended(turn, 500))))
  for (const settlement of [...settlements, await house.charge.settle(ended(turn, 500))])
    assert.deepEqual([settlement.charged, settlement.calls[0]?.charged], [184n, 184n])
  // All of it came out of free points, so the operator's budget earns it.
  assert.deepEqual([await pending(house, creator, 'paid'), await pending(house, creator, 'free')], [0n, 5_000n])
  const receipt = await readReceipt(house, turn.id, payer)
  assert.deepEqual([receipt?.charged, receipt?.free, receipt?.returned, receipt?.rounding], [184n, 184n, 0n, 20n])
  assert.equal(await readReceipt(house, turn.id, creator), undefined)
  assert.ok((await house.ledger.prove()).holds)
})

await test('an empty budget pays nothing for free points, and the creator sees what it did not', async () => {
  await using house = await open()
  const [payer, creator] = [house.someone(), house.someone()]
  await buy(house, payer, 1_000n)
  const expensive = bot({ creator, price: { version: 1, usdPerThousand: money('USD', 99_000_000n) } })
  const turn = await quoted(house, payer, [expensive])
  assert.ok(!isRefusal(await reserve(house, turn)))
  await house.charge.settle(ended(turn, 500))
  // 3,300 points and 330 for the platform: 3,000 of 3,630 were free.
  const unfunded = (99_000n * 3_000n) / 3_630n
  assert.deepEqual(
    [await pending(house, creator, 'paid'), await pending(house, creator, 'free')],
    [99_000n - unfunded, 0n],
  )
  const receipt = await readReceipt(house, turn.id, payer)
  assert.deepEqual([receipt?.calls[0]?.unfunded, receipt?.calls[0]?.earnedFree], [unfunded, 0n])
  assert.deepEqual(await house.messages.takings(), {
    consumed: 3_630n,
    earned: 99_000n - unfunded,
    earnedFree: 0n,
    rounding: receipt?.rounding,
  })
  assert.ok((await house.ledger.prove()).holds)
})

await test('what broke before the first token costs nothing, and all that was held comes back', async () => {
  await using house = await open()
  const payer = house.someone()
  const turn = await quoted(house, payer, [bot({ creator: house.someone() })])
  await reserve(house, turn)
  assert.equal((await house.charge.settle(ended(turn, 0, 'provider_failed_before'))).charged, 0n)
  assert.equal((await house.charge.settle(ended(turn, 0, 'provider_failed_before'))).charged, 0n)
  assert.equal(await available(house, payer), dailyGrant)
  const receipt = await readReceipt(house, turn.id, payer)
  assert.deepEqual([receipt?.charged, receipt?.returned], [0n, 184n])
})

await test('a metered answer holds a slice, grows ahead, and pays for what was delivered', async () => {
  await using house = await open()
  const payer = house.someone()
  const turn = await quoted(house, payer, [bot({ model: 'engine/metered' })])
  assert.deepEqual([turn.quote.kind, turn.quote.atMost], ['at_most', 1_018n])
  const meter = await reserve(house, turn)
  assert.ok(!isRefusal(meter))
  const held = async () => (await house.wallet.balance(payer)).held
  const first = await held()
  assert.ok(first < 500n)
  const [{ call } = assert.fail()] = turn.quote.calls
  for (let tokens = 0; tokens <= 2_000; tokens += 20)
    assert.equal(await meter.cover({ call, outputTokens: tokens, bytes: tokens * 4 }), true)
  assert.equal(await held(), 1_018n)
  assert.equal(await meter.cover({ call, outputTokens: 9_000, bytes: 36_000 }), true)
  assert.equal(await meter.prolong(), true)
  // 250 tokens of answer and 100 of prompt are 2,750 micro-dollars: 92 points; a tenth of 7,750 is 26.
  assert.equal((await house.charge.settle(ended(turn, 1_000))).charged, 167n + 92n + 26n)
  assert.equal(await available(house, payer), dailyGrant - 285n)
  assert.ok((await house.ledger.prove()).holds)
})

await test('an answer goes on to the last point, and no further', async () => {
  await using house = await open()
  const payer = house.someone()
  const spent = await quoted(house, payer, [bot({ price: { version: 1, usdPerThousand: money('USD', 66_000_000n) } })])
  await reserve(house, spent)
  await house.charge.settle(ended(spent, 10))
  assert.equal(await available(house, payer), 580n)
  const turn = await quoted(house, payer, [bot({ model: 'engine/metered' })])
  const meter = await reserve(house, turn)
  assert.ok(!isRefusal(meter))
  const [{ call } = assert.fail()] = turn.quote.calls
  let tokens = 0
  let answer: Awaited<ReturnType<typeof meter.cover>> = true
  for (; answer === true && tokens < 2_000; tokens += 20)
    answer = await meter.cover({ call, outputTokens: tokens, bytes: 0 })
  assert.ok(isRefusal(answer) && answer.refused === 'insufficient_funds')
  assert.ok(tokens > 500)
  assert.equal(await available(house, payer), 0n)
  assert.equal((await house.charge.settle(ended(turn, 100_000, 'out_of_points'))).charged, 580n)
  assert.ok((await house.ledger.prove()).holds)
})

await test('caps are refused by name: per message at the quote, per day at the hold, and in mid-answer', async () => {
  await using house = await open()
  const payer = house.someone()
  await house.wallet.setCaps(payer, { message: 100n, day: null, month: null })
  const calls = [{ id: uuidv7(), bot: bot(), inputBytes: 10 }]
  const beyond = await house.charge.till(payer).quote(calls)
  assert.ok(isRefusal(beyond) && beyond.refused === 'over_cap')
  await house.wallet.setCaps(payer, { message: 400n, day: 500n, month: null })
  const turn = await quoted(house, payer, [bot({ model: 'engine/metered' })])
  const meter = await reserve(house, turn)
  assert.ok(!isRefusal(meter))
  const over = await meter.cover({ call: turn.quote.calls[0]?.call as Uuid, outputTokens: 1_500, bytes: 6_000 })
  assert.ok(isRefusal(over) && over.refused === 'over_cap')
  const { charged } = await house.charge.settle(ended(turn, 6_000, 'over_cap'))
  assert.ok(charged > 350n && charged <= turn.quote.atMost && turn.quote.atMost <= 400n)
  const next = await reserve(house, await quoted(house, payer, [bot()]))
  assert.ok(isRefusal(next) && next.refused === 'over_cap')
})

await test('a cap per message is the whole message’s, however many bots are asked', async () => {
  await using house = await open()
  const payer = house.someone()
  await house.wallet.setCaps(payer, { message: 520n, day: null, month: null })
  const three = [bot(), bot(), bot()].map((one) => ({ id: uuidv7(), bot: one, inputBytes: 10 }))
  const beyond = await house.charge.till(payer).quote(three)
  assert.ok(isRefusal(beyond) && beyond.refused === 'over_cap')
  assert.match(beyond.detail, /Tutor, Tutor, Tutor/)
  const turn = await quoted(house, payer, [bot(), bot({ model: 'engine/metered' })])
  assert.ok(turn.quote.atMost > 500n && turn.quote.atMost <= 520n)
})

await test('what a call that has ended no longer needs serves the one that still runs', async () => {
  await using house = await open()
  const payer = house.someone()
  const metered = bot({ model: 'engine/metered', price: { version: 1, usdPerThousand: money('USD', 30_000_000n) } })
  const turn = await quoted(house, payer, [metered, metered])
  const meter = await reserve(house, turn)
  assert.ok(!isRefusal(meter))
  const [gone, stays] = turn.quote.calls.map(({ call }) => call)
  assert.ok(gone && stays)
  const lastsTo = async () => {
    for (let tokens = 0; tokens <= 2_000; tokens += 20)
      if (isRefusal(await meter.cover({ call: stays, outputTokens: tokens, bytes: 0 }))) return tokens
    return 'the end'
  }
  // Two prices are 2,200 points of 3,000, so both may not be as long as they like.
  assert.ok(typeof (await lastsTo()) === 'number')
  meter.ended({
    call: gone,
    ending: 'provider_failed_before',
    delivered: { bytes: 0, chars: 0, parts: 0 },
    usage: null,
  })
  assert.equal(await lastsTo(), 'the end')
})

await test('an answer that runs into a new day finds the free points of that day', async () => {
  await using house = await open()
  const payer = house.someone()
  house.clock.set(new Date('2026-11-24T23:59:50Z'))
  const spent = await quoted(house, payer, [bot({ price: { version: 1, usdPerThousand: money('USD', 66_000_000n) } })])
  await reserve(house, spent)
  await house.charge.settle(ended(spent, 10))
  const turn = await quoted(house, payer, [bot({ model: 'engine/metered' })])
  const meter = await reserve(house, turn)
  assert.ok(!isRefusal(meter))
  house.clock.set(new Date('2026-11-25T00:00:10Z'))
  const [{ call } = assert.fail()] = turn.quote.calls
  for (let tokens = 0; tokens <= 2_000; tokens += 20)
    assert.equal(await meter.cover({ call, outputTokens: tokens, bytes: 0 }), true)
  assert.ok((await house.charge.settle(ended(turn, 8_000))).charged > 580n)
  assert.ok((await house.ledger.prove()).holds)
})

await test('a hold that ended charges nothing, and says so, to whoever takes along what is theirs too', async () => {
  await using house = await open()
  const payer = house.someone()
  const tutor = bot()
  const turn = await quoted(house, payer, [tutor])
  const meter = await reserve(house, turn)
  assert.ok(!isRefusal(meter))
  house.clock.set(new Date(noon.getTime() + 3_600_000))
  const late = await meter.prolong()
  assert.ok(isRefusal(late) && late.refused === 'hold_expired')
  const settlement = await house.charge.settle(ended(turn, 500))
  assert.deepEqual([settlement.charged, settlement.journal], [0n, null])
  assert.equal((await readReceipt(house, turn.id, payer))?.holdExpired, true)
  assert.equal(await available(house, payer), dailyGrant)
  const personal = messagesPersonal(house)
  const calls = turn.quote.calls.map(({ call }) => ({ call, bot: tutor.id, creator: null, ending: 'finished' }))
  const waived = [{ turn: turn.id, at: house.clock.now().toISOString(), calls }]
  assert.deepEqual(await personal.export(payer), { waived })
  assert.deepEqual(await personal.export(house.someone()), { waived: [] })
  await personal.erase(payer)
  assert.deepEqual(await personal.export(payer), { waived: [] })
})

await test('a settlement in another process, on another day, finds the allowances it was held from', async () => {
  await using house = await open()
  const payer = house.someone()
  await house.wallet.setCaps(payer, { message: null, day: 1_000n, month: 1_000n })
  house.clock.set(new Date('2026-11-30T23:55:00Z'))
  const turn = await quoted(house, payer, [bot()])
  assert.ok(!isRefusal(await reserve(house, turn)))
  house.clock.set(new Date('2026-12-01T00:05:00Z'))
  assert.equal((await house.charge.settle(ended(turn, 500))).charged, 184n)
  assert.deepEqual((await house.wallet.caps(payer)).left, { day: 1_000n, month: 1_000n })
  assert.ok((await house.ledger.prove()).holds)
})

await test('a thousand at once on points for ten: ten are served', async () => {
  await using house = await open()
  const payer = house.someone()
  const priced = bot({ price: { version: 1, usdPerThousand: money('USD', 8_160_000n) } })
  const turn = await quoted(house, payer, [priced])
  assert.equal(turn.quote.atMost, 300n)
  const turns = Array.from({ length: 1_000 }, () => ({ ...turn, id: uuidv7() }))
  const answers = await Promise.all(turns.map((each) => reserve(house, each)))
  const served = turns.filter((_, at) => !isRefusal(answers[at]))
  assert.equal(served.length, 10)
  assert.ok(answers.every((answer) => !isRefusal(answer) || answer.refused === 'insufficient_funds'))
  for (const each of served) assert.equal((await house.charge.settle(ended(each, 40))).charged, 300n)
  assert.equal(await available(house, payer), 0n)
  assert.ok((await house.ledger.prove()).holds)
})

await test('whoever owes is refused by name, free points or not', async () => {
  await using house = await open()
  const payer = house.someone()
  await buy(house, payer, 1_000n)
  await takeBack(house, payer, 1_000n)
  const answer = await reserve(house, await quoted(house, payer, [bot()]))
  assert.ok(isRefusal(answer) && answer.refused === 'in_debt')
})

await test('one hold stands for one turn of one payer, whatever others call theirs', async () => {
  await using house = await open()
  const [payer, other] = [house.someone(), house.someone()]
  const turn = await quoted(house, payer, [bot()])
  await reserve(house, turn)
  await reserve(house, turn)
  await reserve(house, { ...turn, payer: other })
  assert.equal(await available(house, payer), dailyGrant - 184n)
  assert.equal(await available(house, other), dailyGrant - 184n)
})

await test('what a turn held and gave back pays for nothing, whichever bots its id comes again with', async () => {
  await using house = await open()
  const payer = house.someone()
  const turn = await quoted(house, payer, [bot()])
  await reserve(house, turn)
  await house.charge.settle(ended(turn, 0, 'killed'))
  const dearer = await quoted(house, payer, [bot({ price: { version: 1, usdPerThousand: money('USD', 50_000_000n) } })])
  for (const again of [turn, { ...dearer, id: turn.id }]) {
    const answer = await reserve(house, again)
    assert.ok(isRefusal(answer) && answer.refused === 'key_reused')
  }
  assert.equal(await available(house, payer), dailyGrant)
})

await test('a turn that was begun and did not come about goes on with its hold, unless it costs more now', async () => {
  await using house = await open()
  const payer = house.someone()
  await house.wallet.setCaps(payer, { message: null, day: 2_000n, month: null })
  const turn = await quoted(house, payer, [bot({ model: 'engine/metered' })])
  const price = { version: 2, usdPerThousand: money('USD', 50_000_000n) }
  const dearer = { ...(await quoted(house, payer, [bot({ price })])), id: turn.id }
  const first = await reserve(house, turn)
  assert.ok(!isRefusal(first))
  const refused = await reserve(house, dearer)
  assert.ok(isRefusal(refused) && refused.refused === 'key_reused')
  const [{ call } = assert.fail()] = turn.quote.calls
  assert.equal(await first.cover({ call, outputTokens: 600, bytes: 2_400 }), true)
  const { held } = await house.wallet.balance(payer)
  await house.wallet.setCaps(payer, { message: null, day: 1_500n, month: null })
  const meter = await reserve(house, turn)
  assert.ok(!isRefusal(meter))
  assert.equal((await house.wallet.balance(payer)).held, held)
  assert.equal(await meter.cover({ call, outputTokens: 2_000, bytes: 8_000 }), true)
  assert.equal((await house.charge.settle(ended(turn, 8_000))).charged, 167n + 675n + 85n)
  assert.ok((await house.ledger.prove()).holds)
})

await test('an operator’s entry adds once, and cannot take the place of another journal', async () => {
  await using house = await open()
  const payer = house.someone()
  const turn = await quoted(house, payer, [bot()])
  await reserve(house, turn)
  const { hold, settled } = keysOf({ payer, turn: turn.id })
  for (const entry of [hold, settled, settled]) assert.ok(!isRefusal(await house.messages.fundFreeBudget(entry, 5n)))
  const other = await house.messages.fundFreeBudget(settled, 6n)
  assert.ok(isRefusal(other) && other.refused === 'key_reused')
  assert.deepEqual(await house.messages.freeBudget(), { left: 10n, funded: 10n })
  assert.equal((await house.charge.settle(ended(turn, 500))).charged, 184n)
})

await test('a start of which nothing is held is taken back without a trace, and may begin after all', async () => {
  await using house = await open()
  const payer = house.someone()
  const turn = await quoted(house, payer, [bot()])
  assert.equal((await house.charge.settle(ended(turn, 0, 'killed'), 'unbegun')).charged, 0n)
  assert.equal(await readReceipt(house, turn.id, payer), undefined)
  assert.ok(!isRefusal(await reserve(house, turn)))
  assert.equal((await house.charge.settle(ended(turn, 500))).charged, 184n)
  assert.equal((await readReceipt(house, turn.id, payer))?.charged, 184n)
})
