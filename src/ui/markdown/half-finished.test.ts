import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createBlockReader, type Block } from './blocks.ts'
import { decodeEntities } from './entities.ts'
import { safeAddress } from './safe-address.ts'

const sample = `# A heading with **bold**

Some *emphasis*, **strong _and nested_ words**, \`code with * in it\`, ~~gone~~ and a
[link with words](https://example.org/path_(of)_it "title") in a line.

- one **item**
- two
  - nested \`code\`

1. first
2. second

| Name | Price |
|:-----|------:|
| **A** | 1 |
| B | \`2\` |

> A quotation
> over *two* lines

\`\`\`ts
const **notBold** = [1, 2](3)
\`\`\`

---

The last paragraph ends here.
`

type Tokens = readonly {
  readonly type: string
  readonly raw: string
  readonly text?: string
  readonly tokens?: Tokens
}[]

type Leaves = {
  readonly tokens?: Tokens
  readonly items?: Tokens
  /** Of a cell, whether it is one of the head. */
  readonly header?: Tokens | boolean
  readonly rows?: readonly Tokens[]
}

/** What one would see of it: the leaves' texts, and what kind of block they stand in. */
function seen(blocks: readonly Block[]): string {
  const leaf = (token: Tokens[number]): string => {
    const { tokens, items, header, rows } = token as Leaves
    const inner = [items, header, rows].flat(2).filter((each): each is Tokens[number] => typeof each === 'object')
    if (inner.length > 0) return inner.map(leaf).join('')
    return tokens && tokens.length > 0 ? tokens.map(leaf).join('') : (token.text ?? '')
  }
  return blocks.map(({ token }) => `${token.type}:${leaf(token as Tokens[number])}`).join('\n')
}

test('a growing text never shows a marker, nor takes a word back', () => {
  const read = createBlockReader()
  let before = ''
  for (let end = 1; end <= sample.length; end++) {
    const now = seen(read(sample.slice(0, end), 'growing'))
    const shown = now.replaceAll(/code:[^]*?(?=\n[a-z]+:|$)/g, '')
    assert.doesNotMatch(
      shown,
      /\*\*|~~|\]\(|^\|/m,
      `at ${end}: ${JSON.stringify(sample.slice(Math.max(0, end - 30), end))}`,
    )
    assert.ok(now.startsWith(before.trimEnd()), `at ${end}: ${JSON.stringify(before)} became ${JSON.stringify(now)}`)
    before = now
  }
  assert.equal(before.trimEnd(), seen(createBlockReader()(sample, 'whole')).trimEnd())
})

test('what is settled stays the same object, so that it is not drawn again', () => {
  const read = createBlockReader()
  const early = read(`${sample}More`, 'growing')
  const late = read(`${sample}More and more`, 'growing')
  const whole = read(`${sample}More and more`, 'whole')
  assert.ok(early.length > 8)
  for (const [at, block] of early.slice(0, -1).entries()) {
    assert.equal(late[at], block)
    assert.equal(whole[at], block)
  }
})

test('however it is cut, a text that has come is read as if it had come at once', () => {
  const piece = fc.constantFrom(
    'a',
    ' ',
    '\n',
    '*',
    '**',
    '`',
    '```\n',
    '[',
    '](',
    ')',
    '|',
    '-',
    '- ',
    '> ',
    '#',
    '1. ',
    '_',
    '~~',
    '<b>',
    '\\',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const read = createBlockReader()
      let text = ''
      for (const each of pieces) read((text += each), 'growing')
      assert.equal(seen(read(text, 'whole')), seen(createBlockReader()(text, 'whole')))
    }),
    { numRuns: 500 },
  )
})

test('hostile texts neither hang nor break it', () => {
  const read = createBlockReader()
  for (const text of [
    '>'.repeat(50_000),
    '*a'.repeat(250_000),
    '['.repeat(100_000),
    '- '.repeat(20_000),
    '\0\ud800<script>',
  ])
    assert.ok(read(text, 'whole').length > 0 && read(text, 'growing').length >= 0)
})

test('addresses lead somewhere or nowhere', () => {
  for (const bad of [
    'javascript:alert(1)',
    ' jAvascript:x',
    'data:text/html,x',
    'vbscript:x',
    '//evil.example',
    '/\\evil.example',
    '/api/x',
    'file:///etc/passwd',
    'https://bank.example@evil.example',
    'blob:x',
    '',
  ])
    assert.equal(safeAddress(bad), undefined, bad)
  assert.deepEqual(safeAddress('https://example.org/a'), {
    kind: 'outside',
    href: 'https://example.org/a',
    host: 'example.org',
  })
  assert.deepEqual(safeAddress('/b/guide'), { kind: 'house', to: '/b/guide' })
  assert.equal(safeAddress('mailto:a@example.org')?.kind, 'mail')
})

test('character references are characters, and nothing else', () => {
  assert.equal(
    decodeEntities('&lt;b&gt; &amp;amp; &#65;&#x42; &copy; &nosuch; &#0; &#xD800; &'),
    '<b> &amp; AB © &nosuch; \ufffd \ufffd &',
  )
})
