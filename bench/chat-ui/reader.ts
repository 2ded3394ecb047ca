import { chromium, type Browser, type Page } from 'playwright-core'
import { findBrowser } from '../../tools/browser.ts'
import type { World } from '../../test/world.ts'
import type { Person } from '../../test/world-people.ts'
import { workIn, type Work } from './trace.ts'

const slowdown = 4
const switches = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']

/** One person before one window of a slow machine. */
export type Reader = AsyncDisposable & {
  readonly page: Page
  /** What the main thread did meanwhile, slowed down. */
  watch(during: () => Promise<void>): Promise<Work>
}

export async function openReader(world: World, person: Person): Promise<Reader> {
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: switches })
  const context = await browser.newContext({ baseURL: world.url, viewport: { width: 1440, height: 900 } })
  const [name = '', ...value] = person.cookie.split('=')
  await context.addCookies([{ name, value: value.join('='), url: world.url }])
  const page = await context.newPage()
  return {
    page,
    watch: (during) => watch(browser, page, during),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

async function watch(browser: Browser, page: Page, during: () => Promise<void>): Promise<Work> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', '__metadata'],
  })
  await during()
  const trace = await browser.stopTracing()
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await devtools.detach()
  return workIn(trace)
}
