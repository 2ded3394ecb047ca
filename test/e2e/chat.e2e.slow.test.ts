import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { writeConversation } from '../long-conversation.ts'
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
  const { rows } = await world.db.pool.query<{ id: string; handle: string; name: string }>(
    `select id, handle, handle as name from bots.bot where handle = 'assistant'`,
  )
  const [bot] = rows
  assert.ok(bot)
  const conversation = await writeConversation(world.db, { owner: ada.viewer.id, bot, messages: 240 })
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

/** Where the questions in sight stand. */
async function placesOf(page: Page): Promise<ReadonlyMap<string, number>> {
  const places = await page
    .getByText(/^Question \d+$/)
    .evaluateAll((elements) =>
      elements.map((element): [string, number] => [element.textContent, element.getBoundingClientRect().top]),
    )
  return new Map(places.filter(([, top]) => top > 60 && top < 700))
}
