// What `npm test` runs: every check by name, the tests last, so that their count is what stands at the end.
import { spawn, type ChildProcess } from 'node:child_process'
import { globSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { PostgresUnavailable } from './postgres.ts'
import { throwAwayDatabase } from './throw-away.ts'

const root = resolve(import.meta.dirname, '..')
const patienceMs = 5000

type Step = { name: string; command: string; args: string[] }

const steps: Step[] = [
  { name: 'types', command: 'tsc', args: ['--noEmit', '--project', 'tsconfig.json'] },
  { name: 'lint', command: 'oxlint', args: ['--deny-warnings'] },
  { name: 'format', command: 'oxfmt', args: ['--check'] },
  { name: 'unused code', command: 'knip', args: ['--no-progress'] },
  { name: 'screen types', command: 'tsc', args: ['--noEmit', '--project', 'tsconfig.web.json'] },
  { name: 'screens', command: 'node', args: ['tools/budget.ts'] },
  { name: 'words', command: 'node', args: ['tools/words.ts', '--check'] },
]

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort(signal))

const bins = [dirname(process.execPath), join(root, 'node_modules/.bin')]
const searchPath = [...bins, process.env['PATH']].join(delimiter)

type Ending = { code: number; output: string }

/** Runs one program to its end, or to ours: then its whole group is ended, whatever it has started itself. */
function run(command: string, args: string[], options: { env?: NodeJS.ProcessEnv; output: 'shown' | 'kept' }) {
  const stdio = options.output === 'shown' ? 'inherit' : (['ignore', 'pipe', 'pipe'] as const)
  const env = { ...process.env, PATH: searchPath, ...options.env }
  const child: ChildProcess = spawn(command, args, { cwd: root, env, stdio: stdio as 'pipe', detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => (output += String(part)))
  const end = (): void => {
    endGroup(child, 'SIGTERM')
    setTimeout(() => endGroup(child, 'SIGKILL'), patienceMs).unref()
  }
  stopping.signal.addEventListener('abort', end)
  return new Promise<Ending>((done) => {
    child.once('error', (error) => done({ code: 1, output: error.message }))
    child.once('close', (code) => done({ code: code ?? 1, output }))
  }).finally(() => {
    stopping.signal.removeEventListener('abort', end)
    endGroup(child, 'SIGKILL')
  })
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal)
  } catch {
    // The group is gone, which is what was wanted.
  }
}

const secondsSince = (begin: number): string => `${((performance.now() - begin) / 1000).toFixed(1)} s`

async function check({ name, command, args }: Step): Promise<string | undefined> {
  const begin = performance.now()
  const { code, output } = await run(command, args, { output: 'kept' })
  console.log(`${code === 0 ? '✔' : '✖'} ${name.padEnd(13)} ${secondsSince(begin)}`)
  if (code === 0) return undefined
  console.log(output.trim().replaceAll(/^/gm, '    '))
  return name
}

const testFolders = ['src', 'test', 'tools', 'bench']

function findTests(kind: 'every' | 'quick'): string[] {
  const found = testFolders.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root }))
  return found.filter((file) => kind === 'every' || !file.endsWith('.slow.test.ts')).toSorted()
}

async function runTests(files: string[]): Promise<string | undefined> {
  if (files.length === 0) return 'tests (none were found)'
  await using database = await throwAwayDatabase()
  const env = { TEST_DATABASE_URL: database.url }
  const args = ['--test', '--test-concurrency=2', '--test-reporter=spec', ...files]
  const { code } = await run(process.execPath, args, { env, output: 'shown' })
  return code === 0 ? undefined : 'tests'
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true })
  const failed: (string | undefined)[] = []
  if (positionals.length === 0) {
    for (const step of steps) if (!stopping.signal.aborted) failed.push(await check(step))
  }
  const files = positionals.length > 0 ? positionals : findTests(values.quick ? 'quick' : 'every')
  if (!stopping.signal.aborted) {
    const named = failed.filter((name) => name !== undefined)
    if (named.length > 0) console.log(`Failed so far: ${named.join(', ')}. The tests:`)
    failed.push(await runTests(files))
  }
  if (failed.some((name) => name !== undefined)) process.exitCode = 1
  if (stopping.signal.aborted) process.exitCode = 130
}

await main().catch((error: unknown) => {
  if (!(error instanceof PostgresUnavailable)) throw error
  console.error(error.message)
  process.exitCode = 1
})
