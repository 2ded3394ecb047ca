import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { getEarnings } from '#earnings/contract'
import { movedBetween, readBooks } from './books.ts'
import { expect } from './deeds.ts'
import { begun, charged, say, silence } from './talk.ts'
import { openBrowser, startHouse, type Browsing } from './visitor.ts'

let browsing: Browsing
before(async () => {
  browsing = await openBrowser()
})
after(() => browsing[Symbol.asyncDispose]())

test('a bot is made, priced and shared; another pays for it, and its creator sees the money', async () => {
  await using world = await startHouse({ market: 'seeded' })
  const claire = await world.people.signUp('Claire')
  const lena = await world.people.signUp('Lena')
  await using maker = await browsing.visit(world, { as: claire })
  const { page } = maker
  await page.goto('/studio')
  await page.getByRole('main').getByRole('link', { name: 'Make a bot' }).first().click()
  await page.getByLabel('Name').fill('Margin Notes')
  await page.getByLabel('In one line').fill('Reads your draft and writes in its margin, kindly.')
  await page.getByLabel('Model').selectOption('sandbox/plain')
  await page.getByLabel('Prompt', { exact: true }).fill('You are an editor. Leave short notes in the margin.')
  await page.getByLabel('Your price for 1,000 messages').fill('6')
  await page.getByRole('button', { name: 'Make it', exact: true }).click()
  await page.waitForURL(/\/studio\/[\w-]{36}$/)
  await page.getByText('Everybody', { exact: true }).click()
  await page.getByRole('status').getByText('Margin Notes is in the catalogue.').waitFor()
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue()
  assert.equal(new URL(link).pathname, '/b/margin-notes')
  const before = await readBooks(world)
  await using reader = await browsing.visit(world, { as: lena, width: 390 })
  await reader.page.goto(link)
  await reader.page.getByRole('link', { name: 'Talk to it' }).click()
  await say(reader.page, 'Is my first sentence any good?')
  await begun(reader.page, 'Margin Notes')
  await silence(reader.page)
  const paid = await charged(reader.page)
  const moved = movedBetween(before, await readBooks(world))
  assert.equal(moved['points.consumed POINTS'], paid)
  assert.equal(moved['creator.pending USD'], 6000n, 'free points earn the exact price out of the budget')
  assert.equal(moved['creators.free_budget USD'], -6000n)
  await page.goto('/earnings')
  const table = page.getByRole('table', { name: /bot/i })
  await table.getByText('Margin Notes').waitFor()
  await table.getByText('$0.006').first().waitFor()
  // Days are those of UTC, wherever the reader is.
  const { today } = expect(await claire.call(getEarnings, { query: {} }))
  const first = new Date(Date.parse(today) - 29 * 86_400_000)
  const words = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' }).format(first)
  await page.getByRole('time').getByText(words, { exact: true }).waitFor()
})
