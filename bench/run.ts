// What `npm run bench -- NAME` runs: the bench of that name, in the one form that all of them have.
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { OperatorFault } from '#platform'
import { PostgresUnavailable } from '../tools/postgres.ts'
import { present, type BenchFile } from './form/outcome.ts'

const names = globSync('*.ts', { cwd: import.meta.dirname })
  .filter((file) => file !== basename(import.meta.filename) && !file.endsWith('.test.ts'))
  .map((file) => basename(file, '.ts'))
  .toSorted()

const usage = `npm run bench -- NAME [--quick], where NAME is one of: ${names.join(', ')}
ledger [--rows N] · scheduler [--scenario LETTER] [--des] [--traces FOLDER]`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      quick: { type: 'boolean' },
      rows: { type: 'string' },
      scenario: { type: 'string' },
      des: { type: 'boolean' },
      traces: { type: 'string' },
    },
    allowPositionals: true,
  })
  const [name, ...others] = positionals
  const rows = values.rows === undefined ? undefined : Number(values.rows)
  if (!name || others.length > 0) throw new OperatorFault('One bench is run at a time.', usage)
  if (!names.includes(name)) throw new OperatorFault(`There is no bench called ${name}.`, usage)
  if (rows !== undefined && !(Number.isSafeInteger(rows) && rows >= 1000))
    throw new OperatorFault('--rows is a number of journals from 1000.', usage)
  const { bench, takes } = (await import(join(import.meta.dirname, `${name}.ts`))) as BenchFile
  const foreign = Object.keys(values).find((option) => option !== 'quick' && !takes.includes(option))
  if (foreign) throw new OperatorFault(`The bench ${name} has no use for --${foreign}.`, usage)
  const say = (line: string) => void process.stderr.write(`${process.uptime().toFixed(0).padStart(4)} s  ${line}\n`)
  const { scenario, traces } = values
  const size = values.quick ? 'quick' : 'full'
  const outcome = await bench({ size, rows, scenario, traces, clock: values.des ? 'virtual' : 'real', say })
  console.log(present(name, outcome))
}

await main().catch((fault: unknown) => {
  const isOurs = fault instanceof OperatorFault || fault instanceof PostgresUnavailable
  if (!isOurs && !(fault instanceof TypeError && 'code' in fault && String(fault.code).startsWith('ERR_PARSE_ARGS')))
    throw fault
  console.error(fault instanceof OperatorFault ? `${fault.message}\n${fault.remedy}` : fault.message)
  process.exitCode = 1
})
