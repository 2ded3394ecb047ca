import { sql } from 'kysely'
import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { CardPayment } from './ports.ts'
import type { TopUpState } from './rules.ts'

export type TopUp = {
  readonly id: Uuid
  readonly person: Uuid
  readonly provider: string
  readonly cents: bigint
  readonly points: bigint
  readonly repaid: bigint
  readonly state: TopUpState
  readonly postedState: TopUpState
  readonly reference: string | null
  readonly method: string
  readonly askWords: string | null
  readonly askOpen: string | null
  readonly failure: string | null
  readonly fee: bigint
  readonly disputeFee: bigint
  readonly startedAt: Date
}

const columns = `id, person, provider, cents, points, repaid, state, posted_state as "postedState", reference, method,
  ask_words as "askWords", ask_open as "askOpen", failure, fee_micro_usd as fee, dispute_fee_micro_usd as "disputeFee",
  started_at as "startedAt"`

type Intent = Pick<TopUp, 'id' | 'person' | 'provider' | 'cents' | 'points' | 'startedAt'>

/**
 * Writes the intent, once, unless the person began so many others since an instant; answers what stands under the id, whoever
 * wrote it. One person's intents are written one after the other: whoever tries out cards sends them all at once.
 */
export async function beginTopUp(
  db: Database,
  intent: Intent,
  others: { readonly since: Date; readonly max: number },
): Promise<TopUp | 'too_many'> {
  const { id, person, provider, cents, points, startedAt } = intent
  const begun = await db.transact<unknown, boolean>(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${person}, 1301))`.execute(trx)
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from wallet.top_up
      where person = ${person} and started_at > ${others.since} and id <> ${id}`.execute(trx)
    if ((rows[0]?.n ?? 0) >= others.max) return false
    await sql`insert into wallet.top_up (id, person, provider, cents, points, started_at, looked_at)
      values (${id}, ${person}, ${provider}, ${cents}, ${points}, ${startedAt}, ${startedAt})
      on conflict (id) do nothing`.execute(trx)
    return true
  })
  if (!begun) return 'too_many'
  const row = await topUpById(db, id)
  if (!row) throw new Error('a top-up that was begun is gone')
  return row
}

export async function topUpById(db: Database, id: Uuid): Promise<TopUp | undefined> {
  const { rows } = await db.pool.query<TopUp>(`select ${columns} from wallet.top_up where id = $1`, [id])
  return rows[0]
}

/** Newest first: for the person's own export. */
export async function topUpsOf(db: Database, person: Uuid): Promise<readonly TopUp[]> {
  const { rows } = await db.pool.query<TopUp>(
    `select ${columns} from wallet.top_up where person = $1 order by started_at desc`,
    [person],
  )
  return rows
}

/**
 * Notes what the provider said, if the top-up still stands where it was read. A person whose money the bank takes back
 * is marked in the same statement. False: someone else noted something meanwhile.
 */
export async function notePayment(db: Database, read: TopUp, payment: CardPayment): Promise<boolean> {
  const { rowCount } = await db.pool.query(
    `with noted as (
      update wallet.top_up set state = $3, reference = $4, method = $5, ask_words = $6, ask_open = $7, failure = $8,
        fee_micro_usd = greatest(fee_micro_usd, $9), dispute_fee_micro_usd = greatest(dispute_fee_micro_usd, $10)
      where id = $1 and state = $2 returning person, state),
    marked as (
      insert into wallet.person (person, in_debt) select person, true from noted where state in ('disputed', 'refunded')
      on conflict (person) do update set in_debt = true)
    select from noted`,
    [
      read.id,
      read.state,
      payment.state,
      payment.reference,
      payment.method,
      payment.ask?.words ?? null,
      payment.ask?.open ?? null,
      payment.failure ?? null,
      payment.feeMicroUsd ?? 0n,
      payment.disputeFeeMicroUsd ?? 0n,
    ],
  )
  return rowCount === 1
}

/** Gives up on a payment that the provider has never heard of. */
export async function noteUnheard(db: Database, id: Uuid, failure: string): Promise<void> {
  await db.pool.query(`update wallet.top_up set state = 'failed', failure = $2 where id = $1 and state = 'started'`, [
    id,
    failure,
  ])
}

/** The ledger has it up to here. */
export async function notePosted(db: Database, id: Uuid, state: TopUpState, repaid: bigint): Promise<void> {
  await db.pool.query(`update wallet.top_up set posted_state = $2, repaid = $3 where id = $1`, [id, state, repaid])
}

/**
 * Top-ups whose end is not known or not posted, and those of the last days about which a webhook may have been lost. What is
 * paid and not posted comes first, after a minute. The rest is due ten minutes after the last look, or a tenth of the age it
 * then had: nobody is given up, and those that were left lying do not stand in the way of new ones.
 */
export async function topUpsToLookAt(db: Database, now: Date, limit: number): Promise<readonly TopUp[]> {
  const { rows } = await db.pool.query<TopUp>(
    `update wallet.top_up set looked_at = $1
    where id in (
      select id from wallet.top_up
      cross join lateral (select
        posted_state <> state and state in ('succeeded', 'refunded', 'disputed') as is_unposted,
        looked_at + greatest(interval '10 minutes', (looked_at - started_at) / 10) as due) as look
      where looked_at <= $1::timestamptz - interval '1 minute' and (is_unposted or (due <= $1::timestamptz
        and (state in ('started', 'asks') or (state = 'succeeded' and started_at > $1::timestamptz - interval '3 days'))))
      order by is_unposted desc, due limit $2)
    returning ${columns}`,
    [now, limit],
  )
  return rows
}

/**
 * Runs the work while no other process does so for this person: what a sale takes back or repays depends on what others
 * left. Holds one connection, so callers take turns within a process.
 */
export async function aloneFor<Answer>(db: Database, person: Uuid, work: () => Promise<Answer>): Promise<Answer> {
  const client = await db.pool.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtextextended($1, 1300))`, [person])
    return await work()
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      (fault: Error) => client.release(fault),
    )
  }
}
