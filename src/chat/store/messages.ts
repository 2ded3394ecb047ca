import { sql, type RawBuilder } from 'kysely'
import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import type { Ending } from '#turns/contract'
import type { EndedCall, Transaction } from '#turns'
import { joinBytes, type BotName } from '../contract.ts'

type QuestionColumns = { readonly turn: null; readonly place: null }

type AnswerColumns = {
  readonly turn: Uuid
  readonly place: number
  readonly bot: Uuid
  readonly handle: string
  readonly name: string
  readonly ending: Ending | null
  readonly words: string | null
  readonly parts: EndedCall['parts']
  readonly suggestions: readonly string[]
}

/** A row by its kind, as the table's check has it. */
export type MessageRow = {
  readonly id: Uuid
  readonly parent: Uuid | null
  readonly text: string
  readonly created_at: Date
} & (QuestionColumns | AnswerColumns)

const columns = sql`m.id, m.parent, m.text, m.created_at, m.turn, m.place, m.bot, m.handle, m.name, m.ending, m.words,
  m.parts, m.suggestions`

/** Every message of a step upwards: a question alone, an answer with those beside it. */
export const ofStep = sql`(
  select * from chat.message q where q.id = up.id and up.turn is null
  union all select * from chat.message a where a.turn = up.turn)`

/** From a message up to the beginning, at most so many steps; oldest first. */
export async function branchUp(
  db: Database,
  { conversation, from, steps }: { readonly conversation: string; readonly from: string; readonly steps: number },
): Promise<readonly MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    with recursive up (id, parent, turn, step) as (
      select id, parent, turn, 1 from chat.message where id = ${from} and conversation = ${conversation}
      union all
      select m.id, m.parent, m.turn, up.step + 1 from up join chat.message m on m.id = up.parent
      where up.step < ${steps}::int
    )
    select ${columns} from up cross join lateral ${ofStep} m
    order by up.step desc, m.place`.execute(db.tables<unknown>())
  return rows
}

export type ContextRow = {
  readonly id: Uuid
  /** Null at the beginning; where the oldest row has one, there is more above it. */
  readonly parent: Uuid | null
  readonly turn: Uuid | null
  readonly bot: Uuid | null
  readonly handle: string | null
  readonly bytes: number
  readonly text: string
}

/** So that a branch of the smallest messages ends too. */
const contextStepsMax = 20_000

/**
 * The end of a branch, as far up as a context reaches and a step beyond; oldest first. A step never counts more here than its
 * messages do in a context. `texts: 'left out'` measures without reading them.
 */
export async function contextUp(
  db: Database,
  want: {
    readonly conversation: string
    readonly from: string
    readonly bytesMax: number
    readonly texts: 'read' | 'left out'
  },
): Promise<readonly ContextRow[]> {
  const stepBytes: RawBuilder<number> = sql`case when m.turn is null then m.bytes + ${joinBytes}::int
    else (select sum(a.bytes)::int from chat.message a where a.turn = m.turn) end`
  const { rows } = await sql<ContextRow>`
    with recursive up (id, parent, turn, step, bytes) as (
      select m.id, m.parent, m.turn, 1, ${stepBytes} from chat.message m
      where m.id = ${want.from} and m.conversation = ${want.conversation}
      union all
      select m.id, m.parent, m.turn, up.step + 1, up.bytes + ${stepBytes}
      from up join chat.message m on m.id = up.parent
      where up.bytes <= ${want.bytesMax}::int and up.step < ${contextStepsMax}::int
    )
    select m.id, m.parent, m.turn, m.bot, m.handle, m.bytes, ${want.texts === 'read' ? sql`m.text` : sql`''`} as text
    from up cross join lateral ${ofStep} m
    where m.bytes > 0
    order by up.step desc, m.place`.execute(db.tables<unknown>())
  return rows
}

type Versions = { readonly parent: Uuid | null; readonly ids: Uuid[] }

/** The messages that could stand below each of these parents, in the order they were made; a null is the beginning. */
export async function versionsBelow(
  db: Database,
  { conversation, parents }: { readonly conversation: string; readonly parents: readonly (Uuid | null)[] },
): Promise<ReadonlyMap<Uuid | null, readonly Uuid[]>> {
  const { rows } = await sql<Versions>`
    select m.parent, array_agg(m.id order by m.number) as ids
    from chat.message m
    where m.parent = any(${parents.filter((parent) => parent !== null)}::uuid[]) and (m.place is null or m.place = 0)
    group by m.parent
    union all
    select null, array_agg(m.id order by m.number) from chat.message m
    where ${parents.includes(null)}::boolean and m.conversation = ${conversation} and m.parent is null`.execute(
    db.tables<unknown>(),
  )
  return new Map(rows.map(({ parent, ids }) => [parent, ids]))
}

export type MessagePlace = {
  readonly owner: Uuid
  readonly deleted: boolean
  /** Null where the conversation has no such message. */
  readonly id: Uuid | null
  readonly parent: Uuid | null
  readonly turn: Uuid | null
  readonly text: string
  /** Whether it, or an answer to it, runs; the given turn aside. */
  readonly running: boolean
}

/** A message of a conversation, whose that is, and whether something still runs where one would go on from it. */
export async function placeOf(
  db: Database,
  { conversation, message, turn }: { readonly conversation: string; readonly message: string; readonly turn: string },
): Promise<MessagePlace | undefined> {
  const { rows } = await sql<MessagePlace>`
    select c.owner, c.deleted_at is not null as deleted, m.id, m.parent, m.turn, m.text, exists (
      select from chat.message r
      where r.conversation = m.conversation and r.turn is not null and r.ending is null and r.turn <> ${turn}
        and (r.turn = m.turn or r.parent = m.id)
    ) as running
    from chat.conversation c left join chat.message m on m.id = ${message} and m.conversation = c.id
    where c.id = ${conversation}`.execute(db.tables<unknown>())
  return rows[0]
}

/** The first answer of a turn, which stands for all of them. */
export async function firstAnswerOf(db: Database, turn: Uuid): Promise<Uuid | undefined> {
  const { rows } = await sql<{ id: Uuid }>`select id from chat.message where turn = ${turn} and place = 0`.execute(
    db.tables<unknown>(),
  )
  return rows[0]?.id
}

export async function isTurnOf(db: Database, want: { conversation: string; turn: string }): Promise<boolean> {
  const { rows } = await sql`
    select from chat.message where turn = ${want.turn} and place = 0 and conversation = ${want.conversation}`.execute(
    db.tables<unknown>(),
  )
  return rows.length > 0
}

/** The latest end below a message: at every fork the branch that was begun last. */
export async function leafBelow(
  db: Database,
  { conversation, message }: { readonly conversation: string; readonly message: string },
): Promise<Uuid | undefined> {
  const { rows } = await sql<{ id: Uuid }>`
    with recursive down (id, step) as (
      select coalesce(f.id, m.id), 1 from chat.message m left join chat.message f on f.turn = m.turn and f.place = 0
      where m.id = ${message} and m.conversation = ${conversation}
      union all
      select n.id, down.step + 1 from down cross join lateral (
        select c.id from chat.message c where c.parent = down.id and (c.place is null or c.place = 0)
        order by c.number desc limit 1) n
    )
    select id from down order by step desc limit 1`.execute(db.tables<unknown>())
  return rows[0]?.id
}

export type Begun = {
  readonly conversation: string
  readonly owner: Uuid
  readonly title: string
  readonly titleSearch: string
  readonly bots: readonly BotName[]
  readonly at: Date
  readonly question:
    | { readonly id: Uuid; readonly parent: Uuid | null; readonly text: string; readonly search: string }
    | undefined
  readonly answers: readonly { readonly id: Uuid; readonly parent: Uuid; readonly bot: BotName }[]
  readonly turn: string
  /** The owner's mark, which an answer without text is found by. */
  readonly search: string
}

/**
 * A turn begins: its conversation if it is new, its question unless it is there, and an answer to be for each bot. One
 * statement, since it stands between a person and the first word. False if the conversation is somebody else's or deleted.
 */
export async function begin(trx: Transaction, begun: Begun): Promise<boolean> {
  const { question, answers, at, conversation } = begun
  const messages = [
    ...(question ? [{ ...question, turn: null, place: null, bot: null }] : []),
    ...answers.map((each, place) => ({ ...each, text: '', search: begun.search, turn: begun.turn, place })),
  ]
  const rows = messages.map(({ bot, ...each }) => ({ ...each, bot: bot?.id, handle: bot?.handle, name: bot?.name }))
  const { numAffectedRows } = await sql`
    with known as (
      insert into chat.conversation as c (id, owner, title, search, bots, leaf, created_at, active_at)
      values (${conversation}, ${begun.owner}, ${begun.title}, ${begun.titleSearch}::tsvector,
        ${JSON.stringify(begun.bots)}::json, ${answers[0]?.id}, ${at}, ${at})
      on conflict (id) do update set leaf = excluded.leaf, bots = excluded.bots, active_at = excluded.active_at
      where c.owner = excluded.owner and c.deleted_at is null
      returning c.id
    )
    insert into chat.message (id, conversation, parent, text, bytes, created_at, search, turn, place, bot, handle, name,
      parts, suggestions)
    select m.id, known.id, m.parent, m.text, octet_length(m.text), ${at}, m.search::tsvector, m.turn, m.place, m.bot,
      m.handle, m.name, case when m.turn is null then null else '[]'::json end,
      case when m.turn is null then null else '{}'::text[] end
    from known, rows from (
      json_to_recordset(${JSON.stringify(rows)}::json) as (id uuid, parent uuid, text text, search text, turn uuid,
        place smallint, bot uuid, handle text, name text)
    ) with ordinality as m (id, parent, text, search, turn, place, bot, handle, name, n)
    order by m.n`.execute(trx)
  return numAffectedRows === BigInt(rows.length)
}

export type Kept = EndedCall & { readonly search: string }

/** What is left of calls for good, many turns in one statement. */
export async function end(trx: Transaction, calls: readonly Kept[]): Promise<void> {
  const rows = calls.map(({ id, ending, words, text, parts, suggestions, search }) => {
    return { id, ending, words, text, parts, suggestions, search }
  })
  await sql`
    update chat.message m set ending = e.ending, words = e.words, text = e.text, bytes = octet_length(e.text),
      parts = e.parts, search = e.search::tsvector,
      suggestions = array(select json_array_elements_text(e.suggestions))
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as e (id uuid, ending text, words text, text text, parts json, search text, suggestions json)
    where m.id = e.id and m.ending is null`.execute(trx)
}

/** All messages of a conversation, in the order they were made. */
export async function allOf(db: Database, conversation: Uuid): Promise<readonly MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    select ${columns} from chat.message m where m.conversation = ${conversation} order by m.number`.execute(
    db.tables<unknown>(),
  )
  return rows
}
