import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page, Route } from 'playwright-core'
import { stopTurn } from '#chat/contract'
import { expect } from './deeds.ts'
import { begun, composer, say, silence } from './talk.ts'
import { openBrowser, startHouse, type Browsing } from './visitor.ts'

// What a chat does when an answer of the server is lost or late.

let browsing: Browsing
before(async () => {
  browsing = await openBrowser()
})
after(() => browsing[Symbol.asyncDispose]())

const inChat = /\/chats\/[0-9a-f]{8}-/
/** A conversation's head, and its messages. */
const readings = /\/api\/conversations\/[0-9a-f-]{36}(\/messages\?.*)?$/
const lookUps = '**/api/bots/*'
const abort = (route: Route) => route.abort()

/** The server does what it is asked, and nobody hears of it. */
async function lose(route: Route): Promise<void> {
  await route.fetch()
  await route.abort()
}

/** Says something that comes through, while all that the server says to it is lost: at both tries, and when it is looked for. */
async function sayLost(page: Page, text: string): Promise<void> {
  await page.route('**/turns', lose, { times: 2 })
  await page.route(readings, abort)
  await say(page, text)
  await page.getByText('Bottega did not answer').waitFor()
  await page.unroute(readings)
}

test('what was sent and had no answer is charged once, whether it is sent again as it was or in other words', async () => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  await page.goto('/chats/new?bots=assistant')
  await page.route('**/turns', lose, { times: 1 })
  await say(page, 'First words')
  await page.waitForURL(inChat)
  await page.getByText('you wrote “First words”').waitFor()
  await silence(page)
  assert.equal(await composer(page).inputValue(), '')
  await sayLost(page, 'Second words')
  await say(page, 'Second thoughts')
  await page.getByText('This message was sent before with other words.').waitFor()
  await page.getByText('you wrote “Second words”').waitFor()
  assert.equal(await composer(page).inputValue(), 'Second thoughts')
  await page.goto('/chats/new?bots=assistant')
  await sayLost(page, 'Third words')
  await say(page, 'Third thoughts')
  await page.waitForURL(inChat)
  await page.getByText('you wrote “Third words”').waitFor()
  assert.equal(await composer(page).inputValue(), 'Third thoughts')
  const { rows } = await world.db.pool.query('select id from turns.turn')
  assert.equal(rows.length, 3)
})

test('bots that cannot be looked up are tried again: by the reader, and by themselves while they are mentioned', async () => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  await page.route(lookUps, abort)
  await page.goto('/chats/new?bots=assistant')
  const retry = page.getByRole('button', { name: 'Try again' })
  await retry.waitFor()
  await page.unroute(lookUps)
  await retry.click()
  await page.getByRole('heading', { name: 'Assistant', level: 2 }).waitFor()
  await page.route(lookUps, abort)
  await composer(page).fill('@tutor, who is right?')
  await page.getByText('Whom you named cannot be looked up now.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Send' }).isEnabled(), false)
  await page.unroute(lookUps)
  await page.locator('button[aria-label="Send"]:enabled').waitFor()
})

test('a list shows by itself that an answer has ended, and who returns to a chat begun here sees no answer run', async () => {
  await using world = await startHouse({ market: 'seeded' })
  const ada = await world.people.signUp('Ada')
  await using visitor = await browsing.visit(world, { as: ada })
  const { page } = visitor
  const main = page.getByRole('main')
  await page.goto('/chats/new?bots=assistant')
  await say(page, '/slow First words')
  await begun(page, 'Assistant')
  const conversation = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  await main.getByRole('link', { name: 'All chats' }).click()
  const running = main.getByRole('listitem').locator('.waiting')
  await running.waitFor()
  const { rows } = await world.db.pool.query<{ id: string }>('select id from turns.turn')
  expect(await ada.call(stopTurn, { params: { conversation, turn: rows[0]?.id ?? '' } }))
  await running.waitFor({ state: 'detached' })
  const reading = Promise.withResolvers<void>()
  await page.route(readings, async (route) => {
    await reading.promise
    await route.continue()
  })
  await main.getByRole('link', { name: /First words/ }).click()
  await page.waitForURL(inChat)
  await main.getByRole('link', { name: 'All chats' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Stop' }).count(), 0)
  reading.resolve()
  await page.getByText('You stopped this answer.').waitFor()
})
