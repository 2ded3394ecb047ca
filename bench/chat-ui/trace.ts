import { z } from 'zod'

const event = z.looseObject({
  name: z.string(),
  ph: z.string(),
  ts: z.number().optional(),
  dur: z.number().optional(),
  tdur: z.number().optional(),
  pid: z.number(),
  tid: z.number(),
  args: z.looseObject({ name: z.string().optional() }).optional(),
})
const traceFile = z.object({ traceEvents: z.array(event) })
type Event = z.output<typeof event>

/** What the page's main thread did, in milliseconds. */
type Load = {
  /** All that it did for each frame that was produced, since the one before. */
  readonly perFrame: readonly number[]
  readonly tasks: readonly number[]
}

/** By the clock on the wall, and by what the thread itself computed: on a busy machine it also waits for its turn. */
export type Work = { readonly wall: Load; readonly cpu: Load }

/** Reads the tasks of the main thread that did the most: the page's own, among those of the browser's other parts. */
export function workIn(trace: Buffer): Work {
  const { traceEvents } = traceFile.parse(JSON.parse(trace.toString()))
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}:${tid}`),
  )
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => ph === 'X' && name === 'RunTask' && mains.has(`${pid}:${tid}`),
  )
  const byThread = [...Map.groupBy(tasks, ({ pid, tid }) => `${pid}:${tid}`).values()]
  const busiest = (byThread.toSorted((a, b) => sumOf(b) - sumOf(a))[0] ?? []).toSorted(byTime)
  const [one] = busiest
  const frames = traceEvents
    .filter(({ name, ph, pid, tid }) => ph === 'X' && name === 'Commit' && pid === one?.pid && tid === one.tid)
    .map(({ ts = 0 }) => ts)
    .toSorted((a, b) => a - b)
  return {
    wall: loadOf(busiest, frames),
    cpu: loadOf(
      busiest.map((task) => ({ ...task, dur: Math.min(task.tdur ?? 0, task.dur ?? 0) })),
      frames,
    ),
  }
}

const byTime = (a: Event, b: Event) => (a.ts ?? 0) - (b.ts ?? 0)

const loadOf = (tasks: readonly Event[], frames: readonly number[]): Load => ({
  perFrame: framesOf(tasks, frames),
  tasks: tasks.map(({ dur = 0 }) => dur / 1000),
})

const sumOf = (tasks: readonly Event[]) => tasks.reduce((sum, { dur = 0 }) => sum + dur, 0)

/** A frame is given to the compositor within a task, and that task is the frame's last. */
function framesOf(tasks: readonly Event[], frames: readonly number[]): number[] {
  let at = 0
  return frames.map((frame) => {
    let ms = 0
    for (let task = tasks[at]; task && (task.ts ?? 0) <= frame; task = tasks[++at]) ms += (task.dur ?? 0) / 1000
    return ms
  })
}

/** The value that so many of a hundred do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0
}
