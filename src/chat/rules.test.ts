import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { uuidv7, type Uuid } from '#kernel'
import { contextOf, limits } from './contract.ts'
import { historyFor, titleOf, type Said } from './rules.ts'
import { snippetOf } from './snippet.ts'
import { searchQuery, searchVector } from './words.ts'

const anyText = fc.string({ unit: 'binary' })

test('a title is the first thing said, without mentions and markup, and never empty', () => {
  const titles = [
    ['@poet @critic: Write me a **sonnet** about rain. Then rate it.', 'Write me a sonnet about rain.'],
    ['\n\n# Plan\nfor the week', 'Plan'],
    ['1. First of all', 'First of all'],
    ['今日の天気は？明日は？', '今日の天気は？'],
    ['???', '???'],
    ['@poet', '@poet'],
    ['a'.repeat(100), `${'a'.repeat(59)}…`],
    [`${'word '.repeat(30)}`, `${'word '.repeat(11).trim()}…`],
  ]
  for (const [text = '', title] of titles) assert.equal(titleOf(text), title)
  fc.assert(
    fc.property(anyText, (text) => {
      const title = titleOf(text)
      assert.ok(title.length > 0 && title.length <= limits.title)
    }),
  )
})

test('a context keeps the latest messages that fit, the last always, and no fewer than it could', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(limits.contextBytes + 10)), (sizes) => {
      const { kept, bytes } = contextOf(sizes)
      assert.deepEqual(kept, sizes.slice(sizes.length - kept.length))
      assert.equal(
        bytes,
        kept.reduce((sum, size) => sum + size, 0),
      )
      assert.ok(kept.length <= 1 || bytes <= limits.contextBytes)
      assert.ok(sizes.length === 0 || kept.length > 0)
      const next = sizes[sizes.length - kept.length - 1]
      if (next !== undefined) assert.ok(bytes + next > limits.contextBytes)
    }),
  )
})

const someBots = [uuidv7(), uuidv7()] as const
const saidArb: fc.Arbitrary<Said> = fc.oneof(
  fc.record({ kind: fc.constant('question' as const), text: fc.string({ minLength: 1 }) }),
  fc.record({
    kind: fc.constant('answer' as const),
    text: fc.string(),
    bot: fc.constantFrom<Uuid>(...someBots),
    handle: fc.constantFrom('one', 'two'),
  }),
)

test('a history alternates, ends with what is asked, and says everything that fits', () => {
  fc.assert(
    fc.property(fc.array(saidArb), (before) => {
      const branch: Said[] = [...before, { kind: 'question', text: 'the question' }]
      const history = historyFor(someBots[0], branch)
      assert.ok(history.at(-1)?.role === 'user' && history.at(-1)?.content.endsWith('the question'))
      for (const [at, { role }] of history.entries()) assert.notEqual(role, history[at - 1]?.role)
      const all = history.map(({ content }) => content).join('\n\n')
      for (const { text } of branch) assert.ok(all.includes(text))
      for (const said of before)
        if (said.kind === 'answer' && said.text !== '' && said.bot !== someBots[0])
          assert.ok(all.includes(`@${said.handle}: ${said.text}`))
    }),
  )
})

test('vectors and queries hold nothing that could end a quotation, and stay within what a table takes', () => {
  const lexemes = /^'[\p{L}\p{N}\p{M}ー/-]+'(?::\*)?$/u
  fc.assert(
    fc.property(anyText, (text) => {
      for (const lexeme of searchVector(text, ['/me']).split(' ')) assert.match(lexeme, lexemes)
      for (const term of searchQuery(text, ['/me'])?.split(' & ') ?? []) assert.match(term, lexemes)
    }),
  )
  const many = Array.from({ length: 200_000 }, (_, at) => `word${at}`).join(' ')
  assert.ok(searchVector(many, []).length < 1_000_000)
})

test('a snippet’s marks lie within it, in order, and whole signs apart', () => {
  fc.assert(
    fc.property(anyText, fc.string({ unit: 'grapheme', maxLength: 12 }), anyText, (before, sought, after) => {
      const { text, marks } = snippetOf(`${before} ${sought} ${after}`, sought)
      let last = 0
      for (const [from, to] of marks) {
        assert.ok(last <= from && from < to && to <= text.length)
        assert.ok(!/^[\uDC00-\uDFFF]/.test(text.slice(from, to)) || !/[\uD800-\uDBFF]$/.test(text.slice(0, from)))
        last = to
      }
    }),
  )
})
