import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate, openDatabase } from '#platform'
import { startPostgres, type OwnPostgres } from '../../../tools/postgres.ts'
import { createDice } from '../dice.ts'
import { reliance } from './deals.ts'
import { judge, type Verdict } from './judge.ts'
import { openCutter, type Cutter } from './cut.ts'

export type CrashOutcome = Verdict & {
  readonly workersKilled: number
  readonly serversKilled: number
  readonly cuts: number
}

type Stage = {
  readonly folder: string
  readonly cutter: Cutter
  readonly workers: Set<ChildProcess>
  readonly startWorker: () => void
  /** Workers that ended otherwise than by our hand, in words. */
  readonly deserters: string[]
  postgres: OwnPostgres
}

const finishMsMax = 60_000

const port = (url: string) => Number(new URL(url).port)

/**
 * Plays trade by real processes for so long, while workers and the server are killed by SIGKILL and connections are cut
 * after the commit. Then everyone is let finish, and what was acknowledged is held against what is there. The server
 * waits for the disk like a real one. Nothing is left behind, also after a fault.
 */
export async function playCrash(options: {
  readonly seed: number
  readonly seconds: number
  readonly workers: number
  readonly say?: (line: string) => void
}): Promise<CrashOutcome> {
  await using open = new AsyncDisposableStack()
  const stage = await openStage(open, options)
  const killed = await disturb(stage, options)
  const finished = [...stage.workers].map((worker) =>
    once(worker, 'exit', { signal: AbortSignal.timeout(finishMsMax) }),
  )
  for (const worker of stage.workers) worker.kill('SIGTERM')
  await Promise.all(finished)
  const lines = readFileSync(join(stage.folder, 'recorded'), 'utf8').trimEnd().split('\n')
  const verdict = await judge(stage.postgres.url, lines)
  return { ...verdict, ...killed, cuts: stage.cutter.cuts, wrongs: [...stage.deserters, ...verdict.wrongs] }
}

async function openStage(
  open: AsyncDisposableStack,
  { seed, workers: count }: { seed: number; workers: number },
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'bottega-crash-'))
  open.defer(() => rmSync(folder, { recursive: true, force: true }))
  // Root's PostgreSQL may run as another user, who must get in.
  chmodSync(folder, 0o711)
  const deserters: string[] = []
  const stage = {
    folder,
    workers: new Set<ChildProcess>(),
    deserters,
    postgres: await startPostgres({ dataFolder: folder }),
  }
  const { workers, postgres } = stage
  open.defer(() => stage.postgres.stop())
  const db = openDatabase({ url: postgres.url })
  await migrate({ db, root: join(import.meta.dirname, '../../../src') })
  await db.pool.query(reliance)
  await db.close()

  const cutter = open.use(await openCutter(port(postgres.url)))
  const recorder = startNode('recorder.ts', [join(folder, 'recorded')])
  open.defer(() => void recorder.kill('SIGKILL'))
  const [firstLine] = (await once(recorder.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  const throughCutter = new URL(postgres.url)
  throughCutter.port = String(cutter.port)

  open.defer(async () => {
    const ended = [...workers].map((worker) => once(worker, 'exit'))
    for (const worker of workers) worker.kill('SIGKILL')
    await Promise.all(ended)
  })
  let born = 0
  const startWorker = () => {
    const worker = startNode('worker.ts', [throughCutter.href, String(firstLine).trim(), String(seed * 1000 + born++)])
    workers.add(worker)
    worker.once('exit', (code, signal) => {
      workers.delete(worker)
      // One that was born a moment before the end hears our SIGTERM before it can listen for it.
      const byOurHand = signal === 'SIGKILL' || signal === 'SIGTERM' || code === 0
      if (!byOurHand) deserters.push(`a worker ended by itself: ${code ?? signal}`)
    })
  }
  for (let at = 0; at < count; at++) startWorker()
  return Object.assign(stage, { cutter, startWorker })
}

function startNode(file: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, file), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** One fault after another, each when the last has been felt for a moment. */
async function disturb(
  stage: Stage,
  { seed, seconds, say = () => {} }: { seed: number; seconds: number; say?: (line: string) => void },
): Promise<{ workersKilled: number; serversKilled: number }> {
  const dice = createDice(seed)
  const faults = ['worker', 'cut', 'server', 'cut'] as const
  const killed = { workersKilled: 0, serversKilled: 0 }
  const until = performance.now() + seconds * 1000
  await sleep(1500)
  for (let turn = dice.below(faults.length); performance.now() < until; turn++) {
    await sleep(300 + dice.below(900))
    const fault = faults[turn % faults.length]
    say(`fault: ${fault}`)
    if (fault === 'cut') {
      stage.cutter.cut(1 + dice.below(4))
    } else if (fault === 'worker') {
      const victim = dice.pick([...stage.workers])
      victim.kill('SIGKILL')
      stage.startWorker()
      killed.workersKilled++
    } else {
      await killServer(stage)
      killed.serversKilled++
    }
  }
  return killed
}

const startsMax = 60

/** The postmaster dies with no time to say goodbye; its children notice a moment later, and until then nobody may follow it. */
async function killServer(stage: Stage): Promise<void> {
  const { folder, postgres } = stage
  process.kill(postgres.pid, 'SIGKILL')
  await postgres.ended
  for (let start = 1; ; start++) {
    try {
      stage.postgres = await startPostgres({ dataFolder: folder, port: port(postgres.url) })
      return
    } catch (fault) {
      if (start === startsMax) throw fault
      await sleep(250)
    }
  }
}
