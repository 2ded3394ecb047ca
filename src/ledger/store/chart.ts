import { OperatorFault, type Database } from '#platform'
import type { Chart } from '../chart.ts'

type Registered = { readonly id: number; readonly rights: bigint }

/** The numbers under which the database knows the charts' words. */
export type Registry = {
  readonly templates: ReadonlyMap<string, Registered>
  readonly kinds: ReadonlyMap<string, number>
}

const roomsMax = 62

/**
 * Writes rooms, kinds and templates that the database does not know yet and answers everyone's numbers. What history
 * has been judged by never changes: a kind keeps its room and its overdraft rule, and its rights only grow.
 */
export async function adoptCharts(db: Database, charts: readonly Chart[]): Promise<Registry> {
  const client = await db.pool.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(7326, 0)`)
    const names = namesOfRooms(charts)
    const known = await client.query<{ name: string }>('select name from ledger.room')
    if (new Set([...known.rows.map(({ name }) => name), ...names]).size > roomsMax) {
      throw new OperatorFault(
        `The ledger knows ${roomsMax} rooms at most.`,
        'Remove the charts of rooms that never posted.',
      )
    }
    const rooms = await numbers(client, 'room', names)
    const mask = (touching: readonly string[]) =>
      touching.reduce((bits, name) => bits | (1n << BigInt(rooms.get(name) ?? 0)), 0n)
    const kinds = new Map<string, number>()
    for (const { room, kinds: own } of charts) {
      for (const [name, kind] of Object.entries(own)) {
        const { rows } = await client.query<{ id: number; kept: boolean }>(
          `insert into ledger.kind (id, name, room, overdraft, debited_by, credited_by)
          values ((select coalesce(max(id), 0) + 1 from ledger.kind), $1, $2, $3, $4, $5)
          on conflict (name) do update set debited_by = excluded.debited_by, credited_by = excluded.credited_by
          returning id, room = $2 and overdraft = $3 and (
            select k.debited_by & $4 = k.debited_by and k.credited_by & $5 = k.credited_by from ledger.kind k where k.name = $1) as kept`,
          [name, rooms.get(room), kind.overdraft === 'allowed', mask(kind.debitedBy), mask(kind.creditedBy)],
        )
        const row = rows[0]
        if (row?.kept === false) {
          throw new OperatorFault(
            `The kind ${name} was changed: its room, its overdraft rule, or a right was taken away.`,
            'Journals were judged by what it was. Give the new rule to a new kind and move the balances there by a template.',
          )
        }
        if (row) kinds.set(name, row.id)
      }
    }
    const templates = new Map<string, Registered>()
    for (const { room, templates: own } of charts) {
      const ids = await numbers(
        client,
        'template',
        Object.values(own).map(({ name }) => name),
        rooms.get(room),
      )
      for (const [name, id] of ids) templates.set(name, { id, rights: 1n << BigInt(rooms.get(room) ?? 0) })
    }
    await client.query('commit')
    client.release()
    return { templates, kinds }
  } catch (fault) {
    client.release(true)
    throw fault
  }
}

function namesOfRooms(charts: readonly Chart[]): string[] {
  return [
    ...new Set(
      charts.flatMap((one) => [
        one.room,
        ...Object.values(one.kinds).flatMap((kind) => [...kind.debitedBy, ...kind.creditedBy]),
      ]),
    ),
  ]
}

type Querying = { query<Row extends object>(text: string, values: unknown[]): Promise<{ rows: Row[] }> }

/** The number of each name, given the next free one where it has none. A template stays with the room that it was given to. */
async function numbers(
  client: Querying,
  table: 'room' | 'template',
  names: readonly string[],
  room?: number,
): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  for (const name of names) {
    const columns = room === undefined ? ['id, name', '', 'true'] : ['id, name, room', ', $2', 'room = $2']
    const { rows } = await client.query<{ id: number; kept: boolean }>(
      `insert into ledger.${table} (${columns[0]}) values ((select max(id) + 1 from ledger.${table}), $1${columns[1]})
      on conflict (name) do update set name = excluded.name returning id, ${columns[2]} as kept`,
      room === undefined ? [name] : [name, room],
    )
    const row = rows[0]
    if (row?.kept === false) {
      throw new OperatorFault(
        `The template ${name} was moved to another room.`,
        'Its journals were posted by the room that had it, which alone may reverse them. Give the other room a template of its own.',
      )
    }
    if (row) found.set(name, row.id)
  }
  return found
}
