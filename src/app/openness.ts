import { refuse, type Clock, type Refusal, type Uuid } from '#kernel'
import type { Database } from '#platform'
import type { Charge, Till } from '#turns'

export type LineState = {
  readonly name: string
  readonly state: 'open' | 'closed' | 'absent'
  readonly changed?: { readonly at: Date; readonly by: Uuid }
}

export type Openness = {
  /** Whether this line takes new sales. Asked for every sale: the answer may be a second old. */
  isOpen(line: string): Promise<boolean>
  lines(): Promise<readonly LineState[]>
  set(
    line: string,
    change: { readonly to: 'open' | 'closed'; readonly by: Uuid },
  ): Promise<LineState | Refusal<'unknown_line' | 'line_absent'>>
}

/** While the line is closed nothing that costs is begun; what was begun before is settled as ever. */
export function onlyWhenOpen(charge: Charge, isOpen: () => Promise<boolean>): Charge {
  return {
    ...charge,
    till: (payer) => {
      const till = charge.till(payer)
      const quote: Till['quote'] = async (calls) => {
        const quoted = await till.quote(calls)
        if ('refused' in quoted || quoted.kind === 'free' || (await isOpen())) return quoted
        return refuse('no_price', 'Messages that cost points are closed at the moment. Free bots answer as ever.')
      }
      return { ...till, quote }
    },
  }
}

type Row = { readonly line: string; readonly open: boolean; readonly changed_at: Date; readonly changed_by: Uuid }

const ageMsMax = 1000

export function createOpenness(options: {
  readonly db: Database
  readonly clock: Clock
  /** Every line of revenue that Bottega has. */
  readonly known: readonly string[]
  /** Whether it was put into this house. */
  isPresent(line: string): boolean
}): Openness {
  const { db, clock, known } = options
  let fresh: { readonly rows: Promise<readonly Row[]>; readonly at: number } | undefined
  const read = async () => {
    const { rows } = await db.pool.query<Row>('select line, open, changed_at, changed_by from app.openness')
    return rows
  }
  const recent = () => {
    if (!fresh || performance.now() - fresh.at > ageMsMax) {
      const rows = read()
      // What could not be read is asked again by the next who wants to know.
      rows.catch(() => (fresh = undefined))
      fresh = { rows, at: performance.now() }
    }
    return fresh.rows
  }
  const view = (name: string, rows: readonly Row[]): LineState => {
    const row = rows.find(({ line }) => line === name)
    const state = !options.isPresent(name) ? 'absent' : (row?.open ?? true) ? 'open' : 'closed'
    return { name, state, ...(row ? { changed: { at: row.changed_at, by: row.changed_by } } : {}) }
  }
  return {
    isOpen: async (line) => view(line, await recent()).state === 'open',
    lines: async () => {
      const rows = await read()
      return known.map((name) => view(name, rows))
    },
    set: async (line, { to, by }) => {
      if (!known.includes(line)) return refuse('unknown_line', `Bottega has no line of revenue called ${line}.`)
      if (!options.isPresent(line))
        return refuse('line_absent', 'This line was left out of this install. Put it in where the install is started.')
      await db.pool.query(
        `insert into app.openness as o (line, open, changed_by, changed_at) values ($1, $2, $3, $4)
         on conflict (line) do update set open = $2, changed_by = $3, changed_at = $4 where o.open <> $2`,
        [line, to === 'open', by, clock.now()],
      )
      fresh = undefined
      return view(line, await recent())
    },
  }
}
