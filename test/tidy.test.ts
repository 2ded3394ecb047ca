import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTree } from './source.ts'
import { findUntidy } from './tidy.ts'

/** These two speak of what they forbid. */
const own = ['test/tidy.ts', 'test/tidy.test.ts']

test('the tree is tidy', () => {
  const files = new Map(readTree(['{src,test,tools,bench}/**/*.{ts,tsx,mjs,sql}']))
  for (const path of own) files.delete(path)
  assert.ok(files.size > 30, 'the tree was not read')
  assert.deepEqual(findUntidy(files), [])
})

const body = (lines: number) => 'work()\n'.repeat(lines)

const planted: readonly [name: string, path: string, text: string, words: RegExp][] = [
  ['a long file', 'src/a/x.ts', 'a\n'.repeat(401), /401 lines in a file/],
  ['a long line', 'src/a/x.ts', 'a'.repeat(161), /161 signs/],
  ['a long line of SQL', 'src/a/migrations/x.sql', 'a'.repeat(161), /161 signs/],
  ['a long function', 'src/a/x.ts', `function a(): { b: number } {\n${body(70)}}`, /72 lines in a function/],
  ['a long arrow', 'src/a/x.ts', `const a = () => {\n${body(70)}}`, /72 lines/],
  ['a long method', 'src/a/x.ts', `class A {\n  async run(a: string): Promise<void> {\n${body(70)}}\n}`, /72 lines/],
  ['a note', 'src/a/x.ts', '// TODO later', /later/],
  ['a note in SQL', 'src/a/migrations/x.sql', '-- FIXME', /later/],
  ['any as a type', 'src/a/x.ts', 'const a: any = 1', /any/],
  ['any by assertion', 'src/a/x.ts', 'const a = b as any', /any/],
  ['any within a type', 'src/a/x.ts', 'const a = new Map<string, any>()', /any/],
  ['a silenced compiler', 'src/a/x.ts', '// @ts-ignore', /silenced/],
  ['an expected error without words', 'src/a/x.ts', '// @ts-expect-error', /without words/],
  ['a silenced linter', 'src/a/x.ts', '// oxlint-disable-next-line', /silenced/],
  ['a test alone', 'src/a/x.test.ts', 'test.only("x")', /alone/],
  ['a test skipped', 'src/a/x.test.ts', 'test("x", { skip: true })', /without words/],
  ['an exit', 'src/a/x.ts', 'process.exit(1)', /exit/],
  ['an enum', 'src/a/x.ts', 'export enum A { B }', /enum/],
  ['a folder for anything', 'src/a/utils/x.ts', 'a', /says nothing/],
  ['a file for anything', 'src/a/helpers.ts', 'a', /says nothing/],
]

for (const [name, path, text, words] of planted) {
  test(`a planted fault is found: ${name}`, () => {
    const found = findUntidy(new Map([[path, text]]))
    assert.equal(found.length, 1, found.join('\n'))
    assert.match(found[0] ?? '', words)
  })
}

test('what only speaks of it is tidy', () => {
  const text = `const words = 'process.exit(1) any: any'\n// @ts-expect-error a code that is not listed\ncall(many, company)\n`
  const short = `function a() {\n${body(68)}}`
  assert.deepEqual(
    findUntidy(
      new Map([
        ['src/a/x.ts', text],
        ['src/a/y.ts', short],
        ['src/a/z.test.ts', `test("x", async () => {\n${body(90)}})`],
      ]),
    ),
    [],
  )
})
