import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { setPrice } from '#bots/contract'
import { writeConversation } from '../long-conversation.ts'
import type { World } from '../world.ts'
import type { Person } from '../world-people.ts'
import { expect, publishBot } from './deeds.ts'
import { openBrowser, startHouse, type Browsing } from './visitor.ts'

let browsing: Browsing
before(async () => {
  browsing = await openBrowser()
})
after(() => browsing[Symbol.asyncDispose]())

const field = (page: Page) => page.getByRole('textbox', { name: 'Message' })
const send = (page: Page) => page.getByRole('button', { name: 'Send' })

/** Writes, waits for the price, and sends by the keyboard. */
async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text)
  await page.locator('button[aria-label="Send"]:enabled').waitFor()
  await field(page).press('Enter')
}

/** The answer is whole: one may ask again, and send the next. */
async function answered(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Ask again' }).last().waitFor()
  await send(page).waitFor()
}

const answers = (page: Page, bot: string) => page.getByRole('article', { name: bot })

test('an answer that streams is read after a reload, in a second window, and stopped from there', async () => {
  await using world = await startHouse({ market: 'seeded' })
  const ada = await world.people.signUp('Ada')
  await using first = await browsing.visit(world, { as: ada })
  await using second = await browsing.visit(world, { as: ada, width: 390, theme: 'dark' })
  const { page } = first
  await page.goto('/chats/new?bots=assistant')
  await say(page, '/slow Tell me everything')
  await page.waitForURL(/\/chats\/[0-9a-f]{8}-/)
  await page.getByText('you asked something').waitFor()
  await page.reload()
  await page.getByText('you asked something').waitFor()
  await second.page.goto(new URL(page.url()).pathname)
  await second.page.getByText('you asked something').waitFor()
  await second.page.getByRole('button', { name: 'Stop' }).click()
  await second.page.getByText('You stopped this answer.').waitFor()
  await page.getByText('You stopped this answer.').waitFor()
  await answered(page)
  assert.equal(
    await answers(page, 'Assistant').innerText(),
    await answers(second.page, 'Assistant').innerText(),
    'both windows show the same words',
  )
})

test('a question is asked anew, both versions stay, and what is deleted comes back', async () => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  await page.goto('/chats/new?bots=assistant')
  await say(page, 'First words')
  await answered(page)
  await page.getByRole('article', { name: 'You' }).hover()
  await page.getByRole('button', { name: 'Edit' }).click()
  await say(page, 'Other words')
  await answered(page)
  await page.getByText('you wrote “Other words”').waitFor()
  await page.getByRole('button', { name: 'Former version' }).click()
  await page.getByText('you wrote “First words”').waitFor()
  await page.locator('button[aria-label="Next version"]:focus').waitFor()
  const address = page.url()
  await page.getByRole('button', { name: 'More about First words' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByText('No chats yet').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.waitForURL(address)
  await page.getByText('you wrote “First words”').waitFor()
})

test('an answer that failed has its own way to ask again, and spoils none after it', async () => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada'), width: 390 })
  const { page } = visitor
  await page.goto('/chats/new?bots=assistant')
  await field(page).fill('@')
  await page.getByRole('listbox').getByText('per 1,000 messages').first().waitFor()
  assert.equal(await send(page).isEnabled(), false, 'a mention that was begun is nothing to send')
  await field(page).fill('/fails First words')
  await page.locator('button[aria-label="Send"]:enabled').click()
  const failed = answers(page, 'Assistant').first()
  await failed.getByRole('button', { name: 'Ask again' }).click()
  await page.getByRole('dialog').getByText('The former answer stays beside the new one.').waitFor()
  await page.keyboard.press('Escape')
  await field(page).fill('Other words')
  await page.locator('button[aria-label="Send"]:enabled').click()
  await page.getByText('you wrote “Other words”').waitFor()
})

test('asking again is refused when the price has changed, and the new one stands before it is asked once more', async () => {
  await using world = await startHouse({ market: 'seeded' })
  const claire = await world.people.signUp('Claire')
  const bot = await publishBot(claire, { handle: 'katib', usdPerThousand: 1_000_000n })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  // Nothing is read again only because time passes.
  await page.addInitScript('setInterval = () => 0')
  await page.goto('/chats/new?bots=katib')
  await say(page, 'First words')
  await answered(page)
  await page.getByRole('button', { name: 'Ask again' }).click()
  const dialog = page.getByRole('dialog')
  const ask = dialog.getByRole('button', { name: 'Ask again' })
  const price = dialog.getByRole('button', { name: /points/ })
  const former = (await price.textContent()) ?? ''
  expect(await claire.call(setPrice, { params: { bot: bot.id }, body: { usdPerThousand: 3_000_000n } }))
  await ask.click()
  await dialog.getByText('The price has changed.').waitFor()
  await price.filter({ hasNotText: former }).waitFor()
  await ask.click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByLabel('Version 2 of 2').waitFor()
})

test('a draft waits for whoever leaves, and two bots are asked by name', async () => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  await page.goto('/chats/new?bots=assistant')
  await field(page).pressSequentially('@tut')
  await page.getByRole('option', { name: /Tutor/ }).waitFor()
  await field(page).press('Enter')
  await field(page).pressSequentially('and @assistant, who is right?')
  await page.reload()
  await page.getByText('@tutor and @assistant, who is right?').waitFor()
  await page.locator('button[aria-label="Send"]:enabled').waitFor()
  await field(page).press('Enter')
  await answers(page, 'Tutor').waitFor()
  await answered(page)
  assert.equal(await answers(page, 'Assistant').count(), 1)
})

test('a suggestion stands below what was written, and signing out forgets what was not sent', async () => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  await page.goto('/chats/new?bots=tutor')
  await field(page).fill('My own words')
  const suggestion = page.getByRole('main').getByRole('listitem').getByRole('button').first()
  const words = (await suggestion.textContent()) ?? ''
  await suggestion.click()
  const both = `My own words\n${words}`
  assert.equal(await field(page).inputValue(), both)
  await suggestion.click()
  assert.equal(await field(page).inputValue(), both)
  const drafts = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length)
  await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.startsWith('draft:')))
  await page.getByRole('button', { name: 'Account of Ada' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  assert.equal(await drafts(), 0)
})

test('the caret is where one writes next: in a new chat, after sending, after Stop, and when a question is edited', async () => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  const caret = field(page).and(page.locator(':focus'))
  const sendable = page.locator('button[aria-label="Send"]:enabled')
  await page.goto('/chats/new?bots=assistant')
  await caret.waitFor()
  await page.keyboard.type('First words')
  await sendable.waitFor()
  await page.keyboard.press('Enter')
  await answered(page)
  await caret.waitFor()
  await page.keyboard.type('/slow Second words')
  await sendable.click()
  const second = page.getByRole('article').last()
  await second.getByText('you asked something').waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('You stopped this answer.').waitFor()
  await answered(page)
  await caret.waitFor()
  await page.getByRole('article', { name: 'You' }).last().hover()
  await page.getByRole('button', { name: 'Edit' }).last().click()
  await page.getByText('Asking this anew.').waitFor()
  await caret.waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('Asking this anew.').waitFor({ state: 'hidden' })
  await caret.waitFor()
})

test('a chat is renamed from its menu, in its head and in the list; Esc leaves it as it was', async () => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  await page.goto('/chats/new?bots=assistant')
  await say(page, 'First words')
  await answered(page)
  const rename = async (from: string, to: string, key: 'Enter' | 'Escape') => {
    const menu = page.getByRole('button', { name: `More about ${from}` })
    await menu.click()
    await page.getByRole('menuitem', { name: 'Rename' }).click()
    await page.getByRole('textbox', { name: 'Title' }).and(page.locator(':focus')).fill(to)
    await page.keyboard.press(key)
    await page.getByRole('textbox', { name: 'Title' }).waitFor({ state: 'detached' })
    const title = key === 'Enter' ? to : from
    // The focus is back where the menu was opened.
    await page
      .getByRole('button', { name: `More about ${title}` })
      .and(page.locator(':focus'))
      .waitFor()
  }
  await rename('First words', 'The deposit', 'Enter')
  await page.getByRole('heading', { level: 1, name: 'The deposit' }).waitFor()
  await page.goto('/chats')
  await rename('The deposit', 'Never mind', 'Escape')
  await rename('The deposit', 'The lease', 'Enter')
  await page.reload()
  await page
    .getByRole('main')
    .getByRole('link', { name: /The lease/ })
    .waitFor()
})

test('what is found leads to its message, and words of hostile bots do nothing', async () => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  await page.goto('/chats/new?bots=assistant')
  const hostile = '<img src=x onerror=alert(1)> [click](javascript:alert(1)) ![spy](https://spy.example/p.png) 機械学習'
  await say(page, hostile)
  await answered(page)
  const answer = answers(page, 'Assistant')
  assert.equal(await answer.locator('img, script, iframe, a[href^="javascript"]').count(), 0)
  await page.goto('/chats')
  await page.getByRole('searchbox').fill('学習')
  const found = page
    .getByRole('main')
    .getByRole('link')
    .filter({ has: page.locator('mark') })
  await found.last().click()
  await page.getByText('<img src=x onerror=alert(1)>').first().waitFor()
})

test('older messages come above without moving what is read, down to the first', async () => {
  await using world = await startHouse({ market: 'seeded' })
  const ada = await world.people.signUp('Ada')
  const conversation = await writeLong(world, ada)
  await using visitor = await browsing.visit(world, { as: ada })
  const { page } = visitor
  await page.goto(`/chats/${conversation}`)
  await page.getByText('Question 120', { exact: true }).waitFor()
  await page.mouse.move(800, 400)
  const list = page.getByRole('list', { name: 'Messages' })
  const step = 400
  for (let turns = 0; turns < 400 && !(await page.getByText('Question 1', { exact: true }).isVisible()); turns++) {
    const before = await placesOf(page)
    await page.mouse.wheel(0, -step)
    await page.waitForTimeout(60)
    const after = await placesOf(page)
    for (const [question, top] of after) {
      const was = before.get(question)
      if (was !== undefined)
        assert.ok(top - was >= -2 && top - was <= step + 2, `${question} went from ${was} to ${top}`)
    }
    assert.ok((await list.locator('> li').count()) < 40, 'only what is near is drawn')
  }
  await page.getByText('Question 1', { exact: true }).waitFor()
})

test('what is older and cannot be read is asked for once, and again when the reader says so', async () => {
  await using world = await startHouse({ market: 'seeded' })
  const ada = await world.people.signUp('Ada')
  const conversation = await writeLong(world, ada)
  await using visitor = await browsing.visit(world, { as: ada })
  const { page } = visitor
  const older = /messages\?.*before=/
  let asked = 0
  await page.route(older, (route) => {
    asked++
    return route.abort()
  })
  await page.goto(`/chats/${conversation}`)
  await page.getByText('Question 120', { exact: true }).waitFor()
  await page.mouse.move(800, 400)
  const failed = page.getByText('Older messages could not be read.')
  for (let turns = 0; turns < 100 && !(await failed.isVisible()); turns++) {
    await page.mouse.wheel(0, -800)
    await page.waitForTimeout(60)
  }
  await failed.waitFor()
  assert.equal(asked, 1)
  await page.unroute(older)
  await page.getByRole('button', { name: 'Try again' }).click()
  await failed.waitFor({ state: 'hidden' })
  await page.mouse.wheel(0, -800)
  await page.getByText('Question 100', { exact: true }).waitFor()
})

test('Enter takes no bot that was found for other letters', async () => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  await page.goto('/chats/new?bots=assistant')
  await field(page).fill('@')
  await page.getByRole('option').first().waitFor()
  const shown = (await page.getByRole('option').allTextContents()).join()
  const other = ['tutor', 'analyst', 'storyteller', 'sql-mentor'].find((handle) => !shown.includes(`@${handle}`))
  assert.ok(other)
  const search = Promise.withResolvers<void>()
  await page.route('**/api/bots?*q=*', async (route) => {
    await search.promise
    await route.continue()
  })
  await field(page).pressSequentially(other)
  await field(page).press('Enter')
  assert.equal(await field(page).inputValue(), `@${other}`)
  search.resolve()
  await page.getByRole('option', { name: `@${other}` }).waitFor()
  await field(page).press('Enter')
  assert.equal(await field(page).inputValue(), `@${other} `)
})

test('what is written from right to left runs so, and code never does', async () => {
  await using world = await startHouse({ market: 'seeded' })
  const greeting = 'مرحبا بك في `npm test`\n\n- أولا\n- ثانيا\n\n```ts\nconst one = 1\n```\n\nIn English too.'
  await publishBot(await world.people.signUp('Claire'), { handle: 'katib', usdPerThousand: 0n, sheet: { greeting } })
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  await page.goto('/chats/new?bots=katib')
  await page.locator('.markdown').waitFor()
  const areRtl = (selector: string) =>
    page.locator(selector).evaluateAll((all) => all.map((element) => element.matches(':dir(rtl)')))
  assert.deepEqual(await areRtl('.markdown > p'), [true, false])
  assert.deepEqual(await areRtl('.markdown li'), [true, true])
  assert.deepEqual(await areRtl('.markdown :is(p > code, pre)'), [false, false])
  await field(page).fill('שלום')
  assert.deepEqual(await areRtl('textarea'), [true])
})

async function writeLong(world: World, owner: Person): Promise<string> {
  const { rows } = await world.db.pool.query<{ id: string; handle: string; name: string }>(
    `select id, handle, handle as name from bots.bot where handle = 'assistant'`,
  )
  const [bot] = rows
  assert.ok(bot)
  return writeConversation(world.db, { owner: owner.viewer.id, bot, messages: 240 })
}

/** Where the questions in sight stand. */
async function placesOf(page: Page): Promise<ReadonlyMap<string, number>> {
  const places = await page
    .getByText(/^Question \d+$/)
    .evaluateAll((elements) =>
      elements.map((element): [string, number] => [element.textContent, element.getBoundingClientRect().top]),
    )
  return new Map(places.filter(([, top]) => top > 60 && top < 700))
}
