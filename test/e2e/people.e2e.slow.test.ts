import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { openBrowser, startHouse, type Browsing } from './visitor.ts'

let browsing: Browsing
before(async () => {
  browsing = await openBrowser()
})
after(() => browsing[Symbol.asyncDispose]())

const password = 'correct horse battery'

test('whoever opens the printed link runs the install, and its ledger proves itself', async () => {
  await using world = await startHouse()
  const [line = ''] = await world.app.greetings(world.url)
  const link = /http\S+$/.exec(line)?.[0] ?? assert.fail(line)
  await using visitor = await browsing.visit(world, { width: 390 })
  const { page } = visitor
  await page.goto(link)
  await page.getByRole('button', { name: 'Become the operator' }).click()
  // The first wrong field has the focus.
  await page.getByLabel('Name').and(page.locator(':focus')).waitFor()
  await page.getByLabel('Name').fill('Olga')
  await page.getByLabel('E-mail').fill('olga@example.org')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Become the operator' }).click()
  await page.waitForURL('**/desk')
  await page.getByText('All well').waitFor()
  await page.getByRole('button', { name: 'Prove it now' }).click()
  const proof = page.getByRole('region', { name: 'Proof of the ledger' })
  await proof.getByText('It holds').waitFor()
  assert.equal(await proof.getByText('holds', { exact: true }).count(), 10)
  await page.getByText(/^\d+ journals proven at/).waitFor()
  await page.goto(link)
  await page.getByText('This link has done its work').waitFor()
})

test('one comes back to where one wanted to go, and is told plainly what is wrong', async () => {
  await using world = await startHouse()
  const ada = await world.people.signUp('Ada')
  await using visitor = await browsing.visit(world)
  const { page } = visitor
  await page.goto('/sign-in?to=%2Faccount')
  await page.getByLabel('E-mail').fill(ada.email)
  await page.getByLabel('Password', { exact: true }).fill('not it')
  const enter = page.getByRole('main').getByRole('button', { name: 'Sign in' })
  await enter.click()
  await page.getByText('The e-mail or the password is not right').waitFor()
  await page.getByLabel('Password', { exact: true }).fill(ada.password)
  await enter.click()
  await page.waitForURL('**/account')
  await page.getByText('Here since').waitFor()
  await page.goto('/sign-in?to=https%3A%2F%2Fevil.example')
  await page.getByText('You are signed in as Ada').waitFor()
  await page.getByRole('link', { name: 'Go on' }).click()
  await page.waitForURL(`${world.url}/`)
})

test('a name, a password and the devices are changed on one page', async () => {
  await using world = await startHouse()
  const ada = await world.people.signUp('Ada')
  await using visitor = await browsing.visit(world, { as: ada })
  await using phone = await browsing.visit(world, { width: 390 })
  await phone.page.goto('/sign-in?to=%2Faccount')
  await phone.page.getByLabel('E-mail').fill(ada.email)
  await phone.page.getByLabel('Password', { exact: true }).fill(ada.password)
  await phone.page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  await phone.page.getByText('This one').waitFor()
  const { page } = visitor
  await page.goto('/account')
  await page.getByLabel('Name').fill('Ada Lovelace')
  await page.getByRole('button', { name: 'Save the name' }).click()
  await page.getByRole('button', { name: 'Account of Ada Lovelace' }).waitFor()
  await page.getByRole('button', { name: /^Sign out Chrome on/ }).click()
  await page.getByRole('button', { name: /^Sign out Chrome on/ }).waitFor({ state: 'detached' })
  await phone.page.reload()
  await phone.page.getByText('This page is yours alone').waitFor()
  await page.getByLabel('Present password').fill(ada.password)
  await page.getByLabel('New password').fill(password)
  await page.getByRole('button', { name: 'Change the password' }).click()
  await page.getByText('The new password holds').waitFor()
})

test('people take their data with them, close the account, and are gone', async () => {
  await using world = await startHouse()
  const ada = await world.people.signUp('Ada')
  await using visitor = await browsing.visit(world, { as: ada, width: 390, theme: 'dark' })
  const { page } = visitor
  await page.goto('/account')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export' }).click(),
  ])
  const exported = JSON.parse(await readFile(await file.path(), 'utf8')) as { rooms: { people: unknown } }
  assert.match(JSON.stringify(exported.rooms.people), /"name":"Ada"/)
  await page.getByRole('button', { name: 'Close the account' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Your password').fill('not it')
  await dialog.getByRole('button', { name: 'Close for good' }).click()
  await dialog.getByText('That is not your present password').waitFor()
  await dialog.getByLabel('Your password').fill(ada.password)
  await dialog.getByRole('button', { name: 'Close for good' }).click()
  await page.waitForURL(`${world.url}/`)
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  const { rows } = await world.db.pool.query('select name, email, erased_at is not null as erased from people.user')
  assert.deepEqual(rows, [{ name: '', email: null, erased: true }])
})

test('the operator suspends, takes that back, and helps who forgot a password', async () => {
  await using world = await startHouse()
  const olga = await world.people.claim('Olga')
  const ada = await world.people.signUp('Ada')
  await using visitor = await browsing.visit(world, { as: olga })
  const { page } = visitor
  await page.goto('/desk/users')
  await page.getByLabel('Find by name, e-mail or id').fill('ada')
  await page.getByText('1 person').waitFor()
  const menu = page.getByRole('button', { name: 'What to do with Ada' })
  await menu.click()
  await page.getByRole('menuitem', { name: 'Suspend' }).click()
  const suspended = page.getByRole('cell', { name: 'Suspended', exact: true })
  await suspended.waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await suspended.waitFor({ state: 'detached' })
  await menu.click()
  await page.getByRole('menuitem', { name: 'New password by link' }).click()
  await page.getByRole('button', { name: 'Make the link' }).click()
  const link = await page.getByLabel('Link').inputValue()
  await using forgetful = await browsing.visit(world, { width: 390 })
  await forgetful.page.goto(link)
  await forgetful.page.getByLabel('New password').fill(password)
  await forgetful.page.getByRole('button', { name: 'Set the password' }).click()
  await forgetful.page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await forgetful.page.getByLabel('E-mail').fill(ada.email)
  await forgetful.page.getByLabel('Password', { exact: true }).fill(password)
  await forgetful.page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
  await forgetful.page.waitForURL(`${world.url}/`)
})

test('the operator closes what sells, and the desk says who did', async () => {
  await using world = await startHouse()
  await using visitor = await browsing.visit(world, { as: await world.people.claim('Olga'), width: 390 })
  const { page } = visitor
  await page.goto('/desk')
  const messages = page.getByRole('switch', { name: 'Messages' })
  await messages.click()
  await page.getByRole('dialog').getByText('Free bots answer as ever.').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.equal(await messages.isChecked(), true, 'one press closes nothing')
  await messages.click()
  await page.getByRole('button', { name: 'Close it' }).click()
  await page.getByText('Closed', { exact: true }).waitFor()
  await page.getByText('by Olga').waitFor()
  await page.reload()
  assert.equal(await messages.isChecked(), false)
  await messages.click()
  await page.getByText('Open', { exact: true }).waitFor()
})
