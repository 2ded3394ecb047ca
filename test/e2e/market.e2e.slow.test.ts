import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { movedBetween, readBooks } from './books.ts'
import { publishBot } from './deeds.ts'
import { begun, charged, composer, say, silence, textOf } from './talk.ts'
import { openBrowser, startHouse, type Browsing } from './visitor.ts'

let browsing: Browsing
before(async () => {
  browsing = await openBrowser()
})
after(() => browsing[Symbol.asyncDispose]())

const password = 'correct horse battery'

test('from the claim link to what the creator earns', async () => {
  await using world = await startHouse({ market: 'seeded' })
  const [greeting = ''] = await world.app.greetings(world.url)
  const link = /http\S+$/.exec(greeting)?.[0] ?? assert.fail(greeting)
  await using desk = await browsing.visit(world)
  await desk.page.goto(link)
  await desk.page.getByLabel('Name').fill('Olga')
  await desk.page.getByLabel('E-mail').fill('olga@example.org')
  await desk.page.getByLabel('Password', { exact: true }).fill(password)
  await desk.page.getByRole('button', { name: 'Become the operator' }).click()
  await desk.page.waitForURL('**/desk')

  const claire = await world.people.signUp('Claire')
  await publishBot(claire, { handle: 'margin-notes', usdPerThousand: 6_000_000n, sheet: { model: 'sandbox/plain' } })

  await using visitor = await browsing.visit(world, { width: 390 })
  const { page } = visitor
  await page.goto('/sign-up')
  await page.getByLabel('Name').fill('Lena')
  await page.getByLabel('E-mail').fill('lena@example.org')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Make the account' }).click()
  await page.getByRole('link', { name: '3,000 points' }).waitFor()
  await page.getByRole('searchbox', { name: 'What do you need?' }).fill('margin')
  await page.getByRole('link', { name: /Margin Notes/ }).click()
  await page.getByRole('link', { name: 'Talk to it' }).click()
  const before = await readBooks(world)
  await composer(page).fill('Is my first sentence any good?')
  const tag = page.getByRole('button', { name: /^up to [\d,]+ points/ })
  const most = BigInt(
    /[\d,]+/.exec((await tag.textContent()) ?? '')?.[0].replaceAll(',', '') ?? assert.fail('no price'),
  )
  await tag.click()
  const quote = page.getByRole('region', { name: 'Quote' })
  await quote.getByText('The price its creator has set').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await begun(page, 'Margin Notes')
  await silence(page)
  const paid = await charged(page)
  assert.ok(paid > 200n && paid <= most, `${paid} points`)
  const moved = movedBetween(before, await readBooks(world))
  assert.equal(moved['wallet.points POINTS'], -paid)
  assert.equal(moved['points.consumed POINTS'], paid)
  assert.equal(moved['creator.pending USD'], 6000n, 'the exact price of one message')

  await using creator = await browsing.visit(world, { as: claire })
  await creator.page.goto('/earnings')
  await creator.page.getByRole('table').first().getByText('Margin Notes').waitFor()
  await creator.page.getByText('$0.006').first().waitFor()

  await desk.page.reload()
  const takings = desk.page.getByRole('region', { name: 'What messages brought' })
  await takings.getByText(`${paid.toLocaleString('en')} points`).waitFor()
  await takings.getByText('$0.006', { exact: true }).waitFor()
})

test('out of points, one tops up without losing a word, and sends', async () => {
  await using world = await startHouse({ market: 'seeded' })
  const claire = await world.people.signUp('Claire')
  const lena = await world.people.signUp('Lena')
  await publishBot(claire, { handle: 'rare-words', usdPerThousand: 9_000_000_000n, sheet: { name: 'Rare Words' } })
  await using visitor = await browsing.visit(world, { as: lena })
  const { page } = visitor
  await page.goto('/chats/new?bots=rare-words')
  await composer(page).fill('A word for the light under a door')
  await page.getByRole('main').getByRole('link', { name: 'Top up' }).click()
  await page.getByLabel('Amount, in US dollars').fill('25')
  await page.getByRole('button', { name: 'Pay $25.00' }).click()
  await page.getByText('+833,334').waitFor()
  await page.goto('/chats/new?bots=rare-words')
  assert.equal(await composer(page).inputValue(), 'A word for the light under a door', 'the draft is kept')
  const before = await readBooks(world)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await begun(page, 'Rare Words')
  await silence(page)
  const paid = await charged(page)
  const moved = movedBetween(before, await readBooks(world))
  assert.equal(moved['wallet.points POINTS'], -paid)
  assert.equal(moved['creator.pending USD'], 9_000_000n)
  await page.getByRole('link', { name: `${(836_334n - paid).toLocaleString('en')} points` }).waitFor()
})

test('an answer is stopped, and what was asked for is paid', async () => {
  await using world = await startHouse({ market: 'seeded' })
  const lena = await world.people.signUp('Lena')
  await using visitor = await browsing.visit(world, { as: lena })
  const { page } = visitor
  await page.goto('/chats/new?bots=slow-thinker')
  await page.getByRole('link', { name: '3,000 points' }).waitFor()
  const before = await readBooks(world)
  await say(page, 'Why is there something?')
  await begun(page, 'Slow Thinker')
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await silence(page)
  const paid = await charged(page)
  const stopped = await textOf(page, 'Slow Thinker').textContent()
  const moved = movedBetween(before, await readBooks(world))
  assert.equal(moved['wallet.points POINTS'], -paid)
  assert.equal(moved['creator.pending USD'], 12_000n, 'a stopped answer was asked for')
  await page.reload()
  await begun(page, 'Slow Thinker')
  assert.equal(await textOf(page, 'Slow Thinker').textContent(), stopped, 'what was read is what is kept')
})

test('a reload and a second browser read the same answer on; it is paid once', async () => {
  await using world = await startHouse({ market: 'seeded' })
  const lena = await world.people.signUp('Lena')
  await using first = await browsing.visit(world, { as: lena })
  const { page } = first
  await page.goto('/chats/new?bots=slow-thinker')
  await page.getByRole('link', { name: '3,000 points' }).waitFor()
  const before = await readBooks(world)
  await say(page, 'Is time a place?')
  await page.waitForURL(/\/chats\/[\w-]{36}/)
  await begun(page, 'Slow Thinker')
  const early = (await textOf(page, 'Slow Thinker').textContent()) ?? ''
  await page.reload()
  await using second = await browsing.visit(world, { as: lena, width: 390, theme: 'dark' })
  await second.page.goto(new URL(page.url()).pathname)
  await begun(second.page, 'Slow Thinker')
  await second.page.getByRole('button', { name: 'Stop', exact: true }).click()
  await Promise.all([silence(page), silence(second.page)])
  const [here, there] = await Promise.all([page, second.page].map((each) => textOf(each, 'Slow Thinker').textContent()))
  assert.equal(here, there)
  assert.ok(here?.startsWith(early.slice(0, 12)), `it begins as it was first read: ${here}`)
  assert.equal(await charged(page), await charged(second.page))
  const moved = movedBetween(before, await readBooks(world))
  assert.equal(moved['wallet.points POINTS'], -(await charged(page)))
  assert.equal(moved['creator.pending USD'], 12_000n)
})
