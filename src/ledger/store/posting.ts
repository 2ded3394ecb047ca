import { type Database, codeOf } from '#platform'
import type { CallFault } from '../batcher.ts'
import type { Journal, StoredLeg } from '../journal.ts'
import { type Answer, decode, encode, postLazilyStatement, type PostRow, postStatement } from '../wire.ts'

/** What the posting function raises when the batch names an account that is not in its home; see `send`. */
const unknownAccount = 'BL007'

/** No connection was to be had, so nothing was sent. */
class NotConnected extends Error {
  override readonly name = 'NotConnected'
}

/**
 * Posts one batch on one connection; the connection is thrown away after any fault, since its state is not known. An
 * account that is not there fails the whole batch, as a fault that the batcher narrows down to its journal: handles come
 * from the ledger itself, so this is too rare to be looked for in every call.
 */
export async function send(db: Database, home: number, batch: readonly Journal[], now: Date | null): Promise<Answer[]> {
  const values = encode(home, batch, now)
  const client = await db.pool.connect().catch((cause: unknown) => {
    throw new NotConnected(cause instanceof Error ? cause.message : String(cause), { cause })
  })
  try {
    const isLazy = batch.every(({ lasts }) => lasts === 'with_next_commit')
    const { rows } = await client.query<PostRow>({ ...(isLazy ? postLazilyStatement : postStatement), values })
    client.release()
    return decode(rows[0] as PostRow, batch)
  } catch (fault) {
    client.release(true)
    const [first, ...others] = batch
    if (first && others.length === 0 && codeOf(fault) === unknownAccount) {
      return [{ key: first.key, status: 'unknown_account', postedAt: new Date(0) }]
    }
    throw fault
  }
}

/**
 * Sorts a failed call. Out of disk, memory or connections, or asked to try again: PostgreSQL undid everything and said
 * so. Its own words about the data: this batch will never post as it is. Anything else: the connection is gone, and with
 * it the answer. Node's codes begin with E, as no SQLSTATE does, and may be of five letters too: EPIPE.
 */
export function faultOf(fault: unknown): CallFault {
  if (fault instanceof NotConnected) return 'server_short'
  const code = codeOf(fault)
  if (code === undefined || code.length !== 5 || /^(E|08|57P|F0)/.test(code)) return 'connection_lost'
  return /^(40|53|55|57|58)/.test(code) ? 'server_short' : 'data'
}

type Fate = 'unknown_hold' | 'hold_expired' | 'hold_resolved'

type HoldPart = { readonly hold: string; readonly account: bigint }

/** Why one of these holds, the first that is not open, is not: it expired, was settled or released, or never was. */
export async function fateOfHolds(db: Database, home: number, parts: readonly HoldPart[]): Promise<Fate> {
  const { rows } = await db.pool.query<{ expired: boolean; reserved: boolean }>({
    name: 'ledger.fate_of_holds',
    text: `select
      exists (select 1 from ledger.journal where home = $1 and id = ledger.expiry_key(u.hold, u.account)) as expired,
      exists (select 1 from ledger.journal j join ledger.leg l on l.home = j.home and l.pos >= j.first_pos and l.pos < j.first_pos + j.legs
        where j.home = $1 and j.id = u.hold and l.op = 1 and l.dr = u.account) as reserved
      from unnest($2::uuid[], $3::int8[]) with ordinality u (hold, account, at)
      where not exists (select 1 from ledger.hold h where h.home = $1 and h.id = u.hold and h.account = u.account)
      order by u.at limit 1`,
    values: [home, parts.map(({ hold }) => hold), parts.map(({ account }) => account)],
  })
  const fate = rows[0]
  return fate?.expired ? 'hold_expired' : fate?.reserved ? 'hold_resolved' : 'unknown_hold'
}

/** The digest and instant of the journal under this key, if there is one. */
export async function postedUnder(
  db: Database,
  home: number,
  key: string,
): Promise<{ digest: string; postedAt: Date } | undefined> {
  const { rows } = await db.pool.query<{ digest: string; postedAt: Date }>({
    name: 'ledger.posted_under',
    text: `select encode(j.digest, 'hex') as digest, b.posted_at as "postedAt"
      from ledger.journal j join ledger.batch b on b.home = j.home and b.seq = j.batch where j.home = $1 and j.id = $2`,
    values: [home, key],
  })
  return rows[0]
}

export type StoredJournal = { readonly room: string; readonly legs: readonly StoredLeg[] }

/**
 * A journal's legs with what has been reversed of each, and the room that may reverse it: a reversal belongs to the room
 * of what it reverses. Undefined when there is no such journal.
 */
export async function storedJournal(db: Database, home: number, key: string): Promise<StoredJournal | undefined> {
  const { rows } = await db.pool.query<StoredLeg & { room: string }>({
    name: 'ledger.stored_journal',
    text: `with recursive origin as (
        select reverses, template from ledger.journal where home = $1 and id = $2
        union all
        select j.reverses, j.template from origin o join ledger.journal j on j.home = $1 and j.id = o.reverses
      )
      select r.name as room, l.pos, l.op, l.dr, l.cr, l.amount, l.dr_lot, l.cr_lot, coalesce(v.amount, 0) as reversed
      from ledger.journal j
      join origin o on o.reverses is null
      join ledger.template t on t.id = o.template
      join ledger.room r on r.id = t.room
      join ledger.leg l on l.home = j.home and l.pos >= j.first_pos and l.pos < j.first_pos + j.legs
      left join ledger.reversed v on v.home = l.home and v.pos = l.pos
      where j.home = $1 and j.id = $2
      order by l.pos`,
    values: [home, key],
  })
  return rows[0] && { room: rows[0].room, legs: rows }
}

/**
 * Ends the holds whose time has passed, as the posting function would at the next touch of their accounts. Answers how
 * many accounts it touched; call again while that is `limit`.
 */
export async function sweepHolds(db: Database, now: Date | null, limit: number): Promise<number> {
  const { rows } = await db.pool.query<{ home: number; accounts: string }>(
    `select home, '{' || string_agg(account::text, ',' order by account) || '}' as accounts
    from (select distinct home, account from ledger.hold where expires_at <= coalesce($1::timestamptz, clock_timestamp()) limit $2) s
    group by home`,
    [now, limit],
  )
  let touched = 0
  for (const { home, accounts } of rows) {
    await db.pool.query({
      ...postStatement,
      values: [home, accounts, '{}', '{}', null, null, null, '{}', '{}', null, null, null, null, now],
    })
    touched += accounts.split(',').length
  }
  return touched
}
