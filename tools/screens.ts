// Takes the pictures of docs/screens: a seeded market in a real browser, on a phone and a desktop, in light and dark.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { settableClock } from '#kernel'
import { throwAwayDatabase } from './throw-away.ts'

const folder = resolve(import.meta.dirname, '../docs/screens')
const widths = [390, 1440] as const
const themes = ['light', 'dark'] as const

if (spawnSync('fc-list', [':lang=ja'], { encoding: 'utf8' }).stdout?.trim() === '')
  throw new Error(
    'No font here has the Chinese and Japanese characters that some bots speak: install fonts-noto-cjk, or another.',
  )
await using database = await throwAwayDatabase()
process.env['TEST_DATABASE_URL'] = database.url
const { openBrowser, startHouse } = await import('../test/e2e/visitor.ts')
const { beginningOfStory, tellStory } = await import('../test/e2e/story.ts')

type Picture = {
  readonly name: string
  readonly path: string
  readonly as?: typeof reader
  /** The last button of this name in the screen is pressed first. */
  readonly press?: RegExp
}

/** Without names: all of them. */
const { positionals: wanted } = parseArgs({ allowPositionals: true })

await using browsing = await openBrowser()
await using world = await startHouse({ market: 'seeded', clock: settableClock(beginningOfStory()) })
const { reader, creator, operator, bot, conversation, turn } = await tellStory(world)

const pictures: readonly Picture[] = [
  { name: 'bots', path: '/', as: reader },
  { name: 'bot', path: '/b/contract-reader', as: reader },
  { name: 'chat', path: `/chats/${conversation}`, as: reader },
  { name: 'chat-receipt', path: `/chats/${conversation}`, as: reader, press: /^[\d,]+ points/ },
  { name: 'receipt', path: `/receipts/${turn}`, as: reader },
  { name: 'wallet', path: '/wallet', as: reader },
  { name: 'top-up', path: '/wallet/top-up', as: reader },
  { name: 'studio', path: '/studio', as: creator },
  { name: 'workbench', path: `/studio/${bot}`, as: creator },
  { name: 'earnings', path: '/earnings', as: creator },
  { name: 'sign-up', path: '/sign-up' },
  { name: 'desk', path: '/desk', as: operator },
  { name: 'people', path: '/desk/users', as: operator },
  { name: 'models', path: '/desk/models', as: operator },
]

mkdirSync(folder, { recursive: true })
for (const width of widths) {
  for (const theme of themes) {
    for (const { name, path, as, press } of pictures) {
      if (wanted.length > 0 && !wanted.includes(name)) continue
      await using visitor = await browsing.visit(world, { width, theme, ...(as ? { as } : {}) })
      await visitor.page.goto(path)
      await visitor.page.getByRole('heading', { level: 1 }).first().waitFor()
      await visitor.page.waitForLoadState('networkidle')
      if (press) await visitor.page.getByRole('main').getByRole('button', { name: press }).last().click()
      if (press) await visitor.page.getByRole('dialog').waitFor()
      const device = width === 390 ? 'phone' : 'desktop'
      await visitor.page.screenshot({ path: join(folder, `${name}-${device}-${theme}.png`), animations: 'disabled' })
    }
  }
}
console.log(`The pictures are in ${folder}`)
