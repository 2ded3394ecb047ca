import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidv7, type Uuid } from '#kernel'
import {
  askAgain,
  deleteConversation,
  limits,
  listConversations,
  sendMessage,
  showBranch,
  stopTurn,
  type Message,
} from '#chat/contract'
import { ask, branchOf, headOf, hear, openChatHouse, refusedBy, well, type ChatHouse } from '../../test/chat-house.ts'
import { openTill } from '../../test/turns/stage.ts'

const texts = (branch: readonly Message[]) => branch.map(({ text }) => text)

async function meet(open: ChatHouse) {
  const ada = await open.world.people.signUp('Ada')
  const bot = await open.bot(ada, 'echo')
  return { ada, bot, url: open.world.url, conversation: uuidv7() as string }
}

test('a conversation begins with a message, is titled by it, and keeps what was answered', async () => {
  await using open = await openChatHouse()
  const { ada, bot, url, conversation } = await meet(open)
  const sent = await ask(ada, url, { conversation, bots: [bot], text: '@echo What is **hair**?\nTell me.' })
  const [question, answer] = await branchOf(ada, conversation)
  assert.equal(question?.id, sent.question)
  assert.ok(answer?.kind === 'answer')
  assert.deepEqual(
    [answer.text, answer.ending, answer.words, answer.bot, answer.id],
    ['echo: Tell me.', 'finished', null, { id: bot, handle: 'echo', name: 'echo' }, sent.answers[0]?.id],
  )
  const { items, next } = well(await ada.call(listConversations, { query: { limit: 10 } }))
  assert.equal(next, null)
  const [card] = items
  assert.deepEqual(
    [card?.id, card?.title, card?.pinned, card?.running, card?.bots],
    [conversation, 'What is hair?', false, false, [{ id: bot, handle: 'echo', name: 'echo' }]],
  )
})

test('a double click is one turn, and another text under its id is refused', async () => {
  await using open = await openChatHouse()
  const { ada, bot, url, conversation } = await meet(open)
  const turn = uuidv7()
  const click = (text: string) =>
    ada.call(sendMessage, { params: { conversation }, body: { turn, bots: [bot], after: null, text } })
  const clicks = (await Promise.all(Array.from({ length: 8 }, () => click('Once')))).map(well)
  assert.equal(clicks.filter(({ state }) => state === 'started').length, 1)
  assert.equal(new Set(clicks.map(({ question, answers }) => JSON.stringify([question, answers]))).size, 1)
  await hear(ada, url, { conversation, turn })
  assert.equal(well(await click('Once')).state, 'already')
  assert.equal(refusedBy(await click('Twice')), 'key_reused')
  assert.deepEqual(texts(await branchOf(ada, conversation)), ['Once', 'echo: Once'])
  assert.equal(open.heard.length, 1)
})

test('several bots answer one question; each reads what it said itself, and what the others said under their names', async () => {
  await using open = await openChatHouse()
  const { ada, bot, url, conversation } = await meet(open)
  const other = await open.bot(ada, 'other')
  const first = await ask(ada, url, { conversation, bots: [bot, other, bot], text: 'Hello' })
  assert.deepEqual(
    first.answers.map((answer) => answer.bot),
    [bot, other],
    'a bot that is named twice answers once',
  )
  const after = first.answers[1]?.id ?? null
  await ask(ada, url, { conversation, bots: [other], text: 'And now?', after })
  assert.deepEqual(texts(await branchOf(ada, conversation)), [
    'Hello',
    'echo: Hello',
    'other: Hello',
    'And now?',
    'other: And now?',
  ])
  assert.deepEqual(open.heard.at(-1)?.history, [
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: '@echo: echo: Hello\n\nother: Hello' },
    { role: 'user', content: 'And now?' },
  ])
})

test('what is asked again or edited keeps what stood there before, and every branch can be shown', async () => {
  await using open = await openChatHouse()
  const { ada, bot, url, conversation } = await meet(open)
  const one = await ask(ada, url, { conversation, bots: [bot], text: 'One' })
  const two = await ask(ada, url, { conversation, bots: [bot], text: 'Two', after: one.answers[0]?.id ?? null })
  const again = well(
    await ada.call(askAgain, {
      params: { conversation, question: two.question },
      body: { turn: uuidv7(), bots: [bot] },
    }),
  )
  await hear(ada, url, { conversation, turn: again.turn })
  const edited = await ask(ada, url, { conversation, bots: [bot], text: 'Zwei', after: one.answers[0]?.id ?? null })
  const shown = await branchOf(ada, conversation)
  assert.deepEqual(texts(shown), ['One', 'echo: One', 'Zwei', 'echo: Zwei'])
  assert.deepEqual(shown[2]?.versions, [two.question, edited.question])
  const show = (message: string) => ada.call(showBranch, { params: { conversation }, body: { message } })
  assert.deepEqual(await show(two.question), { leaf: again.answers[0]?.id }, 'the latest of its answers')
  const former = await branchOf(ada, conversation)
  assert.deepEqual(texts(former), ['One', 'echo: One', 'Two', 'echo: Two'])
  assert.deepEqual(former[3]?.versions, [two.answers[0]?.id, again.answers[0]?.id])
  assert.deepEqual(await show(two.answers[0]?.id ?? ''), { leaf: two.answers[0]?.id })
  assert.equal((await branchOf(ada, conversation)).at(-1)?.id, two.answers[0]?.id)
  assert.equal(refusedBy(await show(uuidv7())), 'unknown_message')
})

test('a turn runs on unread, is read from its beginning or from any event, and Stop keeps what was said', async () => {
  await using open = await openChatHouse()
  const { ada, bot, url, conversation } = await meet(open)
  const gate = Promise.withResolvers<void>()
  open.say = async function* () {
    yield { type: 'text', text: 'So ' }
    await gate.promise
    yield { type: 'text', text: 'far.' }
    await new Promise(() => undefined)
  }
  const turn = uuidv7()
  const body = { turn, bots: [bot], after: null, text: 'Go on' }
  const sent = well(await ada.call(sendMessage, { params: { conversation }, body }))
  assert.equal((await headOf(ada, conversation)).running, true)
  const after = sent.answers[0]?.id ?? null
  const early = await ada.call(sendMessage, { params: { conversation }, body: { ...body, turn: uuidv7(), after } })
  assert.equal(refusedBy(early), 'still_answering')
  gate.resolve()
  const readers = [hear(ada, url, { conversation, turn }), hear(ada, url, { conversation, turn })]
  await untilSaid(open, { conversation, turn, text: 'far.' })
  const stop = (person = ada) => person.call(stopTurn, { params: { conversation, turn } })
  assert.equal(refusedBy(await stop(await open.world.people.signUp())), 'unknown_conversation')
  assert.deepEqual(await stop(), {})
  const [one = [], two] = await Promise.all(readers)
  assert.deepEqual(one, two)
  const late = await hear(ada, url, { conversation, turn, lastEventId: one[1]?.id ?? '' })
  assert.deepEqual(late, one.slice(2), 'a reload goes on after the last event')
  const answer = (await branchOf(ada, conversation)).at(-1)
  assert.ok(answer?.kind === 'answer')
  assert.deepEqual([answer.text, answer.ending, answer.words], ['So far.', 'stopped', 'You stopped this answer.'])
})

/** Waits until a turn has said this, as a reader of the room would hear it. */
async function untilSaid(open: ChatHouse, want: { conversation: string; turn: string; text: string }) {
  const signal = AbortSignal.timeout(10_000)
  for await (const { event } of open.turns.events(want.turn as Uuid, { afterSeq: 0, signal }))
    if (event.type === 'text' && event.text.includes(want.text)) return
  assert.fail('it was never said')
}

test('a conversation that another tab deletes while its turn begins is not there any more, and nothing is held', async () => {
  const till = openTill(100n)
  await using open = await openChatHouse({ till })
  const { ada, bot, url, conversation } = await meet(open)
  const first = await ask(ada, url, { conversation, bots: [bot], text: 'Hello' })
  const { quote } = till
  till.quote = async (calls) => {
    well(await ada.call(deleteConversation, { params: { conversation } }))
    return quote(calls)
  }
  const before = till.points
  const body = { turn: uuidv7(), bots: [bot], after: first.answers[0]?.id ?? null, text: 'And?' }
  assert.equal(refusedBy(await ada.call(sendMessage, { params: { conversation }, body })), 'unknown_conversation')
  await open.turns.close(5_000)
  assert.equal(till.points, before)
})

test('the price that was shown is the price that is charged', async () => {
  const till = openTill(15n)
  await using open = await openChatHouse({ till })
  const { ada, bot, conversation } = await meet(open)
  const send = (expected: { digest: string; atMost: bigint }) =>
    ada.call(sendMessage, {
      params: { conversation },
      body: { turn: uuidv7(), bots: [bot], after: null, text: 'Hi', expected },
    })
  assert.equal(refusedBy(await send({ digest: 'another', atMost: 10n })), 'stale_quote')
  assert.equal(refusedBy(await send({ digest: 'ten points a call', atMost: 9n })), 'stale_quote')
  assert.deepEqual(well(await ada.call(listConversations, { query: { limit: 10 } })).items, [], 'nothing is begun')
  well(await send({ digest: 'ten points a call', atMost: 10n }))
  assert.equal(refusedBy(await send({ digest: 'ten points a call', atMost: 10n })), 'insufficient_funds')
})

test('bad input is refused by name, and nothing is kept of it', async () => {
  await using open = await openChatHouse()
  const { ada, bot, url, conversation } = await meet(open)
  const eve = await open.world.people.signUp('Eve')
  const send = async (more: object, person = ada) => {
    const body = { turn: uuidv7(), bots: [bot], after: null, text: 'Hi', ...more }
    return refusedBy(await person.call(sendMessage, { params: { conversation }, body }))
  }
  assert.equal(await send({ text: '' }), 'empty_text')
  assert.equal(await send({ text: ' \n\t ' }), 'empty_text')
  assert.equal(await send({ text: 'half of a pair \ud83d' }), 'broken_text')
  assert.equal(await send({ text: 'a nul \0' }), 'broken_text')
  assert.equal(await send({ text: '字'.repeat(limits.textBytes / 3 + 1) }), 'too_long')
  assert.equal(await send({ after: uuidv7() }), 'unknown_message')
  assert.equal(await send({ bots: [uuidv7()] }), 'unknown_bot')
  assert.equal(await send({ bots: Array.from({ length: 11 }, () => uuidv7()) }), 'too_many_calls')
  await assert.rejects(send({ text: 'x'.repeat(1_048_577) }), /413/)
  await assert.rejects(send({ bots: [] }), /bots/)
  assert.deepEqual(well(await ada.call(listConversations, { query: { limit: 10 } })).items, [])
  const hostile = `'; drop table chat.message; -- <script>alert(1)</script> \u202e & ${'\u0301'.repeat(300)} 😀`
  const sent = await ask(ada, url, { conversation, bots: [bot], text: hostile })
  assert.equal((await branchOf(ada, conversation))[0]?.text, hostile, 'what is only odd is kept as it is')
  assert.equal(await send({ after: sent.question }), 'unknown_message', 'a question is followed by its answer')
  assert.equal(await send({}, eve), 'unknown_conversation')
  const stolen = await eve.call(askAgain, {
    params: { conversation, question: sent.question },
    body: { turn: uuidv7(), bots: [bot] },
  })
  assert.equal(refusedBy(stolen), 'unknown_conversation')
  const nobody = await open.world.call(listConversations, { query: { limit: 10 } })
  assert.equal(refusedBy(nobody), 'sign_in_first')
})

test('two tabs that go on from the same answer make two branches, and nothing is lost', async () => {
  await using open = await openChatHouse()
  const { ada, bot, url, conversation } = await meet(open)
  const { answers } = await ask(ada, url, { conversation, bots: [bot], text: 'Begin' })
  const after = answers[0]?.id ?? null
  const tabs = await Promise.all(
    ['left', 'right'].map((text) => ask(ada, url, { conversation, bots: [bot], text, after })),
  )
  const shown = (await branchOf(ada, conversation)).at(-2)
  assert.deepEqual(shown?.versions.toSorted(), tabs.map(({ question }) => question).toSorted())
})

test('a model that says what no table keeps is kept without it', async () => {
  await using open = await openChatHouse()
  const { ada, bot, url, conversation } = await meet(open)
  open.say = async function* () {
    yield { type: 'text', text: 'a\0b\ud800c' }
    yield { type: 'end', reason: 'stop' }
  }
  await ask(ada, url, { conversation, bots: [bot], text: 'Go' })
  assert.equal((await branchOf(ada, conversation)).at(-1)?.text, 'ab\ufffdc')
})
