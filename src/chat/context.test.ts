import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidv7 } from '#kernel'
import { askAgain, contextOf, joinBytes, limits } from '#chat/contract'
import { ask, branchOf, headOf, hear, openChatHouse, well, type ChatHouse } from '../../test/chat-house.ts'
import { sizesBefore } from './web/branch.ts'

type Grown = { readonly conversation: string; readonly bot: string; readonly turns: number; readonly bytes: number }

/** A conversation of so many turns of two messages each, so long each. */
async function grow({ world: { db } }: ChatHouse, { conversation, bot, turns, bytes }: Grown) {
  const { rows } = await db.pool.query<{ leaf: string }>('select leaf from chat.conversation where id = $1', [
    conversation,
  ])
  let parent = rows[0]?.leaf
  const messages = Array.from({ length: turns }, (_, at) => {
    const [question, answer, turn] = [uuidv7(), uuidv7(), uuidv7()]
    const text = `${at} `.padEnd(bytes, 'x')
    const asked = { id: question, parent, text, turn: null, place: null, bot: null }
    const said = { id: answer, parent: question, text, turn, place: 0, bot }
    parent = answer
    return [asked, said]
  }).flat()
  await db.pool.query(
    `insert into chat.message (id, conversation, parent, text, bytes, created_at, search, turn, place, bot, handle, name,
       ending, parts, suggestions)
     select m.id, $1, m.parent, m.text, octet_length(m.text), now(), '', m.turn, m.place, m.bot,
       case when m.bot is null then null else 'echo' end, case when m.bot is null then null else 'Echo' end,
       case when m.bot is null then null else 'finished' end, case when m.bot is null then null else '[]'::json end,
       case when m.bot is null then null else '{}'::text[] end
     from json_to_recordset($2::json) as m (id uuid, parent uuid, text text, turn uuid, place smallint, bot uuid)`,
    [conversation, JSON.stringify(messages)],
  )
  await db.pool.query('update chat.conversation set leaf = $2 where id = $1', [conversation, parent])
  return parent
}

const sum = (sizes: readonly number[]) => sizes.reduce((all, size) => all + size, 0)

async function begin(open: ChatHouse) {
  const { world } = open
  const ada = await world.people.signUp('Ada')
  const bot = await open.bot(ada, 'echo')
  const conversation = uuidv7()
  await ask(ada, world.url, { conversation, bots: [bot], text: 'Hi' })
  return { ada, bot, conversation, url: world.url }
}

const sentTo = ({ heard }: ChatHouse) => (heard.at(-1)?.history ?? []).map(({ content }) => Buffer.byteLength(content))

test('what of a long conversation is left out is said, and all that fits is sent', async () => {
  await using open = await openChatHouse()
  const { ada, bot, conversation, url } = await begin(open)
  const after = await grow(open, { conversation, bot, turns: 300, bytes: 400 })
  const { context } = await headOf(ada, conversation)
  assert.ok(context.from !== null)
  // A question counts 402 bytes, an answer 409.
  assert.equal(context.sizes.length, Math.floor(limits.contextBytes / 405.5))
  await ask(ada, url, { conversation, bots: [bot], text: 'Short', after: after ?? null })
  const quoted = contextOf([...context.sizes, 5 + joinBytes])
  assert.equal(sentTo(open).length, quoted.kept.length)
  assert.ok(sum(sentTo(open)) <= quoted.bytes)
})

test('what is asked again is quoted in full, also where older messages fit then', async () => {
  await using open = await openChatHouse()
  const { ada, bot, conversation, url } = await begin(open)
  await grow(open, { conversation, bot, turns: 3, bytes: 50_000 })
  await grow(open, { conversation, bot, turns: 148, bytes: 400 })
  const head = await headOf(ada, conversation)
  const messages = await branchOf(ada, conversation)
  const question = messages.at(-40) ?? assert.fail('there is a question')
  const params = { conversation, question: question.id }
  const { turn } = well(await ada.call(askAgain, { params, body: { turn: uuidv7(), bots: [bot] } }))
  await hear(ada, url, { conversation, turn })
  const sizes = sizesBefore({ messages, head }, question.id)
  const { bytes } = contextOf([...sizes, Buffer.byteLength(question.text) + joinBytes])
  assert.ok(sum(sentTo(open)) > sum(head.context.sizes), 'more is sent than fitted at the end')
  assert.ok(sum(sentTo(open)) <= bytes, `${sum(sentTo(open))} are sent, ${bytes} were quoted`)
})

test('a conversation that fits is whole, and before its first question there is nothing', async () => {
  await using open = await openChatHouse()
  const { ada, bot, conversation } = await begin(open)
  await grow(open, { conversation, bot, turns: 90, bytes: 400 })
  const head = await headOf(ada, conversation)
  assert.deepEqual([head.context.from, head.context.sizes.length], [null, 182])
  const messages = await branchOf(ada, conversation)
  assert.deepEqual(sizesBefore({ messages, head }, messages[0]?.id ?? ''), [])
  assert.deepEqual(sizesBefore({ messages, head }, messages.at(-2)?.id ?? ''), head.context.sizes.slice(0, -2))
})
