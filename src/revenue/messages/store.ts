import type { Uuid } from '#kernel'
import type { Database } from '#platform'

/** One call of a turn that cost nothing because its hold had ended. */
export type WaivedCall = {
  readonly call: Uuid
  readonly bot: Uuid
  readonly creator: Uuid | null
  readonly ending: string
}

type WaivedTurn = { readonly turn: Uuid; readonly at: Date; readonly calls: readonly WaivedCall[] }

/** Keeps what no journal can: that a turn ended, and was not charged. */
export async function noteWaived(
  db: Database,
  turn: { readonly payer: Uuid; readonly turn: Uuid; readonly at: Date; readonly calls: readonly WaivedCall[] },
): Promise<void> {
  await db.pool.query(
    `insert into messages.waived (payer, turn, waived_at, calls) values ($1, $2, $3, $4) on conflict do nothing`,
    [turn.payer, turn.turn, turn.at, JSON.stringify(turn.calls)],
  )
}

export async function waivedTurn(
  db: Database,
  { payer, turn }: { readonly payer: Uuid; readonly turn: Uuid },
): Promise<WaivedTurn | undefined> {
  const { rows } = await db.pool.query<WaivedTurn>(
    `select turn, waived_at as at, calls from messages.waived where payer = $1 and turn = $2`,
    [payer, turn],
  )
  return rows[0]
}

/** All of a payer's, the oldest first. */
export async function waivedOf(db: Database, payer: Uuid): Promise<readonly WaivedTurn[]> {
  const { rows } = await db.pool.query<WaivedTurn>(
    `select turn, waived_at as at, calls from messages.waived where payer = $1 order by waived_at, turn`,
    [payer],
  )
  return rows
}

export async function eraseWaived(db: Database, payer: Uuid): Promise<void> {
  await db.pool.query(`delete from messages.waived where payer = $1`, [payer])
}
