import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { gzipBytes, screensFolder } from '../../tools/web.ts'
import { root } from '../source.ts'
import { begun, say } from './talk.ts'
import { openBrowser, startHouse, type Browsing } from './visitor.ts'

let browsing: Browsing
before(async () => {
  browsing = await openBrowser()
})
after(() => browsing[Symbol.asyncDispose]())

const firstScreenMax = 180_000
const firstAnswerMax = 260_000

/** Weighs all code that a page has fetched until it is asked, gzipped, whatever the server packed it with. */
function weigh(page: Page): () => number {
  const files = new Set<string>()
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (pathname.endsWith('.js')) files.add(pathname)
  })
  return () => [...files].reduce((sum, file) => sum + gzipBytes(join(root, screensFolder, file)), 0)
}

test('the catalogue is there after at most 180 KB of gzipped code', async (context) => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp() })
  const weight = weigh(visitor.page)
  await visitor.page.goto('/')
  await visitor.page.getByRole('link', { name: /SQL Mentor/ }).waitFor()
  await visitor.page.getByRole('link', { name: /3,000 points/ }).waitFor()
  context.diagnostic(`${(weight() / 1000).toFixed(1)} KB`)
  assert.ok(weight() <= firstScreenMax, `${weight()} bytes`)
})

test('the first answer is read as Markdown after at most 260 KB of gzipped code', async (context) => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp() })
  const weight = weigh(visitor.page)
  await visitor.page.goto('/chats/new?bots=tutor')
  await say(visitor.page, 'What is a fraction?')
  await begun(visitor.page, 'Tutor')
  context.diagnostic(`${(weight() / 1000).toFixed(1)} KB`)
  assert.ok(weight() <= firstAnswerMax, `${weight()} bytes`)
})
