import type { Page } from 'playwright-core'
import { openScreens } from '#platform'
import { join } from 'node:path'
import { World } from '../test/world.ts'
import { buildScreens, screensFolder } from '../tools/web.ts'
import { writeConversation } from '../test/long-conversation.ts'
import { openReader, type Reader } from './chat-ui/reader.ts'
import { percentile, type Work } from './chat-ui/trace.ts'
import { shown, type Outcome, type Setting } from './form/outcome.ts'
import { startServer } from './form/server.ts'

export const takes = [] as const

const plans = { quick: { messages: 1_000, pages: 3 }, full: { messages: 5_000, pages: 12 } } as const
const allowedMs = { frame: 8, task: 50 } as const

/**
 * A long conversation in Chromium on a CPU four times slower: an answer streams while somebody types, then they scroll up
 * through older messages. Layout shift is what the browser itself says.
 */
export async function bench({ size, say }: Setting): Promise<Outcome> {
  const plan = plans[size]
  await buildScreens({ say })
  await using server = await startServer(say)
  process.env['TEST_DATABASE_URL'] = server.url
  const screens = openScreens(join(import.meta.dirname, '..', screensFolder))
  await using world = await World.start({ market: 'seeded', front: { screens } })
  const person = await world.people.signUp('Reader')
  const { rows } = await world.db.pool.query<{ id: string; handle: string; name: string }>(
    `select b.id, b.handle, b.handle as name from bots.bot b where b.handle = 'storyteller'`,
  )
  const [bot] = rows
  if (!bot) throw new Error('the market has no storyteller')
  say(`a conversation of ${plan.messages} messages`)
  const conversation = await writeConversation(world.db, { owner: person.viewer.id, bot, messages: plan.messages })
  await using reader = await openReader(world, person)
  await reader.page.goto(`/chats/${conversation}`)
  await reader.page.getByText(`Question ${plan.messages / 2}`, { exact: true }).waitFor()
  say('an answer streams while somebody types')
  const streaming = await reader.watch(() => streamAndType(reader.page))
  say('older messages come while somebody scrolls up')
  const { work: scrolling, shifts, drawn } = await scrollUp(reader, plan.pages)
  return outcomeOf({ streaming, scrolling, shifts, drawn, postgres: server.report })
}

async function streamAndType(page: Page): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('Tell me a long story')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('button', { name: 'Stop' }).waitFor()
  const ended = page.getByRole('button', { name: 'Send' }).waitFor({ timeout: 120_000 })
  await field.pressSequentially(
    'What I want to ask next, typed at the pace of a quick hand, while it is still speaking. ',
    {
      delay: 60,
    },
  )
  await ended
}

type Scrolled = { readonly work: Work; readonly shifts: number; readonly drawn: number }

/** Scrolls up by the wheel until so many older pages have come. */
async function scrollUp(reader: Reader, pages: number): Promise<Scrolled> {
  const { page } = reader
  await page.evaluate(() => {
    const seen = { shift: 0 }
    Object.assign(globalThis, { seen })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shift += (entry as unknown as { readonly value: number }).value
    }).observe({ entryTypes: ['layout-shift' as never] })
  })
  await page.mouse.move(800, 400)
  const work = await reader.watch(async () => {
    for (let step = 0; step < pages * 20; step++) {
      await page.mouse.wheel(0, -700)
      await page.waitForTimeout(50)
    }
  })
  const shifts = await page.evaluate(() => (globalThis as unknown as { seen: { shift: number } }).seen.shift)
  const drawn = await page.getByRole('list', { name: 'Messages' }).locator('> li').count()
  return { work, shifts, drawn }
}

function outcomeOf(measured: {
  readonly streaming: Work
  readonly scrolling: Work
  readonly shifts: number
  readonly drawn: number
  readonly postgres: Readonly<Record<string, string>>
}): Outcome {
  const { streaming, scrolling, shifts, drawn } = measured
  const loads = {
    'streaming and typing, by the wall': figuresOf(streaming.wall),
    'streaming and typing, CPU of the thread': figuresOf(streaming.cpu),
    'scrolling up, by the wall': figuresOf(scrolling.wall),
    'scrolling up, CPU of the thread': figuresOf(scrolling.cpu),
  }
  const { frame_p99_ms, longest_task_ms } = figuresOf(streaming.wall)
  return {
    server: measured.postgres,
    tables: [
      {
        title: 'Main thread, CPU four times slower, ms',
        head: ['what', 'a frame, p50', 'a frame, p99', 'longest task', 'tasks over 50'],
        rows: Object.entries(loads).map(([name, load]) => [name, ...Object.values(load).map(shown)]),
      },
      {
        title: 'Older messages',
        head: ['what', 'is'],
        rows: [
          ['layout shift, summed', shown(shifts)],
          ['rows drawn at once', String(drawn)],
        ],
      },
    ],
    figures: { ...loads, layout_shift: shifts, rows_drawn: drawn },
    ratios: {
      'streaming frame p99 / 8 ms': frame_p99_ms / allowedMs.frame,
      'streaming longest task / 50 ms': longest_task_ms / allowedMs.task,
      'layout shift': shifts,
    },
    targets: [
      { ratio: 'streaming frame p99 / 8 ms', wanted: 'at most', value: 1 },
      { ratio: 'streaming longest task / 50 ms', wanted: 'at most', value: 1 },
      { ratio: 'layout shift', wanted: 'at most', value: 0 },
    ],
  }
}

function figuresOf({ perFrame, tasks }: Work['wall']) {
  return {
    frame_p50_ms: percentile(perFrame, 50),
    frame_p99_ms: percentile(perFrame, 99),
    longest_task_ms: Math.max(0, ...tasks),
    tasks_over_50_ms: tasks.filter((ms) => ms > 50).length,
  }
}
