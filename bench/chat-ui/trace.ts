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
  /** Of each sixtieth of a second in which it did anything, how much of it. */
  readonly perFrame: readonly number[]
  readonly tasks: readonly number[]
}

/** By the clock on the wall, and by what the thread itself computed: on a busy machine it also waits for its turn. */
export type Work = { readonly wall: Load; readonly cpu: Load }

const frameUs = 1_000_000 / 60

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
  const busiest = byThread.toSorted((a, b) => sumOf(b) - sumOf(a))[0] ?? []
  return {
    wall: loadOf(busiest),
    cpu: loadOf(busiest.map((task) => ({ ...task, dur: Math.min(task.tdur ?? 0, task.dur ?? 0) }))),
  }
}

const loadOf = (tasks: readonly Event[]): Load => ({
  perFrame: framesOf(tasks),
  tasks: tasks.map(({ dur = 0 }) => dur / 1000),
})

const sumOf = (tasks: readonly Event[]) => tasks.reduce((sum, { dur = 0 }) => sum + dur, 0)

/** A task that reaches over several frames counts in each for its part of it. */
function framesOf(tasks: readonly Event[]): number[] {
  const frames = new Map<number, number>()
  for (const { ts = 0, dur = 0 } of tasks) {
    for (let at = ts; at < ts + dur;) {
      const frame = Math.floor(at / frameUs)
      const until = Math.min(ts + dur, (frame + 1) * frameUs)
      frames.set(frame, (frames.get(frame) ?? 0) + (until - at) / 1000)
      at = Math.max(until, at + 0.001)
    }
  }
  return [...frames.values()]
}

/** The value that so many of a hundred do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0
}
