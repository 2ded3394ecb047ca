import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { isRefusal } from '#kernel'
import { getWallet } from '#wallet/contract'
import { movedBetween, readBooks } from './books.ts'
import { openBrowser, startHouse, type Browsing } from './visitor.ts'

let browsing: Browsing
before(async () => {
  browsing = await openBrowser()
})
after(() => browsing[Symbol.asyncDispose]())

test('a day brings its points, and a card brings more to the cent', async () => {
  await using world = await startHouse()
  const ada = await world.people.signUp('Ada')
  const empty = await readBooks(world)
  await using visitor = await browsing.visit(world, { as: ada, width: 390 })
  const { page } = visitor
  await page.goto('/wallet')
  await page.getByText('Free points of the day').waitFor()
  const granted = await readBooks(world)
  assert.deepEqual(movedBetween(empty, granted), { 'points.issued POINTS': -3000n, 'wallet.points POINTS': 3000n })
  await page.getByRole('link', { name: 'Top up' }).click()
  await page.getByLabel('Amount, in US dollars').fill('3.00')
  await page.getByRole('button', { name: 'Pay $3.00' }).dblclick()
  await page.getByText('+100,000').waitFor()
  // Of two presses the second may be told of the payment while the first still writes it into the books.
  const moved = async () => movedBetween(granted, await readBooks(world))
  for (let waited = 0; (await moved())['wallet.points POINTS'] === undefined && waited < 50; waited++) await sleep(100)
  await world.settle()
  const paid = await moved()
  assert.equal(paid['wallet.points POINTS'], 100_000n, 'pressed twice, paid once')
  assert.equal(paid['deferred.points USD'], 3_000_000n)
  const [clearing = 0n, fees = 0n] = [paid['cash.clearing USD'], paid['cash.fees USD']]
  assert.equal(clearing + fees, -3_000_000n)
})

test('while the card provider is silent one looks again, and does not pay again', async () => {
  await using world = await startHouse()
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  await page.goto('/wallet/top-up')
  await page.getByRole('radio', { name: /does not answer/ }).check()
  await page.getByRole('link', { name: '3,000 points' }).waitFor()
  const begun = await readBooks(world)
  const pay = page.getByRole('button', { name: /^Pay/ })
  await pay.click()
  await page.getByRole('button', { name: 'Look again' }).waitFor()
  assert.equal(await pay.count(), 0)
  await page.getByRole('button', { name: 'Look again' }).click()
  await page.getByText('Waiting for the bank').waitFor()
  assert.deepEqual(movedBetween(begun, await readBooks(world)), {})
})

test('where the answer is lost the amount stands still, and what was paid is found', async () => {
  await using world = await startHouse()
  await using visitor = await browsing.visit(world, { as: await world.people.signUp('Ada') })
  const { page } = visitor
  const [amount, pay] = [page.getByLabel('Amount, in US dollars'), page.getByRole('button', { name: /^Pay/ })]
  const look = page.getByRole('button', { name: 'Look again' })
  await page.goto('/wallet/top-up')
  await page.getByRole('link', { name: '3,000 points' }).waitFor()
  const begun = await readBooks(world)
  const points = async () => movedBetween(begun, await readBooks(world))['wallet.points POINTS']
  await page.route('**/api/top-ups', (route) => route.abort(), { times: 1 })
  await pay.click()
  await look.waitFor()
  assert.equal(await pay.count(), 0)
  assert.ok(await amount.isDisabled(), 'another amount would be another payment')
  await look.click()
  await page.getByText('Nothing of it arrived').waitFor()
  assert.ok(await amount.isDisabled(), 'what never arrived may still do so')
  await page.route('**/api/top-ups', async (route) => route.fetch().then(() => route.abort()), { times: 1 })
  await pay.click()
  await look.waitFor()
  assert.equal(await points(), 333_334n)
  await page.reload()
  await page.getByText('+333,334').waitFor()
  await page.goto('/wallet/top-up')
  await pay.waitFor()
  assert.equal(await points(), 333_334n)
})

test('a limit that is set in one tab is not undone by another', async () => {
  await using world = await startHouse()
  const ada = await world.people.signUp('Ada')
  await using visitor = await browsing.visit(world, { as: ada })
  const { page, context } = visitor
  const other = await context.newPage()
  for (const tab of [page, other]) {
    await tab.goto('/wallet/caps')
    await tab.getByLabel('Per day').waitFor()
  }
  const set = async (tab: Page, label: string, points: string) => {
    await tab.getByLabel(label).fill(points)
    await tab.getByRole('button', { name: 'Save the limits' }).click()
    await tab.getByText('Your limits hold from now on.').waitFor()
  }
  await set(page, 'Per day', '1000')
  await set(other, 'Per month', '9000')
  const wallet = await ada.call(getWallet, {})
  assert.ok(!isRefusal(wallet))
  assert.deepEqual(wallet.caps, { message: null, day: 1_000n, month: 9_000n })
})

test('a card that is declined costs nothing, and one that asks is answered first', async () => {
  await using world = await startHouse()
  const ada = await world.people.signUp('Ada')
  await using visitor = await browsing.visit(world, { as: ada })
  const { page } = visitor
  await page.goto('/wallet/top-up')
  await page.getByRole('radio', { name: /Is declined/ }).check()
  await page.getByRole('link', { name: '3,000 points' }).waitFor()
  const begun = await readBooks(world)
  await page.getByRole('button', { name: /^Pay/ }).click()
  await page.getByRole('alert').waitFor()
  assert.deepEqual(movedBetween(begun, await readBooks(world)), {})
  await page.getByRole('button', { name: 'Try another card' }).click()
  await page.getByRole('radio', { name: /second step/ }).check()
  await page.getByRole('button', { name: /^Pay/ }).click()
  await page.getByRole('button', { name: 'Yes, it is mine' }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Yes, it is mine' }).waitFor()
  await page.getByRole('link', { name: 'To the wallet' }).click()
  await page.getByRole('link', { name: 'Top up' }).click()
  await page.getByRole('button', { name: 'Yes, it is mine' }).waitFor()
  assert.deepEqual(movedBetween(begun, await readBooks(world)), {})
  await page.getByRole('button', { name: 'Yes, it is mine' }).click()
  await page.getByText('+333,334').waitFor()
  assert.equal(movedBetween(begun, await readBooks(world))['wallet.points POINTS'], 333_334n)
})
