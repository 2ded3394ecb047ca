import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { money, uuidv7 } from '#kernel'
import type { BotEvent } from '#turns'
import { openGuide } from './guide.ts'
import { termsOf } from './ranking.ts'
import { sectionsOf } from './sections.ts'

const guide = openGuide({ root: join(import.meta.dirname, '../../..') })

async function ask(content: string) {
  const events: BotEvent[] = []
  const price = { version: 1, usdPerThousand: money('USD', 0n) }
  const bot = {
    id: uuidv7(),
    handle: 'guide',
    name: 'Guide',
    creator: null,
    version: 1,
    kind: 'guide',
    model: null,
    systemPrompt: '',
    maxOutputTokens: 1,
    temperature: null,
    price,
  } as const
  const call = { call: uuidv7(), bot, user: 'u', priority: 'one', tools: [], signal: new AbortController().signal }
  for await (const event of guide.run({ ...call, history: [{ role: 'user', content }] })) events.push(event)
  return { text: events.map((event) => (event.type === 'text' ? event.text : '')).join(''), last: events.at(-1) }
}

const expected: readonly [question: string, heading: string][] = [
  ['What does a message cost?', 'What does a message cost?'],
  ['do i get charged if the bot crashes in the middle', 'Do I pay when an answer breaks off?'],
  ['how are creators paid', 'How does a creator earn?'],
  ['who sees my chats', 'Who can read my conversations?'],
  ['how many free points per day', 'How many free points do I get?'],
  ['refund?', 'Can I get my money back?'],
  ['can I limit my spending', 'Can I limit what I spend?'],
  ['connect ollama', 'How do I connect a model?'],
  ['set the price of my bot', 'How do I set a price?'],
  ['when can I withdraw my earnings', 'When are earnings available?'],
  ['what is a hash chain', 'Is my ledger right?'],
]
for (const [question, heading] of expected) {
  test(`it knows: ${question}`, async () => {
    const { text, last } = await ask(question)
    assert.ok(text.includes(`**${heading}**`), text.slice(0, 600))
    assert.match(text, /\n> .+\n/)
    assert.match(text, /\*From .+\.\*/)
    assert.deepEqual(last, { type: 'end', reason: 'stop' })
  })
}

test('where the documents are silent it says so, and what they do answer', async () => {
  for (const question of ['What is the capital of Peru?', '', '日本の首都はどこですか', '\u0000'.repeat(5000)]) {
    const { text } = await ask(question)
    assert.match(text, /documents.*in English/)
    assert.match(text, /\n- What/)
  }
})

test('sections are what stands under headings, in whole paragraphs, without code', () => {
  const markdown = '# Book\nOne\ntwo.\n\nThree.\n```\n# no heading\n```\n## Part\n- a\n- b\n### Empty\n'
  assert.deepEqual(
    sectionsOf('x.md', markdown).map(({ document, title, text }) => [document, title, text]),
    [
      ['Book', 'Book', 'One two.\n\nThree.'],
      ['Book', 'Part', '- a\n- b'],
    ],
  )
})

test('endings and small words do not matter', () => {
  assert.deepEqual(termsOf('How are the prices of my messages charged?'), termsOf('price message charge'))
})
