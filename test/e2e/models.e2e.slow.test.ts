import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { scripts, startWire } from '../wire/openai.ts'
import { openBrowser, startHouse, type Browsing } from './visitor.ts'

const key = 'sk-a-key-of-the-wire-1234'

let browsing: Browsing
before(async () => {
  browsing = await openBrowser()
})
after(() => browsing[Symbol.asyncDispose]())

test('from a pasted key to a real answer on one screen, and what is wrong is said', async () => {
  await using wire = await startWire({ key })
  await using world = await startHouse()
  const olga = await world.people.claim('Olga')
  await using visitor = await browsing.visit(world, { as: olga })
  const { page } = visitor
  await page.goto('/desk/models')
  await page.getByLabel('Provider').selectOption({ label: 'Another address that speaks OpenAI’s wire' })
  await page.getByLabel('Address').fill(wire.baseUrl)
  await page.getByLabel('Key').fill('sk-a-wrong-one')
  const connect = page.getByRole('button', { name: 'Try it and keep it' })
  await connect.click()
  await page.getByText('The key was not accepted').waitFor()
  await page.getByLabel('Key').fill(key)
  await connect.click()
  const answer = page.getByRole('region', { name: 'First answer' })
  await answer.getByText('The answer comes in seven small pieces.').waitFor()
  await page.getByText('key ends in 1234').waitFor()
  assert.ok(!(await page.content()).includes(key))
})

test('the operator offers another model, sets what it costs, and takes the provider away', async () => {
  await using wire = await startWire({ key })
  wire.play('large', scripts.normal())
  await using world = await startHouse()
  const olga = await world.people.claim('Olga')
  await using visitor = await browsing.visit(world, { as: olga, width: 390 })
  const { page } = visitor
  await page.goto('/desk/models')
  await page.getByLabel('Provider').selectOption({ label: 'Another address that speaks OpenAI’s wire' })
  await page.getByLabel('Address').fill(wire.baseUrl)
  await page.getByLabel('Key').fill(key)
  await page.getByRole('button', { name: 'Try it and keep it' }).click()
  await page.getByRole('button', { name: '1 of 2 models offered' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('checkbox', { name: 'large' }).check({ force: true })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: '2 of 2 models offered' }).waitFor()
  await page.getByRole('button', { name: /\/large$/ }).click()
  await dialog.getByLabel('A million tokens in').fill('0.5')
  await dialog.getByLabel('A million tokens out').fill('1,25')
  await dialog.getByRole('button', { name: 'Set it' }).click()
  await page.getByRole('cell', { name: '$1.25' }).waitFor()
  const name = new URL(wire.baseUrl).host
  await page.getByRole('button', { name: `What to do with ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Remove it' }).click()
  await dialog.getByRole('button', { name: 'Remove it' }).click()
  await page.getByText('key ends in').waitFor({ state: 'detached' })
  const { rows } = await world.db.pool.query('select slug from models.provider')
  assert.deepEqual(rows, [])
})
