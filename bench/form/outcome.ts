import { availableParallelism, cpus, totalmem } from 'node:os'

/** How a bench is to be run. */
export type Setting = {
  readonly size: 'quick' | 'full'
  /** Journals in the large ledger, for benches that load one. */
  readonly rows: number | undefined
  /** The part that is wanted, for benches that have several. */
  readonly scenario: string | undefined
  /** Where recorded loads lie, for benches that play one. */
  readonly traces: string | undefined
  /** Virtual for benches that can also play in the time that a model says has passed. */
  readonly clock: 'real' | 'virtual'
  /** Tells the person who waits what is being done. */
  readonly say: (line: string) => void
}

export type Table = {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A ratio, by its name, and what it is wanted to be. A target is shown beside its ratio and never fails a run. */
export type Target = { readonly ratio: string; readonly wanted: 'at least' | 'at most'; readonly value: number }

type Figure = number | string | boolean | null | readonly Figure[] | { readonly [name: string]: Figure }
export type Figures = { readonly [name: string]: Figure }

/** What a bench has measured. A ratio that could not be measured here is null. */
export type Outcome = {
  /** What the database server says of itself, or nothing where none took part. */
  readonly server: Readonly<Record<string, string>>
  readonly tables: readonly Table[]
  readonly figures: Figures
  readonly ratios: Readonly<Record<string, number | null>>
  readonly targets: readonly Target[]
}

/** What a file beside run.ts exports: a bench, and the options beyond --quick that it has a use for. */
export type BenchFile = {
  readonly bench: (setting: Setting) => Promise<Outcome>
  readonly takes: readonly string[]
}

/** Everything a bench has to say, its last line one JSON object with the fields bench, machine, figures and ratios. */
export function present(bench: string, outcome: Outcome): string {
  const machine = { ...thisMachine(), ...outcome.server }
  const ratios = Object.fromEntries(Object.entries(outcome.ratios).map(([name, value]) => [name, rounded(value)]))
  const tables = [machineTable(machine), ...outcome.tables, targetTable(outcome)]
  return [...tables.map(drawn), JSON.stringify({ bench, machine, figures: outcome.figures, ratios })].join('\n\n')
}

function thisMachine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory_gib: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    node: process.versions.node,
  }
}

function machineTable(machine: Readonly<Record<string, string | number>>): Table {
  const rows = Object.entries(machine).map(([name, value]) => [name, String(value)])
  return { title: 'Machine', head: ['what', 'is'], rows }
}

function targetTable({ ratios, targets }: Outcome): Table {
  const rows = Object.entries(ratios).map(([name, value]) => {
    const target = targets.find((one) => one.ratio === name)
    return [name, shown(value), target ? `${target.wanted} ${target.value}` : '', target ? verdict(value, target) : '']
  })
  return { title: 'Ratios', head: ['ratio', 'measured', 'target', ''], rows }
}

function verdict(value: number | null, { wanted, value: limit }: Target): string {
  if (value === null) return 'not measured'
  return (wanted === 'at least' ? value >= limit : value <= limit) ? 'reached' : 'not reached'
}

function drawn({ title, head, rows }: Table): string {
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const isNumeric = head.map(
    (_, at) => rows.length > 0 && rows.every((row) => /^(?:[\d.,x-]*|not measured)$/.test(row[at] ?? '')),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (isNumeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return [title, line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

/** Four significant digits: more would claim what no run on a shared machine can show. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4))
}

export function shown(value: number | null): string {
  if (value === null) return 'not measured'
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))
}
