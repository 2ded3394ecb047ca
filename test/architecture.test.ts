import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findBreaches } from './architecture.ts'
import { readTree, root, scan } from './source.ts'

test('the doors of package.json are the three of the plan, and nothing else', () => {
  const { imports }: { imports: unknown } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  assert.deepEqual(imports, {
    '#*/contract': './src/*/contract.ts',
    '#*/web': './src/*/web/index.tsx',
    '#*': './src/*/index.ts',
  })
})

test('every import in src follows the table of rooms', () => {
  const files = readTree(['src/**/*.ts', 'src/**/*.tsx'])
  assert.ok(files.size > 20, 'the tree was not read')
  assert.deepEqual(findBreaches(files), [])
})

const allowed: readonly [path: string, text: string][] = [
  [
    'src/chat/rules.ts',
    `import { post } from '#ledger'\nimport type { Turn } from '#turns'\nimport { a } from './store.ts'`,
  ],
  ['src/wallet/index.ts', `import { user } from '#people'`],
  ['src/models/index.ts', `import { ticket } from '#scheduler'`],
  ['src/insights/index.ts', `import { sold } from '#revenue/shop/contract'`],
  ['src/revenue/shop/store/order.ts', `import { rules } from '../rules.ts'`],
  ['src/adapters/stripe/index.ts', `import type { Payments } from '#wallet'\nimport { assert } from '#kernel'`],
  [
    'src/bots/web/index.tsx',
    `import { Button } from '#ui'\nimport { bot } from '#bots/contract'\nimport { x } from './list.tsx'`,
  ],
  ['src/app/browser/main.tsx', `import { Shop } from '#revenue/shop/web'`],
  ['src/app/config.ts', `export const home = process.env['HOME']`],
  ['src/ledger/prove.test.ts', `import { World } from '../../test/world.ts'\nimport { ledger } from '#ledger'`],
  ['src/models/stream.test.ts', `import { openaiBackend } from '#adapters/openai'`],
  ['src/main.ts', `import { findPostgres } from '../tools/postgres.ts'\nimport { compose } from '#app'`],
  ['src/kernel/money.ts', `import { z } from 'zod'\nimport { createHash } from 'node:crypto'`],
  [
    'src/platform/text.ts',
    `const a = "import x from '#nowhere'" // from '#no'\nconst r = /['"]/\nconst t = \`\${"a"} import y from '#no'\``,
  ],
]

const planted: readonly [name: string, path: string, text: string, words: RegExp][] = [
  ['a deep import', 'src/chat/rules.ts', `import { x } from '#ledger/store'`, /is no door/],
  ['a deep import into a group', 'src/chat/rules.ts', `import { x } from '#revenue/shop/store'`, /is no door/],
  ['a group for a room', 'src/app/compose.ts', `import { x } from '#revenue'`, /is no door/],
  ['an arrow upwards', 'src/ledger/rules.ts', `import { x } from '#wallet'`, /no arrow from ledger to wallet/],
  ['an arrow upwards by type', 'src/ledger/rules.ts', `import type { X } from '#wallet'`, /no arrow/],
  ['an arrow upwards by export', 'src/ledger/rules.ts', `export { x } from '#wallet'`, /no arrow/],
  ['an arrow upwards at run time', 'src/ledger/rules.ts', `const x = await import('#wallet')`, /no arrow/],
  [
    'an arrow over several lines',
    'src/ledger/rules.ts',
    `import {\n  type X, // a comment\n  y,\n} from "#wallet"`,
    /no arrow/,
  ],
  ['an arrow between equals', 'src/wallet/rules.ts', `import { x } from '#earnings'`, /no arrow/],
  ['an arrow between revenue rooms', 'src/revenue/shop/rules.ts', `import { x } from '#revenue/ads'`, /no arrow/],
  ['insights into a revenue room', 'src/insights/rules.ts', `import { x } from '#revenue/shop'`, /no arrow/],
  ['an adapter using more than a type', 'src/adapters/stripe/index.ts', `import { x } from '#wallet'`, /no arrow/],
  ['anything into app', 'src/platform/http.ts', `import { x } from '#app'`, /no arrow/],
  ['climbing out', 'src/chat/rules.ts', `import { x } from '../ledger/store.ts'`, /climbs out/],
  ['climbing out of src', 'src/chat/rules.ts', `import { x } from '../../tools/postgres.ts'`, /climbs out/],
  ['the test world in code', 'src/chat/rules.ts', `import { World } from '../../test/world.ts'`, /climbs out/],
  ['main reaching into a room', 'src/main.ts', `import { x } from './ledger/store.ts'`, /through the doors/],
  ['a path of one machine', 'src/chat/rules.ts', `import { x } from '/srv/x.ts'`, /one machine/],
  ['a room through its own door', 'src/chat/rules.ts', `import { x } from '#chat'`, /own door/],
  ['an import without its ending', 'src/chat/rules.ts', `import { x } from './store'`, /ending/],
  ['the environment', 'src/ledger/rules.ts', `const x = process.env['HOME']`, /reads the environment/],
  ['the environment by brackets', 'src/ledger/rules.ts', `const x = process['env']`, /reads the environment/],
  ['the environment by pattern', 'src/ledger/rules.ts', `const { env } = process`, /reads the environment/],
  ['the environment by import', 'src/ledger/rules.ts', `import { env } from 'node:process'`, /environment is config/],
  ['the environment inside main', 'src/main.ts', `const x = process.env.PORT`, /reads the environment/],
  ['an index inside a room', 'src/revenue/shop/store/index.ts', `export const x = 1`, /index inside a room/],
  ['a star export', 'src/ledger/index.ts', `export * from './money.ts'`, /exports everything/],
  ['a default export', 'src/ledger/rules.ts', `export default 1`, /default export/],
  ['a room that is not in the table', 'src/gadgets/index.ts', `export const x = 1`, /in no room/],
  ['kernel using a package', 'src/kernel/money.ts', `import { sql } from 'kysely'`, /nothing but zod/],
  ['kernel using platform', 'src/kernel/money.ts', `import { x } from '#platform'`, /no arrow/],
  ['a contract using a server door', 'src/wallet/contract.ts', `import { x } from '#kernel'`, /contracts only/],
  ['a contract using Node', 'src/wallet/contract.ts', `import { x } from 'node:fs'`, /runs in browsers/],
  ['a screen using a server door', 'src/bots/web/list.tsx', `import { x } from '#bots'`, /screens see/],
  ['a screen using another room', 'src/bots/web/list.tsx', `import { x } from '#ledger'`, /screens see/],
]

test('what the plan allows is no breach', () => {
  assert.deepEqual(findBreaches(new Map(allowed)), [])
})

for (const [name, path, text, words] of planted) {
  test(`a planted fault is found: ${name}`, () => {
    const breaches = findBreaches(new Map([[path, `// first line\n${text}\n`]]))
    assert.equal(breaches.length, 1, breaches.join('\n'))
    assert.match(breaches[0] ?? '', words)
  })
}

test('the scanner keeps lines and blanks what only looks like code', () => {
  const text = `const a = b / c / d // x 'y'\n/* 'q\n' */ f(/['"\\/[/]]/g, 'it\\'s', \`a\${g({ h: \`\${1}\` })}'\`)\nlast("z")`
  const { code, strings } = scan(text)
  assert.equal(code.split('\n').length, text.split('\n').length)
  assert.deepEqual(strings, [`it\\'s`, 'z'])
  assert.match(code, /b \/ c \/ d/)
})

test('the scanner reads the slashes of tags as tags', () => {
  const { code, strings } = scan(`<p>{a(<b at={c} />)}</p>{"d"}</p>}`)
  assert.equal(code, `<p>{a(<b at={c} />)}</p>{"0"}</p>}`)
  assert.deepEqual(strings, ['d'])
})
