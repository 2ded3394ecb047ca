// What `npm run bench -- NAME` runs: the bench of that name, in the one form that all of them have.
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { OperatorFault } from '#platform'
import { PostgresUnavailable } from '../tools/postgres.ts'
import { present, type Bench } from './form/outcome.ts'

const names = globSync('*.ts', { cwd: import.meta.dirname })
  .filter((file) => file !== basename(import.meta.filename) && !file.endsWith('.test.ts'))
  .map((file) => basename(file, '.ts'))
  .toSorted()

const usage = `npm run bench -- NAME [--quick] [--rows N], where NAME is one of: ${names.join(', ')}`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: 'boolean' }, rows: { type: 'string' } },
    allowPositionals: true,
  })
  const [name, ...others] = positionals
  const rows = values.rows === undefined ? undefined : Number(values.rows)
  if (!name || others.length > 0) throw new OperatorFault('One bench is run at a time.', usage)
  if (!names.includes(name)) throw new OperatorFault(`There is no bench called ${name}.`, usage)
  if (rows !== undefined && !(Number.isSafeInteger(rows) && rows >= 1000))
    throw new OperatorFault('--rows is a number of journals from 1000.', usage)
  const { bench } = (await import(join(import.meta.dirname, `${name}.ts`))) as { bench: Bench }
  const say = (line: string) => void process.stderr.write(`${process.uptime().toFixed(0).padStart(4)} s  ${line}\n`)
  const outcome = await bench({ size: values.quick ? 'quick' : 'full', rows, say })
  console.log(present(name, outcome))
}

await main().catch((fault: unknown) => {
  const isOurs = fault instanceof OperatorFault || fault instanceof PostgresUnavailable
  if (!isOurs && !(fault instanceof TypeError && 'code' in fault && String(fault.code).startsWith('ERR_PARSE_ARGS')))
    throw fault
  console.error(fault instanceof OperatorFault ? `${fault.message}\n${fault.remedy}` : fault.message)
  process.exitCode = 1
})
