import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { publishBot } from './deeds.ts'
import { openBrowser, startHouse, type Browsing } from './visitor.ts'

let browsing: Browsing
before(async () => {
  browsing = await openBrowser()
})
after(() => browsing[Symbol.asyncDispose]())

test('an address that no room has says so, and leads back', async () => {
  await using world = await startHouse()
  await using visitor = await browsing.visit(world)
  const { page } = visitor
  await page.goto('/nowhere')
  await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
  await page.getByRole('link', { name: 'Go to the bots' }).click()
  await page.waitForURL(`${world.url}/`)
})

test('the keyboard finds what there is, and Esc brings back where one was', async () => {
  await using world = await startHouse()
  await using visitor = await browsing.visit(world)
  const { page } = visitor
  await page.goto('/sign-in')
  const email = page.getByLabel('E-mail')
  await email.focus()
  await page.keyboard.press('Control+k')
  const find = page.getByRole('combobox', { name: /Find/ })
  await find.waitFor()
  await page.keyboard.press('Escape')
  await find.waitFor({ state: 'hidden' })
  // The focus is where it was.
  await email.and(page.locator(':focus')).waitFor()
  await page.keyboard.press('Control+k')
  await find.fill('register')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Make an account' }).waitFor()
})

test('Enter opens what was found for these letters, and not for those before', async () => {
  await using world = await startHouse()
  const ada = await world.people.signUp('Ada')
  for (const [handle, name] of [
    ['zebra-zoo', 'Zebra Zoo'],
    ['quince-jam', 'Quince Jam'],
  ] as const)
    await publishBot(ada, { handle, usdPerThousand: 0n, sheet: { name } })
  await using visitor = await browsing.visit(world)
  const { page } = visitor
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').waitFor()
  await page.keyboard.press('Control+k')
  const find = page.getByRole('combobox', { name: /Find/ })
  await find.fill('zebra')
  await page.getByRole('option', { name: /Zebra Zoo/ }).waitFor()
  const held = Promise.withResolvers<void>()
  await page.route('**/api/bots?*', async (route) => {
    await held.promise
    await route.continue()
  })
  await find.fill('quince')
  await page.keyboard.press('Enter')
  held.resolve()
  await page.getByRole('option', { name: /Quince Jam/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/b/quince-jam')
})

test('a list stays while another one is fetched, and gives no more of itself meanwhile', async () => {
  await using world = await startHouse()
  const ada = await world.people.signUp('Ada')
  for (let place = 0; place < 25; place++)
    await publishBot(ada, { handle: `bot-${place}`, usdPerThousand: 0n, sheet: { name: `Bot ${place}` } })
  await using visitor = await browsing.visit(world)
  const { page } = visitor
  await page.goto('/')
  const [cards, more] = [page.getByRole('link', { name: /^Bot \d/ }), page.getByRole('button', { name: 'Show more' })]
  await more.waitFor()
  const held = Promise.withResolvers<void>()
  await page.route('**/api/bots?*', async (route) => {
    await held.promise
    await route.continue()
  })
  const asked = page.waitForRequest('**/api/bots?*q=*')
  await page.getByRole('searchbox', { name: 'What do you need?' }).fill('nothing-has-this')
  await asked
  assert.equal(await cards.count(), 24)
  assert.equal(await more.isDisabled(), true)
  held.resolve()
  await page.getByText('No bot answers to that yet').waitFor()
})

test('a screen that breaks says that it did, and not that the house is away', async () => {
  await using world = await startHouse()
  await using visitor = await browsing.visit(world, { as: await world.people.signUp() })
  await visitor.context.addInitScript(() => Reflect.defineProperty(crypto, 'getRandomValues', { value: undefined }))
  await visitor.page.goto('/studio/new')
  await visitor.page.getByRole('heading', { name: 'This screen broke' }).waitFor()
})

test('names and words without a space widen no page of a phone, and no field makes it zoom in', async () => {
  await using world = await startHouse()
  const ada = await world.people.signUp('Ada')
  const [name, word] = ['W'.repeat(50), 'w'.repeat(80)]
  const sheet = { name, tagline: word, description: word, greeting: word, suggestions: [word] }
  const bot = await publishBot(ada, { handle: 'wide', usdPerThousand: 6_000_000n, sheet })
  await using visitor = await browsing.visit(world, { as: ada, width: 390 })
  const { page } = visitor
  const wide: string[] = []
  const small: string[] = []
  for (const path of ['/', '/b/wide', '/studio', `/studio/${bot.id}`, '/wallet', '/earnings']) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    wide.push(...(await page.evaluate<string[]>(beyondTheEdge)).map((words) => `${path}: ${words}`))
    small.push(...(await page.evaluate<string[]>(smallFields)).map((words) => `${path}: ${words}`))
  }
  assert.deepEqual(wide, [])
  assert.deepEqual(small, [])
})

/** Run in the page: what stands beyond the right edge of a page that can be pushed aside. */
const beyondTheEdge = `document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('main *')].filter((each) => each.getBoundingClientRect().right > innerWidth)
    .map((each) => each.tagName + '.' + each.className)`

/** Run in the page: fields whose letters are below what Safari leaves as they are. */
const smallFields = `[...document.querySelectorAll('input:not([type=checkbox]), textarea, select')]
  .filter((each) => Number.parseFloat(getComputedStyle(each).fontSize) < 16).map((each) => each.outerHTML)`

test('a theme is chosen once and stays', async () => {
  await using world = await startHouse()
  await using visitor = await browsing.visit(world)
  const { page } = visitor
  await page.goto('/sign-in')
  await page.getByRole('button', { name: 'Appearance' }).click()
  await page.getByRole('menuitem', { name: 'Dark' }).click()
  await page.reload()
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
})

test('a page for members asks to sign in and comes back; the desk is the operator’s', async () => {
  await using world = await startHouse()
  await using visitor = await browsing.visit(world)
  await visitor.page.goto('/account')
  await visitor.page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await visitor.page.waitForURL('**/sign-in?to=%2Faccount')
  await using member = await browsing.visit(world, { as: await world.people.signUp() })
  await member.page.goto('/desk/users')
  await member.page.getByRole('heading', { name: 'This desk is the operator’s' }).waitFor()
})

test('without a connection the page says so, and keeps what it shows', async () => {
  await using world = await startHouse()
  await using visitor = await browsing.visit(world)
  await visitor.page.goto('/sign-in')
  await visitor.page.getByLabel('E-mail').waitFor()
  await visitor.context.setOffline(true)
  await visitor.page.getByText('You are offline').waitFor()
  await visitor.context.setOffline(false)
  await visitor.page.getByText('You are offline').waitFor({ state: 'hidden' })
})

test('what broke says so, names the request to whoever asks, and is mended by trying again', async () => {
  await using world = await startHouse({ market: 'seeded' })
  await using visitor = await browsing.visit(world, { width: 390 })
  const { page } = visitor
  const problem = { type: 'about:blank', title: 'Broken', status: 500, requestId: 'r-17' }
  await page.route('**/api/bots?*', (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      headers: { 'x-request-id': 'r-17' },
      body: JSON.stringify(problem),
    }),
  )
  await page.goto('/')
  await page.getByRole('heading', { name: 'Something broke on our side' }).waitFor()
  assert.equal(await page.getByText('r-17').isVisible(), false, 'it says nothing to most')
  await page.getByText('For support').click()
  await page.getByText('r-17').waitFor()
  await page.unroute('**/api/bots?*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('link', { name: /SQL Mentor/ }).waitFor()
})

test('on a phone all places can be reached with a thumb', async () => {
  await using world = await startHouse()
  await using visitor = await browsing.visit(world, { width: 390, as: await world.people.claim('Olga') })
  const { page } = visitor
  await page.goto('/')
  const bar = page.getByRole('navigation', { name: 'Main' })
  for (const [name, heading] of places) {
    await bar.getByRole('link', { name }).click()
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  }
  await bar.getByRole('button', { name: 'You' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Desk' }).click()
  await page.waitForURL('**/desk')
  await page.getByRole('link', { name: 'House' }).click()
  await page.waitForURL(`${world.url}/`)
})

const places = [
  ['Chats', 'Chats'],
  ['Wallet', 'Wallet'],
  ['Studio', 'Studio'],
  ['Bots', 'Bots'],
] as const
