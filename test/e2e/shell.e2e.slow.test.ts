import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
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
