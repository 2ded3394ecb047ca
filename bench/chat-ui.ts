import { setTimeout } from 'node:timers/promises'
import type { Locator } from 'playwright-core'
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
 * through older messages. Layout shift is what the browser itself says. A frame and a task are what the main thread computed
 * for them, not how long it waited for a core; beside them stands what a letter costs on a page with one field.
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
  const streaming = await streamAndType(reader, () => isRunning(world, conversation))
  say('older messages come while somebody scrolls up')
  const { work: scrolling, shifts, drawn } = await scrollUp(reader, plan.pages)
  say('somebody types into a page that has nothing but a field')
  const bare = await typeIntoBareField(reader)
  return outcomeOf({ streaming, scrolling, bare, shifts, drawn, postgres: server.report })
}

const words = 'What I want to ask next, typed at the pace of a quick hand, while it is still speaking. '
const keyEveryMs = 60

async function isRunning(world: World, conversation: string): Promise<boolean> {
  const { rowCount } = await world.db.pool.query(
    'select 1 from chat.message where conversation = $1 and turn is not null and ending is null',
    [conversation],
  )
  return rowCount !== 0
}

/** While it is watched the page gets the events of a pointer and a keyboard and nothing else: a look at it would count too. */
async function streamAndType(reader: Reader, running: () => Promise<boolean>): Promise<Work> {
  const { page } = reader
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('Tell me a long story')
  const send = page.getByRole('button', { name: 'Send' })
  await send.hover()
  const [button, area] = [await middleOf(send), await middleOf(field)]
  const work = await reader.watch(async () => {
    await page.mouse.click(button.x, button.y)
    await until(running)
    await page.mouse.click(area.x, area.y)
    await page.keyboard.type(words, { delay: keyEveryMs })
    await until(async () => !(await running()))
    await page.waitForTimeout(1_000)
  })
  if ((await field.inputValue()) !== words) throw new Error('what was typed is not in the field')
  return work
}

async function middleOf(element: Locator): Promise<{ readonly x: number; readonly y: number }> {
  const box = await element.boundingBox()
  if (!box) throw new Error('what is to be pressed is not on screen')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

const lookEveryMs = 100
const looksMax = 1_200

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < looksMax; look++) {
    if (await holds()) return
    await setTimeout(lookEveryMs)
  }
  throw new Error('the answer neither began nor ended within two minutes')
}

/** What the browser itself takes for a letter, with nothing of ours on the page. */
async function typeIntoBareField(reader: Reader): Promise<Work> {
  const { page } = reader
  await page.goto('about:blank')
  await page.setContent('<textarea aria-label="Message" style="width: 600px; field-sizing: content"></textarea>')
  await page.getByRole('textbox').focus()
  return reader.watch(() => page.keyboard.type(words, { delay: keyEveryMs }))
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
  readonly bare: Work
  readonly shifts: number
  readonly drawn: number
  readonly postgres: Readonly<Record<string, string>>
}): Outcome {
  const { streaming, scrolling, bare, shifts, drawn } = measured
  const loads = {
    'streaming and typing, by the wall': figuresOf(streaming.wall),
    'streaming and typing, CPU of the thread': figuresOf(streaming.cpu),
    'scrolling up, by the wall': figuresOf(scrolling.wall),
    'scrolling up, CPU of the thread': figuresOf(scrolling.cpu),
    'typing into a bare field, CPU of the thread': figuresOf(bare.cpu),
  }
  const { frame_p50_ms, frame_p99_ms, longest_task_ms } = figuresOf(streaming.cpu)
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
      'streaming frame p50 / bare field': frame_p50_ms / figuresOf(bare.cpu).frame_p50_ms,
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
