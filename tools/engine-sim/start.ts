import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { settingsSchema, type Dialect, type Settings } from './settings.ts'

export type EngineWish = {
  readonly port?: number
  readonly model?: string
  readonly dialect?: Dialect
  readonly seed?: number
  /** Splitwise's perf_model.csv; the built-in table unless given. */
  readonly perf?: string
  /** Every step takes this long, whatever it does: for tests that want an answer soon. */
  readonly stepMs?: number
  readonly settings?: Partial<Settings>
}

const viewSchema = z.object({
  settings: settingsSchema,
  running: z.number(),
  waiting: z.number(),
  kvTokens: z.number(),
  promptTokens: z.number(),
  answerTokens: z.number(),
  preemptions: z.number(),
  left: z.array(z.object({ request: z.string(), at: z.number() })),
  late: z.object({ steps: z.number(), meanMs: z.number(), maxMs: z.number() }),
})
export type EngineView = z.infer<typeof viewSchema>

/** An engine in a process of its own, which ends with the process that started it. */
export type RunningEngine = AsyncDisposable & {
  readonly url: string
  readonly pid: number
  change(settings: Partial<Settings>): Promise<void>
  view(): Promise<EngineView>
  /** With SIGKILL, as a machine that loses its power; resolves when it is gone. */
  kill(): Promise<void>
}

const program = join(import.meta.dirname, '../engine-sim.ts')

/** Resolves when it takes requests. */
export async function startEngine(wish: EngineWish = {}): Promise<RunningEngine> {
  const flags = { ...wish, settings: JSON.stringify(wish.settings ?? {}), 'step-ms': wish.stepMs, stepMs: undefined }
  const args = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, `${value}`]))
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])
  const url = String(line[0])
  if (child.pid === undefined || !url.startsWith('http://')) throw new Error('The engine simulator did not start.')
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await ended
  }
  return {
    url,
    pid: child.pid,
    change: async (settings) => {
      const response = await fetch(`${url}/control`, { method: 'POST', body: JSON.stringify(settings) })
      if (!response.ok) throw new Error(`The engine simulator refused the change: ${await response.text()}`)
    },
    view: async () => viewSchema.parse(await (await fetch(`${url}/control`)).json()),
    kill: () => end('SIGKILL'),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  }
}
