// `npm run market -- --seed N --steps 100000 [--mode model|processes --seconds S]`: a seeded market in which the ledger must prove itself.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../tools/postgres.ts'
import { World } from '../world.ts'
import { playCrash } from './crash/conductor.ts'
import { Mismatch, playMarket, type Outcome } from './play.ts'

const usage = 'npm run market -- [--seed N] [--steps 100000 | --mode processes --seconds 30]'

function wishes(): { seed: number; steps: number; seconds: number; mode: string } {
  const options = {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '30' },
    mode: { type: 'string', default: 'model' },
  } as const
  const { values } = parseArgs({ options })
  const [seed, steps, seconds] = [Number(values.seed), Number(values.steps), Number(values.seconds)]
  const isUsable = [seed, steps, seconds].every(Number.isSafeInteger) && steps > 0 && seconds > 0
  if (!isUsable || !['model', 'processes'].includes(values.mode)) throw new TypeError(usage)
  return { seed, steps, seconds, mode: values.mode }
}

/** The server of TEST_DATABASE_URL, or one of our own that is thrown away and need not wait for the disk. */
async function throwAwayServer(): Promise<AsyncDisposable> {
  if (process.env['TEST_DATABASE_URL']) return { [Symbol.asyncDispose]: async () => {} }
  const dataFolder = mkdtempSync(join(tmpdir(), 'bottega-market-'))
  // Root's PostgreSQL may run as another user, who must get in.
  chmodSync(dataFolder, 0o711)
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const postgres = await startPostgres({ dataFolder, settings })
  process.env['TEST_DATABASE_URL'] = postgres.url
  return {
    [Symbol.asyncDispose]: async () => {
      await postgres.stop()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

function print({ steps, seconds, counts, answers, chain, proof }: Outcome): void {
  for (const [status, count] of [...counts].toSorted(([, a], [, b]) => b - a))
    console.log(`${String(count).padStart(8)} ${status}`)
  const { journals, legs, batches } = proof.counted
  console.log(`${steps} steps in ${seconds.toFixed(1)} s, ${Math.round(steps / seconds)} a second`)
  console.log(`${journals} journals with ${legs} legs in ${batches} batches`)
  console.log(`answers ${answers}`)
  console.log(`chain   ${chain}`)
  for (const { claim, breaches } of proof.claims) for (const breach of breaches) console.log(`✖ ${claim}: ${breach}`)
  console.log(proof.holds ? 'prove(): every claim holds' : 'prove(): BREACHED')
}

/** Real processes, killed and cut off: see crash/conductor.ts. */
async function runProcesses(seed: number, seconds: number): Promise<boolean> {
  console.log(`seed ${seed}, ${seconds} s of trade by three processes, with kills`)
  const outcome = await playCrash({ seed, seconds, workers: 3, say: console.log })
  const { acknowledged, relied, journals, unknown, unavailable, workersKilled, serversKilled, cuts, wrongs, proof } =
    outcome
  console.log(`${workersKilled} workers and ${serversKilled} servers killed, ${cuts} connections cut after the commit`)
  console.log(
    `${acknowledged} journals acknowledged, ${journals} posted; ${unknown} outcomes unknown, ${unavailable} times out of reach`,
  )
  console.log(`${relied} times a hold that was answered early was there to rely on`)
  for (const wrong of wrongs) console.log(`✖ ${wrong}`)
  for (const { claim, breaches } of proof.claims) for (const breach of breaches) console.log(`✖ ${claim}: ${breach}`)
  console.log(proof.holds ? 'prove(): every claim holds' : 'prove(): BREACHED')
  return proof.holds && wrongs.length === 0
}

async function main(): Promise<void> {
  const { seed, steps, seconds, mode } = wishes()
  if (mode === 'processes') {
    if (!(await runProcesses(seed, seconds))) process.exitCode = 1
    return
  }
  await using _server = await throwAwayServer()
  await using database = await World.database({ poolMax: 1 })
  console.log(`seed ${seed}, ${steps} steps against the reference model`)
  const outcome = await playMarket({ db: database.db, seed, steps, say: console.log })
  print(outcome)
  if (!outcome.proof.holds) process.exitCode = 1
}

await main().catch((error: unknown) => {
  if (!(error instanceof Mismatch || error instanceof TypeError)) throw error
  console.error(error.message)
  process.exitCode = 1
})
