import { sql } from 'kysely'
import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { EndedCall, EndedTurn, Transaction, TurnOf } from '../plan.ts'
import type { Quote, Settlement } from '../slots.ts'
import { asUuid, readQuote, storeQuote, storeSettlement } from '../stored.ts'

export type NewTurn = {
  readonly id: Uuid
  readonly payer: Uuid
  readonly conversation: Uuid | null
  readonly process: Uuid
  readonly digest: Buffer
  readonly quote: Quote
  readonly calls: readonly PlannedCall[]
  readonly startedAt: Date
}
export type PlannedCall = { readonly id: Uuid; readonly bot: Uuid }

/** Writes the row unless the id is taken, by a turn that may still be on its way in another transaction. */
export async function insertTurn(trx: Transaction, turn: NewTurn): Promise<'inserted' | 'taken'> {
  const { numAffectedRows } = await sql`
    insert into turns.turn (id, payer, conversation, process, digest, quote, calls, started_at)
    values (${turn.id}, ${turn.payer}, ${turn.conversation}, ${turn.process}, ${turn.digest}, ${storeQuote(turn.quote)},
      ${JSON.stringify(turn.calls)}, ${turn.startedAt})
    on conflict do nothing`.execute(trx)
  return numAffectedRows === 1n ? 'inserted' : 'taken'
}

/**
 * Waits until whoever is writing this id has committed or has not: a connection may be lost while its commit still runs, and
 * the unique index lets nobody pass before. Writes nothing.
 */
export async function awaitCommit(db: Database, turn: NewTurn): Promise<void> {
  const looked = new Error('looked')
  await db
    .transact(async (trx) => {
      await insertTurn(trx, turn)
      throw looked
    })
    .catch((fault: unknown) => {
      if (fault !== looked) throw fault
    })
}

export type Known = { readonly payer: string; readonly digest: Buffer; readonly quote: Quote }

export type Found = { readonly known: Known | undefined; readonly running: number }

/** Of each the turn of this id, if there is one, and how many turns the payer has running. In the order asked. */
export async function lookUp({ pool }: Database, wanted: readonly TurnOf[]): Promise<readonly Found[]> {
  const { rows } = await pool.query<{ running: number; payer: string | null; digest: Buffer; quote: unknown }>({
    name: 'turns.look_up',
    text: `select r.running, t.payer, t.digest, t.quote
      from unnest($1::uuid[], $2::uuid[]) with ordinality u (id, payer, at)
      cross join lateral (
        select count(*)::int as running from turns.turn where payer = u.payer and ended_at is null
      ) r
      left join turns.turn t on t.home = 1 and t.id = u.id
      order by u.at`,
    values: [wanted.map(({ id }) => id), wanted.map(({ payer }) => payer)],
  })
  return rows.map(({ running, payer, digest, quote }) => {
    return { known: payer === null ? undefined : { payer, digest, quote: readQuote(quote) }, running }
  })
}

/** Notes that the payer's turn is to end, and wakes the process that runs it. */
export async function requestStop(
  { pool }: Database,
  { turn, payer }: { readonly turn: Uuid; readonly payer: Uuid },
): Promise<'noted' | 'ended' | 'unknown'> {
  const { rows } = await pool.query<{ ended: boolean }>(
    `with noted as (
       update turns.turn set stop_cause = coalesce(stop_cause, 'stopped')
       where home = 1 and id = $1 and payer = $2 and ended_at is null returning pg_notify('turns_stop', id || ' stopped')
     )
     select not exists (select from noted) as ended from turns.turn where home = 1 and id = $1 and payer = $2`,
    [turn, payer],
  )
  return rows[0] ? (rows[0].ended ? 'ended' : 'noted') : 'unknown'
}

export async function requestStopOfAll({ pool }: Database, payer: Uuid): Promise<readonly Uuid[]> {
  const { rows } = await pool.query<{ id: string }>(
    `update turns.turn set stop_cause = 'account_closed' where payer = $1 and ended_at is null
     returning id, pg_notify('turns_stop', id || ' account_closed')`,
    [payer],
  )
  return rows.map(({ id }) => asUuid(id))
}

export type Sealing = {
  readonly ended: EndedTurn
  /** Whose turn it has to be; null: anybody's. */
  readonly process: Uuid | null
  /** As JSON. */
  readonly conclusion: string
  readonly lastSeq: number
  /** What the log does not hold yet, up to and with the ending. */
  readonly chunk: { readonly firstSeq: number; readonly events: string }
}

/**
 * Ends turns: intent, final texts and the rest of the log in one statement. Answers which of them it ended; the others were
 * ended before, by a process that took this one for gone, or are not whose they have to be.
 */
export async function endTurns(trx: Transaction, sealings: readonly Sealing[]): Promise<ReadonlySet<Uuid>> {
  const calls = sealings.flatMap(({ ended }) =>
    ended.calls.map((call, place) => ({ turn: ended.turn, place, ...storedCall(call) })),
  )
  const { rows } = await sql<{ id: string }>`
    with over as (
      update turns.turn t
      set ended_at = clock_timestamp(), ending = s.ending, conclusion = s.conclusion, last_seq = s.last_seq
      from unnest(
        ${sealings.map(({ ended }) => ended.turn)}::uuid[], ${sealings.map(({ ended }) => ended.ending)}::text[],
        ${sealings.map(({ conclusion }) => conclusion)}::json[], ${sealings.map(({ lastSeq }) => lastSeq)}::int[],
        ${sealings.map(({ process }) => process)}::uuid[]
      ) s (id, ending, conclusion, last_seq, process)
      where t.home = 1 and t.id = s.id and t.ended_at is null and t.process = coalesce(s.process, t.process)
      returning t.id
    ), kept as (
      insert into turns.call (turn, place, id, bot, ending, words, text, parts, suggestions)
      select c.turn, c.place, c.id, c.bot, c.ending, c.words, c.text, c.parts,
        array(select json_array_elements_text(c.suggestions))
      from unnest(
        ${calls.map(({ turn }) => turn)}::uuid[], ${calls.map(({ place }) => place)}::smallint[],
        ${calls.map(({ id }) => id)}::uuid[], ${calls.map(({ bot }) => bot)}::uuid[],
        ${calls.map(({ ending }) => ending)}::text[], ${calls.map(({ words }) => words)}::text[],
        ${calls.map(({ text }) => text)}::text[], ${calls.map(({ parts }) => parts)}::json[],
        ${calls.map(({ suggestions }) => suggestions)}::json[]
      ) c (turn, place, id, bot, ending, words, text, parts, suggestions)
      join over on over.id = c.turn
    ), logged as (
      insert into turns.event (turn, first_seq, last_seq, events)
      select e.turn, e.first_seq, e.last_seq, e.events
      from unnest(
        ${sealings.map(({ ended }) => ended.turn)}::uuid[], ${sealings.map(({ chunk }) => chunk.firstSeq)}::int[],
        ${sealings.map(({ lastSeq }) => lastSeq)}::int[], ${sealings.map(({ chunk }) => chunk.events)}::json[]
      ) e (turn, first_seq, last_seq, events)
      join over on over.id = e.turn
      on conflict (home, turn, first_seq) do update set last_seq = excluded.last_seq, events = excluded.events
    )
    select id, pg_notify('turns_log', id::text) from over`.execute(trx)
  return new Set(rows.map(({ id }) => asUuid(id)))
}

function storedCall({ id, bot, ending, words, text, parts, suggestions }: EndedCall) {
  return { id, bot, ending, words, text, parts: JSON.stringify(parts), suggestions: JSON.stringify(suggestions) }
}

/**
 * Notes what settlement answered, for readers of other processes and so that the reaper need not ask again. The disk is not
 * waited for, and with it no other turn's NOTIFY: a note that is lost is asked for again, and answered the same.
 */
export async function markSettled(
  { pool }: Database,
  settled: readonly { readonly turn: Uuid; readonly settlement: Settlement }[],
): Promise<void> {
  await pool.query(
    `update turns.turn t set settled_at = clock_timestamp(), charged = s.charged, settlement = s.settlement
     from unnest($1::uuid[], $2::bigint[], $3::json[]) s (id, charged, settlement)
     where t.home = 1 and t.id = s.id and t.settled_at is null
     returning pg_notify('turns_log', t.id::text), set_config('synchronous_commit', 'off', true)`,
    [
      settled.map(({ turn }) => turn),
      settled.map(({ settlement }) => settlement.charged.toString()),
      settled.map(({ settlement }) => storeSettlement(settlement)),
    ],
  )
}
