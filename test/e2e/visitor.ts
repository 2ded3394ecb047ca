import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { openScreens } from '#platform'
import { findBrowser } from '../../tools/browser.ts'
import { buildScreens, screensFolder } from '../../tools/web.ts'
import { root } from '../source.ts'
import { World } from '../world.ts'
import type { Person } from '../world-people.ts'

/** As root Chromium has no sandbox of its own; the rest keeps it from speaking to anybody but the world. */
const switches = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** How long a step on screen may take before the journey is broken; nothing is judged by how fast it was. */
const patienceMs = 30_000

type Options = {
  /** Whose session the browser has from the start; nobody's unless given. */
  readonly as?: Person
  readonly width?: 390 | 1440
  readonly theme?: 'light' | 'dark'
}

export type Visitor = AsyncDisposable & { readonly page: Page; readonly context: BrowserContext }

/** One browser of one test file. Each visitor has their own cookies. */
export type Browsing = AsyncDisposable & {
  visit(world: World, options?: Options): Promise<Visitor>
}

/** A world that serves its screens, as built from what stands in the tree. */
export async function startHouse(options: Parameters<typeof World.start>[0] = {}): Promise<World> {
  await buildScreens()
  return World.start({ ...options, front: { ...options.front, screens: openScreens(join(root, screensFolder)) } })
}

export async function openBrowser(): Promise<Browsing> {
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: switches })
  return {
    visit: (world, options) => visit(browser, world, options),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

async function visit(
  browser: Browser,
  world: World,
  { as, width = 1440, theme = 'light' }: Options = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: world.url,
    colorScheme: theme,
    hasTouch: width === 390,
    reducedMotion: 'reduce',
    // Far from UTC, so that a UTC day which is drawn by the reader's clock is a day off.
    timezoneId: 'America/Los_Angeles',
    viewport: { width, height: width === 390 ? 844 : 900 },
  })
  context.setDefaultTimeout(patienceMs)
  // As browsers are for a page that came over plain http from another machine of a network.
  await context.addInitScript(() => Reflect.deleteProperty(Crypto.prototype, 'randomUUID'))
  if (as) await context.addCookies([{ ...cookieOf(as), url: world.url }])
  const page = await context.newPage()
  const faults = collectFaults(page)
  return {
    page,
    context,
    [Symbol.asyncDispose]: async () => {
      await context.close()
      if (faults.length > 0) throw new Error(`The page broke: ${faults.join('; ')}`)
    },
  }
}

function cookieOf({ cookie }: Person): { readonly name: string; readonly value: string } {
  const [name = '', ...value] = cookie.split('=')
  return { name, value: value.join('=') }
}

/** What a page throws, and what its policy forbade: a journey in which this happens has failed, whatever it shows. */
function collectFaults(page: Page): readonly string[] {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy|Uncompiled message/.test(message.text())) faults.push(message.text())
  })
  return faults
}
