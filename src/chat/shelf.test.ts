import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { isRefusal, uuidv7 } from '#kernel'
import { chatPersonal } from '#chat'
import {
  changeConversation,
  deleteConversation,
  exportConversation,
  getConversation,
  limits,
  listConversations,
  listMessages,
  restoreConversation,
  searchMessages,
} from '#chat/contract'
import { exportMine } from '#people/contract'
import { ask, branchOf, headOf, openChatHouse, refusedBy, well } from '../../test/chat-house.ts'
import type { Person } from '../../test/world-people.ts'
import { purgeJob } from './jobs.ts'
import { keptDeletedMs } from './rules.ts'

const list = async ({ call }: Person, query: { limit: number; after?: string }) =>
  well(await call(listConversations, { query }))
const find = async ({ call }: Person, q: string) => well(await call(searchMessages, { query: { q, limit: 20 } })).items

test('conversations are listed page by page, pinned ones first, then the last used', async () => {
  await using open = await openChatHouse()
  const { world } = open
  const ada = await world.people.signUp('Ada')
  const bot = await open.bot(ada, 'echo')
  const made: string[] = []
  for (const text of ['a', 'b', 'c', 'd', 'e']) {
    const conversation = uuidv7()
    await ask(ada, world.url, { conversation, bots: [bot], text })
    made.push(conversation)
    if (text !== 'c') world.clock.advance(1000)
  }
  const pin = (at: number, pinned: boolean) =>
    ada.call(changeConversation, { params: { conversation: made[at] ?? '' }, body: { pinned } })
  await pin(0, true)
  await pin(1, true)
  await pin(1, false)
  const seen: string[] = []
  for (let after: string | undefined; ;) {
    const page = await list(ada, { limit: 2, ...(after === undefined ? {} : { after }) })
    seen.push(...page.items.map(({ title }) => title))
    if (page.next === null) break
    after = page.next
  }
  assert.deepEqual(seen, ['a', 'e', 'd', 'c', 'b'])
  for (const after of ['', 'nonsense', Buffer.from('["a",1]').toString('base64url')])
    assert.equal(refusedBy(await ada.call(listConversations, { query: { limit: 2, after } })), 'bad_cursor')
  assert.deepEqual((await list(await world.people.signUp(), { limit: 9 })).items, [])
})

test('a branch is read page by page from its end, whole turns at a time', async () => {
  await using open = await openChatHouse()
  const { world } = open
  const ada = await world.people.signUp('Ada')
  const bots = [await open.bot(ada, 'one'), await open.bot(ada, 'two')]
  const conversation = uuidv7()
  let after: string | null = null
  for (let turn = 0; turn < 5; turn++)
    after = (await ask(ada, world.url, { conversation, bots, text: `q${turn}`, after })).answers[0]?.id ?? null
  const pages: string[][] = []
  for (let before: string | undefined; ;) {
    const query = { limit: 3, ...(before === undefined ? {} : { before }) }
    const page = well(await ada.call(listMessages, { params: { conversation }, query }))
    pages.unshift(page.items.map(({ text }) => text))
    if (page.before === null) break
    before = page.before
  }
  const elsewhere = await ada.call(listMessages, { params: { conversation }, query: { limit: 3, before: uuidv7() } })
  assert.equal(refusedBy(elsewhere), 'unknown_message')
  const whole = [0, 1, 2, 3, 4].flatMap((turn) => [`q${turn}`, `one: q${turn}`, `two: q${turn}`])
  assert.deepEqual(pages.flat(), whole)
  assert.deepEqual(pages.at(-1), ['one: q3', 'two: q3', 'q4', 'one: q4', 'two: q4'])
})

test('words are found in any language, with marks, by their owner alone', async () => {
  await using open = await openChatHouse()
  const { world } = open
  const [ada, eve] = [await world.people.signUp('Ada'), await world.people.signUp('Eve')]
  const bot = await open.bot(ada, 'echo')
  const say = async (person: Person, text: string) => {
    const conversation = uuidv7()
    await ask(person, world.url, { conversation, bots: [bot], text })
    return conversation
  }
  const chinese = await say(ada, '我想学习机器学习和深度学习，从哪里开始？')
  await say(ada, '東京都の天気はどうですか。明日は雨が降りますか。')
  await say(ada, `Long before. ${'word '.repeat(100)} A résumé for the Café, please: 𠮷野家 and ภาษาไทย`)
  await say(ada, 'Python은 2026년에도 배울 만한가요, 大韓民國에서 日本Golang도?')
  await say(eve, 'Eve writes 机器学习 and résumé too')
  const hits = async (q: string) =>
    (await find(ada, q)).map(({ snippet: { text, marks } }) => marks.map(([from, to]) => text.slice(from, to)))
  const both = ['学习机器学习', '学习']
  assert.deepEqual(await hits('机器学习'), [both, both, both], 'title, question and answer; each word of it')
  assert.deepEqual((await hits('東京'))[0], ['東京'])
  assert.deepEqual((await hits('京都'))[0], ['京都'], 'across what a dictionary would cut')
  assert.deepEqual((await hits('天気')).length, 3)
  assert.deepEqual((await hits('resum cafe'))[0], ['résum', 'Café'])
  assert.deepEqual((await hits('𠮷野家'))[0], ['𠮷野家'])
  assert.deepEqual((await hits('ภาษา'))[0], ['ภาษา'])
  for (const korean of ['Python', 'pyth', '2026', '배울', '년에', '民國에', 'golang', '日本', 'Python은'])
    assert.equal((await hits(korean)).length, 3, korean)
  assert.deepEqual((await hits('2026년'))[0], ['2026년'])
  assert.deepEqual(await hits('py'), [], 'shorter beginnings are words of their own')
  assert.equal((await hits('A')).length, 2)
  assert.deepEqual(await hits('学京'), [])
  assert.deepEqual(await hits('eve'), [])
  for (const odd of ['', '   ', "'", "' | '", '&!():*', '\0', '\\', '/'.repeat(200)])
    assert.deepEqual(await hits(odd), [])
  await ada.call(deleteConversation, { params: { conversation: chinese } })
  assert.deepEqual(await hits('机器学习'), [])
  const [first] = well(await ada.call(searchMessages, { query: { q: 'echo', limit: 1 } })).items
  assert.ok(first)
  const { next } = well(await ada.call(searchMessages, { query: { q: 'echo', limit: 1 } }))
  const second = well(await ada.call(searchMessages, { query: { q: 'echo', limit: 1, after: next ?? '' } }))
  assert.notEqual(second.items[0]?.message, first.message)
  assert.equal(refusedBy(await ada.call(searchMessages, { query: { q: 'a', limit: 1, after: 'x' } })), 'bad_cursor')
})

test('a search that takes too long is refused', async () => {
  await using open = await openChatHouse()
  const { world } = open
  const ada = await world.people.signUp('Ada')
  const search = () => ada.call(searchMessages, { query: { q: 'word', limit: 20 } })
  const locking = await world.db.pool.connect()
  try {
    await locking.query('begin; lock table chat.message in access exclusive mode')
    assert.equal(refusedBy(await search()), 'too_many_hits')
    await locking.query('rollback')
  } finally {
    locking.release()
  }
  assert.deepEqual(well(await search()).items, [])
  const { rows } = await open.answers.pool.query<{ timeout: string }>(
    `select current_setting('statement_timeout') as timeout`,
  )
  assert.equal(rows[0]?.timeout, '0', 'the limit is that of a search alone')
})

test('a conversation is renamed, found by its name, deleted, restored, and gone after thirty days', async () => {
  await using open = await openChatHouse()
  const { world } = open
  const [ada, eve] = [await world.people.signUp('Ada'), await world.people.signUp('Eve')]
  const bot = await open.bot(ada, 'echo')
  const conversation = uuidv7()
  const params = { conversation }
  await ask(ada, world.url, { conversation, bots: [bot], text: 'Hi' })
  const rename = (title: string, person = ada) => person.call(changeConversation, { params, body: { title } })
  assert.equal(well(await rename('  Winter \n plans ')).title, 'Winter plans')
  assert.equal(refusedBy(await rename('   ')), 'bad_title')
  assert.equal(refusedBy(await rename('x'.repeat(limits.title + 1))), 'bad_title')
  assert.equal(refusedBy(await rename('Mine', eve)), 'unknown_conversation')
  assert.deepEqual((await find(ada, 'wint'))[0]?.message, null)
  assert.equal(refusedBy(await eve.call(deleteConversation, { params })), 'unknown_conversation')
  assert.deepEqual(await ada.call(deleteConversation, { params }), {})
  assert.equal(refusedBy(await ada.call(getConversation, { params })), 'unknown_conversation')
  assert.deepEqual((await list(ada, { limit: 9 })).items, [])
  assert.equal(refusedBy(await eve.call(restoreConversation, { params })), 'unknown_conversation')
  assert.equal(well(await ada.call(restoreConversation, { params })).title, 'Winter plans')
  assert.equal((await branchOf(ada, conversation)).length, 2)
  await ada.call(deleteConversation, { params })
  const kept = async () => {
    await world.app.jobs.send(purgeJob({ answers: open.answers, clock: world.clock }), {})
    await world.settle()
    return (await world.db.pool.query('select from chat.conversation')).rowCount
  }
  world.clock.advance(keptDeletedMs)
  assert.equal(await kept(), 1)
  world.clock.advance(1)
  assert.equal(await kept(), 0)
  assert.equal((await world.db.pool.query('select from chat.message')).rowCount, 0)
})

test('a conversation leaves as Markdown and as JSON, and all of them with their owner', async () => {
  await using open = await openChatHouse()
  const { world } = open
  const ada = await world.people.signUp('Ada')
  const bot = await open.bot(ada, 'echo')
  const conversation = uuidv7()
  await ask(ada, world.url, { conversation, bots: [bot], text: 'A/B: <what>?' })
  await ask(ada, world.url, { conversation, bots: [bot], text: 'A/B: <that>?' })
  const leave = async (form: 'markdown' | 'json') =>
    well(await ada.call(exportConversation, { params: { conversation }, query: { form } }))
  const markdown = await leave('markdown')
  assert.equal(markdown.name, 'A B what.md')
  assert.match(markdown.text, /^# A\/B: <what>\?\n/)
  assert.match(
    markdown.text,
    /## You, 2026-11-23 09:00 UTC\n\nA\/B: <that>\?\n\n## echo \(@echo\), .+\n\necho: A\/B: <that>\?\n$/,
  )
  const json = JSON.parse((await leave('json')).text) as { messages: { text: string }[] }
  assert.deepEqual(
    json.messages.map(({ text }) => text),
    ['A/B: <what>?', 'echo: A/B: <what>?', 'A/B: <that>?', 'echo: A/B: <that>?'],
  )
  const personal = chatPersonal({ answers: open.answers })
  const own = (await personal.export(ada.viewer.id)) as { conversations: unknown[] }
  assert.deepEqual(own.conversations, [json])
  await personal.erase(ada.viewer.id)
  await personal.erase(ada.viewer.id)
  assert.deepEqual(await personal.export(ada.viewer.id), { conversations: [] })
})

test('what is too much for one file is refused: a branch by its own length, JSON and all of a person’s by all branches', async () => {
  await using open = await openChatHouse()
  const { world } = open
  const ada = await world.people.signUp('Ada')
  const bot = await open.bot(ada, 'echo')
  const conversation = uuidv7()
  const { question } = await ask(ada, world.url, { conversation, bots: [bot], text: 'Long' })
  const { question: shown } = await ask(ada, world.url, { conversation, bots: [bot], text: 'Short' })
  const leave = (form: 'markdown' | 'json') =>
    ada.call(exportConversation, { params: { conversation }, query: { form } })
  const lengthen = (id: string, bytes: number) =>
    world.db.pool.query('update chat.message set text = repeat($2, $3), bytes = $3 where id = $1', [id, 'x', bytes])
  await lengthen(question, 31_000_000)
  assert.match(well(await leave('markdown')).text, /Short/)
  assert.equal(refusedBy(await leave('json')), 'too_long')
  assert.ok(!isRefusal(await ada.call(exportMine, {})))
  await lengthen(shown, 34_000_000)
  assert.equal(refusedBy(await leave('markdown')), 'too_long')
  assert.equal(refusedBy(await ada.call(exportMine, {})), 'too_large')
})

test('what no longer fits is left out oldest first, is said, and counts as it is sent', async () => {
  await using open = await openChatHouse()
  const { world } = open
  const ada = await world.people.signUp('Ada')
  const bot = await open.bot(ada, 'echo')
  const conversation = uuidv7()
  open.say = async function* () {
    yield { type: 'text', text: '🙂'.repeat(10_000) }
    yield { type: 'end', reason: 'stop' }
  }
  let after: string | null = null
  for (let turn = 0; turn < 5; turn++) {
    const sent = await ask(ada, world.url, { conversation, bots: [bot], text: `${turn}`.repeat(9_000), after })
    after = sent.answers[0]?.id ?? null
    const sizes = (await headOf(ada, conversation)).context.sizes.reduce((sum, size) => sum + size, 0)
    assert.ok(sizes <= limits.contextBytes)
  }
  const { context } = await headOf(ada, conversation)
  const branch = await branchOf(ada, conversation)
  assert.equal(context.from, branch.at(-context.sizes.length)?.id)
  assert.ok(context.sizes.length < branch.length)
  await ask(ada, world.url, { conversation, bots: [bot], text: 'Short', after })
  const sent = open.heard.at(-1)?.history ?? []
  const bytes = sent.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0)
  assert.equal(sent.at(-1)?.content, 'Short')
  const counted = context.sizes.reduce((sum, size) => sum + size, 0) + 5 + 2
  assert.ok(bytes <= counted && counted - bytes < 100, `${bytes} are sent, ${counted} were counted`)
})

test('the handle of the answer path is kept by PostgreSQL from every other schema', async () => {
  await using open = await openChatHouse()
  const { answers, world } = open
  const ask = (sql: string) => answers.pool.query(sql)
  assert.equal((await ask('select 1 as one from chat.message')).rowCount, 0)
  const { rows } = await world.db.pool.query<{ table: string }>(
    `select format('%I.%I', schemaname, tablename) as table from pg_tables
     where schemaname not in ('chat', 'turns', 'pg_catalog', 'information_schema')`,
  )
  assert.ok(
    rows.some(({ table }) => table.startsWith('people.')) && rows.some(({ table }) => table.startsWith('ledger.')),
  )
  for (const { table } of rows) {
    await assert.rejects(ask(`select from ${table}`), { code: '42501' }, `reads ${table}`)
    await assert.rejects(ask(`delete from ${table}`), { code: '42501' }, `writes ${table}`)
  }
  await assert.rejects(ask('create table chat.more (id int)'), { code: '42501' })
})

test('the tables hold what their check says, after all kinds of branches', async () => {
  await using open = await openChatHouse()
  const { world } = open
  const ada = await world.people.signUp('Ada')
  const bots = [await open.bot(ada, 'one'), await open.bot(ada, 'two')]
  const conversation = uuidv7()
  const first = await ask(ada, world.url, { conversation, bots, text: 'a' })
  await ask(ada, world.url, { conversation, bots, text: 'b', after: first.answers[1]?.id ?? null })
  await ask(ada, world.url, { conversation, bots, text: 'c' })
  const check = readFileSync(new URL('migrations/20261124T1600_chat.check.sql', import.meta.url), 'utf8')
  const results: unknown = await world.db.pool.query(check)
  for (const { rows } of results as { rows: unknown[] }[]) assert.deepEqual(rows, [])
})
