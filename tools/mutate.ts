// `npm run mutate`: changes the ledger's migrations in one place at a time and holds that a test turns red. A mutant that no
// test notices stands for a rule that nobody checks. `npm run mutate -- TEXT…` runs only the mutants whose place or words
// contain one of the texts. The claims of prove() are no part of it: proof.test.ts breaks a row for each. It uses the server
// of TEST_DATABASE_URL, or starts one.
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { fingerprint } from '#platform'
import { equivalents, mutantsOf, type Mutant } from './mutants.ts'
import { makeCopy, root, runTest } from './mutation.ts'
import { throwAwayDatabase } from './throw-away.ts'

const folder = 'src/ledger/migrations'
const files = globSync(`${folder}/*.sql`, { cwd: root })
  .filter((name) => !name.endsWith('.check.sql'))
  .toSorted()
/** A mutant is killed by the first that fails, so those that notice most come first. */
const tests = ['guards', 'available', 'batch', 'lots', 'homes', 'ledger', 'template', 'proof', 'reading', 'input']
  .map((name) => `src/ledger/${name}.test.ts`)
  .concat('test/market/market.test.ts')
  .filter((file) => existsSync(join(root, file)))
const sharpest: readonly (readonly [migration: string, test: string])[] = [
  ['_ledger.sql', 'src/ledger/constraints.test.ts'],
  ['_ledger_reading.sql', 'src/ledger/reading.test.ts'],
  ['_ledger_proof.sql', 'src/ledger/room.test.ts'],
]
const testsFor = (file: string) => [
  ...new Set([...sharpest.filter(([migration]) => file.endsWith(migration)).map(([, test]) => test), ...tests]),
]
const workers = 2
/** A mutant that hangs is noticed too: first by the server, else here, by how long the test takes without a mutation. */
const statementOptions = '-c statement_timeout=20s'
const envOf = (databaseUrl: string) => ({ TEST_DATABASE_URL: databaseUrl, PGOPTIONS: statementOptions })
const patience = { atLeastMs: 40_000, times: 5, soundMs: 300_000 } as const

type Outcome = 'killed' | 'survived' | 'invalid'
type Verdict = { readonly mutant: Mutant; readonly outcome: Outcome; readonly by: string }

/** A test that was killed has not dropped its databases. */
async function dropDatabases(admin: pg.Client, pattern: string): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    'select datname as name from pg_database where datname like $1',
    [pattern],
  )
  for (const { name } of rows) await admin.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
}

const prefixOf = (databaseUrl: string) => decodeURIComponent(new URL(databaseUrl).pathname.slice(1))

/** The template that the tests of this tree clone: named after its migrations, see test/world.ts. */
const templateOf = (databaseUrl: string, tree: string) =>
  `${prefixOf(databaseUrl)}_template_${fingerprint(join(tree, 'src')).slice(0, 16)}`

/**
 * A mutant of functions alone is put over a copy of the sound template, which saves building one. Others are built by
 * the tests, as ever. False when PostgreSQL does not take it.
 */
async function install(mutant: Mutant, admin: pg.Client, databaseUrl: string, copy: string): Promise<boolean> {
  const sql = readFileSync(join(copy, mutant.file), 'utf8')
  if (/^(?:create table|alter table|create schema)/m.test(sql)) return true
  const template = templateOf(databaseUrl, copy)
  const sound = pg.escapeIdentifier(templateOf(databaseUrl, root))
  await dropDatabases(admin, template)
  await admin.query(`create database ${pg.escapeIdentifier(template)} template ${sound}`)
  const url = new URL(databaseUrl)
  url.pathname = `/${encodeURIComponent(template)}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    await client.query(sql.replaceAll(/^create function/gm, 'create or replace function'))
    return true
  } catch {
    return false
  } finally {
    await client.end()
  }
}

/** How long each test may take. */
type Patience = ReadonlyMap<string, number>
type Bench = {
  readonly copy: string
  readonly admin: pg.Client
  readonly databaseUrl: string
  readonly patienceFor: Patience
}

async function judge(mutant: Mutant, { copy, admin, databaseUrl, patienceFor }: Bench): Promise<Verdict> {
  const path = join(copy, mutant.file)
  const original = readFileSync(path, 'utf8')
  writeFileSync(path, mutant.apply(original))
  const prefix = prefixOf(databaseUrl)
  const template = templateOf(databaseUrl, copy)
  try {
    if (!(await install(mutant, admin, databaseUrl, copy)))
      return { mutant, outcome: 'invalid', by: 'does not install' }
    for (const test of testsFor(mutant.file)) {
      const patienceMs = patienceFor.get(test) ?? patience.atLeastMs
      const { failed, output, pid } = await runTest({ copy, file: test, env: envOf(databaseUrl), patienceMs })
      await dropDatabases(admin, `${prefix}_test_${pid}_`)
      if (/The migration \S+ failed/.test(output)) return { mutant, outcome: 'invalid', by: 'does not install' }
      if (failed) return { mutant, outcome: 'killed', by: test }
    }
    return { mutant, outcome: 'survived', by: '' }
  } finally {
    writeFileSync(path, original)
    await dropDatabases(admin, template)
  }
}

async function work(queue: Mutant[], bench: Omit<Bench, 'admin'>, tell: (verdict: Verdict) => void): Promise<void> {
  const admin = new pg.Client({ connectionString: bench.databaseUrl })
  await admin.connect()
  try {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) tell(await judge(mutant, { ...bench, admin }))
  } finally {
    await admin.end()
  }
}

async function main(): Promise<void> {
  await using database = await throwAwayDatabase()
  const databaseUrl = database.url
  const wanted = process.argv.slice(2)
  const copies = Array.from({ length: workers }, makeCopy)
  try {
    const [copy = root] = copies
    const all = files.flatMap((file) => mutantsOf(file, readFileSync(join(copy, file), 'utf8')))
    const isWanted = (words: string) => wanted.length === 0 || wanted.some((text) => words.includes(text))
    const chosen = all.filter((mutant) => isWanted(`${mutant.file}:${mutant.line} ${mutant.what}`))
    const queue = chosen.filter((mutant) => reasonOf(mutant) === undefined)
    const patienceFor = await timeSound(copy, databaseUrl)
    console.log(`${queue.length} mutants of ${files.length} files, ${workers} at a time`)
    const verdicts: Verdict[] = []
    const skipped = chosen.length - queue.length
    const tell = (verdict: Verdict) => {
      verdicts.push(verdict)
      const { mutant, outcome, by } = verdict
      console.log(`${verdicts.length} ${outcome} ${mutant.file}:${mutant.line} ${mutant.what} ${by}`)
    }
    await Promise.all(copies.map((one) => work(queue, { copy: one, databaseUrl, patienceFor }, tell)))
    summarise(verdicts, skipped)
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true })
  }
}

/** How long each test takes of the tree as it is, on this machine now. What is red without a change says nothing of any. */
async function timeSound(copy: string, databaseUrl: string): Promise<Patience> {
  const found = new Map<string, number>()
  for (const file of new Set(files.flatMap(testsFor))) {
    const begun = performance.now()
    const { failed, output } = await runTest({ copy, file, env: envOf(databaseUrl), patienceMs: patience.soundMs })
    if (failed) throw new Error(`${file} fails without any mutation:\n${output}`)
    found.set(file, Math.max(patience.atLeastMs, (performance.now() - begun) * patience.times))
  }
  return found
}

const reasonOf = ({ what, context }: Mutant) => equivalents.find(([words]) => words.test(`${what} in ${context}`))?.[1]

function summarise(verdicts: readonly Verdict[], equivalent: number): void {
  const of = (outcome: Outcome) => verdicts.filter((verdict) => verdict.outcome === outcome)
  const survivors = of('survived')
  for (const { mutant } of survivors) console.log(`NO TEST NOTICES ${mutant.file}:${mutant.line} ${mutant.what}`)
  const counts = { killed: of('killed').length, survived: survivors.length, equivalent, invalid: of('invalid').length }
  console.log(JSON.stringify(counts))
  if (survivors.length > 0) process.exitCode = 1
}

await main()
