import type { Database, EventSource } from '#platform'
import type { Uuid } from '#kernel'
import type { Facts } from '../journal.ts'

/** What listeners hear of a journal: its template is the event's type, its last leg's position the event's place. */
export type JournalEvent = {
  readonly reverses: Uuid | null
  readonly effectiveAt: string | null
  readonly facts: Facts | null
  readonly legs: readonly {
    readonly op: number
    readonly debit: string
    readonly credit: string | null
    readonly amount: string
    readonly hold: Uuid | null
  }[]
}

/**
 * The ledger's log as a source of events. The journal is its own outbox row: the statement that posts it writes its event,
 * and positions rise in the order of commits, because a home has one writer at a time.
 */
export function journalSource(db: Database): EventSource {
  return {
    name: 'ledger',
    heads: async () => {
      // Skips from home to home: the log is long, homes are few.
      const { rows } = await db.pool.query<{ home: number; last_pos: bigint }>(
        `with recursive homes as (
          select min(home) as home from ledger.batch
          union all
          select (select min(b.home) from ledger.batch b where b.home > h.home) from homes h where h.home is not null
        )
        select h.home, b.last_pos from homes h,
          lateral (select last_pos from ledger.batch b where b.home = h.home order by seq desc limit 1) b`,
      )
      return new Map(rows.map((row) => [row.home, row.last_pos]))
    },
    read: async (home, after, limit) => {
      const { rows } = await db.pool.query<{
        position: bigint
        id: string
        type: string
        at: Date
        body: JournalEvent
      }>({
        name: 'ledger.events',
        text: `select l.pos as position, j.id, t.name as type, b.posted_at as at, json_build_object(
            'reverses', j.reverses, 'effectiveAt', j.effective_at, 'facts', j.facts, 'legs', (
              select json_agg(json_build_object('op', s.op, 'debit', s.dr::text, 'credit', s.cr::text, 'amount', s.amount::text,
                'hold', s.hold) order by s.pos)
              from ledger.leg s where s.home = j.home and s.pos >= j.first_pos and s.pos < j.first_pos + j.legs)) as body
          from ledger.leg l
          join ledger.journal j on j.home = l.home and j.id = l.journal and j.first_pos + j.legs - 1 = l.pos
          join ledger.batch b on b.home = j.home and b.seq = j.batch
          join ledger.template t on t.id = j.template
          where l.home = $1 and l.pos > $2
          order by l.pos limit $3`,
        values: [home, after, limit],
      })
      return rows.map((row) => ({ home, ...row }))
    },
  }
}

/** A journal as it is exported: everything that was stored, with names in place of numbers. */
export type ExportRow = {
  readonly home: number
  readonly key: Uuid
  readonly batch: bigint
  readonly template: string
  readonly postedAt: Date
  readonly effectiveAt: Date | null
  readonly reverses: Uuid | null
  readonly digest: string
  readonly facts: Facts | null
  readonly legs: readonly ExportLeg[]
}
export type ExportLeg = {
  readonly pos: string
  readonly op: number
  readonly unit: string
  readonly scale: number
  readonly amount: string
  readonly debit: string
  readonly debitBalance: string | null
  readonly credit: string | null
  readonly creditBalance: string | null
  readonly hold: Uuid | null
  readonly debitLot: string | null
  readonly creditLot: string | null
}

const pageLegs = 2000

/**
 * Every journal of a home in the order of posting, read page by page. Accounts bear their names, kind first: parts joined by
 * colons, which are percent-encoded within a part, so that no two accounts share a name.
 */
export async function* exportRows(db: Database, home: number): AsyncGenerator<ExportRow> {
  const part = (column: string) => `':' || replace(replace(${column}, '%', '%25'), ':', '%3A')`
  const name = (alias: string) =>
    `(select k.name || ':' || a.owner_type || case when a.owner_type = 'system' then '' else ${part('a.owner')} end
      || case when a.subject = '' then '' else ${part('a.subject')} end
      from ledger.account a join ledger.kind k on k.id = a.kind where a.home = l.home and a.id = l.${alias})`
  for (let after = 0n; ;) {
    const last = await endOfPage(db, home, after)
    if (last === null) return
    const { rows } = await db.pool.query<ExportRow>(
      `select j.home, j.id as key, j.batch, t.name as template, b.posted_at as "postedAt", j.effective_at as "effectiveAt", j.reverses,
        encode(j.digest, 'hex') as digest, j.facts, s.legs
      from (
        select l.home, l.journal, json_agg(json_build_object('pos', l.pos::text, 'op', l.op, 'unit', u.code,
          'scale', u.scale, 'amount', l.amount::text, 'debit', ${name('dr')}, 'debitBalance', l.dr_balance::text,
          'credit', ${name('cr')}, 'creditBalance', l.cr_balance::text, 'hold', l.hold, 'debitLot', l.dr_lot::text,
          'creditLot', l.cr_lot::text) order by l.pos) as legs
        from ledger.leg l
        join ledger.account d on d.home = l.home and d.id = l.dr
        join ledger.unit u on u.id = d.unit
        where l.home = $1 and l.pos > $2 and l.pos <= $3
        group by l.home, l.journal
      ) s
      join ledger.journal j on j.home = s.home and j.id = s.journal
      join ledger.batch b on b.home = j.home and b.seq = j.batch
      join ledger.template t on t.id = j.template
      order by j.first_pos`,
      [home, after, last],
    )
    yield* rows
    after = last
  }
}

/**
 * The last leg of the last journal of a page; null after the end. Asked for by itself, since with a bound that is not known
 * when the page is planned, the plan is one for a large share of the log.
 */
async function endOfPage(db: Database, home: number, after: bigint): Promise<bigint | null> {
  const { rows } = await db.pool.query<{ last: bigint | null }>(
    `select max(j.first_pos + j.legs - 1) as last from ledger.leg p join ledger.journal j on j.home = p.home and j.id = p.journal
    where p.home = $1 and p.pos > $2 and p.pos <= $2 + ${pageLegs}`,
    [home, after],
  )
  return rows[0]?.last ?? null
}
