import { spawn } from 'node:child_process'
import { accessSync, constants, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Cell } from '../form/measure.ts'

/** PostgreSQL's own load generator, which inserts one row per transaction: what this disk and these processors can commit. */
export type Pgbench = Disposable & {
  insert(load: { clients: number; seconds: number }): Promise<Pick<Cell, 'rate'>>
}

const script = `\\set payer random(1, 10000)
\\set amount random(1, 100)
insert into peer.single (payer, payee, amount) values (:payer, 10001, :amount);
`

/** Debian's own folders first, since what it puts on the path is a script that looks for the program each time. */
function findProgram(): string | undefined {
  const debian = globSync('/usr/lib/postgresql/*/bin/pgbench').toSorted().toReversed()
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'pgbench'))
  return [...debian, ...onPath].find((program) => {
    try {
      accessSync(program, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Undefined where no pgbench is installed. */
export function openPgbench(databaseUrl: string): Pgbench | undefined {
  const program = findProgram()
  if (!program) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'bottega-pgbench-'))
  const file = join(folder, 'insert.sql')
  writeFileSync(file, script)
  const url = new URL(databaseUrl)
  const where = ['-h', url.hostname, '-p', url.port, '-U', url.username, url.pathname.slice(1)]
  const env = { PGPASSWORD: decodeURIComponent(url.password) }
  return {
    insert: async ({ clients, seconds }) => {
      const how = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '2', '-T', String(seconds), '-f', file]
      const child = spawn(program, [...how, ...where], { env, stdio: ['ignore', 'pipe', 'pipe'] })
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
      const rate = /^tps = ([\d.]+)/m.exec(out)?.[1]
      if (rate === undefined) throw new Error(`${program} gave no rate:\n${out}${err}`)
      return { rate: Number(rate) }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
