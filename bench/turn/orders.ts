import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cell } from '../form/measure.ts'

/** What the house's process may be told to do. */
export type Order =
  | { readonly do: 'delays'; readonly warm: number; readonly count: number }
  | { readonly do: 'rush'; readonly callers: number; readonly warmMs: number; readonly countMs: number }
  | { readonly do: 'run'; readonly turns: number }
  | { readonly do: 'hush'; readonly turns: number }
  | { readonly do: 'weigh' }
  | { readonly do: 'prove' }

/** `close`: each on the heels of the turn before, while that is being settled. */
export type Delays = Readonly<
  Record<'inside' | 'close' | 'http' | 'commit' | 'commitBesideClose' | 'commitBesideHttp', Cell>
>
export type Weight = { readonly rssMb: number }
export type Hush = Weight & {
  readonly url: string
  readonly cookie: string
  readonly waiting: readonly { readonly turn: string; readonly conversation: string }[]
}
/** The time of the house's own process, which other load on the machine does not lengthen. */
export type Ran = Weight & { readonly cpuMsPerTurn: number }
export type Answer = Delays | Cell | Weight | Ran | Hush | { readonly holds: boolean }

type AnswerTo<Given extends Order> = Given extends { do: 'delays' }
  ? Delays
  : Given extends { do: 'rush' }
    ? Cell
    : Given extends { do: 'hush' }
      ? Hush
      : Given extends { do: 'run' }
        ? Ran
        : Given extends { do: 'prove' }
          ? { readonly holds: boolean }
          : Weight

export type Worker = AsyncDisposable & { tell<Given extends Order>(order: Given): Promise<AnswerTo<Given>> }

/** Node's own flags, as `npm start` gives them. */
function flagsOfStart(): string[] {
  const file = join(import.meta.dirname, '../../package.json')
  const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').filter((word) => word.startsWith('--'))
}

export async function startWorker(databaseUrl: string): Promise<Worker> {
  const child = fork(join(import.meta.dirname, 'server.ts'), [databaseUrl], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: flagsOfStart(),
  })
  const closed = once(child, 'exit')
  const answer = async (): Promise<unknown> => {
    const [said] = (await Promise.race([
      once(child, 'message'),
      closed.then(() => Promise.reject(new Error('the house ended'))),
    ])) as [Record<string, unknown>]
    if (typeof said['fault'] === 'string') throw new Error(said['fault'])
    return said
  }
  await answer()
  return {
    tell: async <Given extends Order>(order: Given) => {
      child.send(order)
      return (await answer()) as AnswerTo<Given>
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect()
      await closed
    },
  }
}
