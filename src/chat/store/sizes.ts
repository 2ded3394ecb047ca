import { sql } from 'kysely'
import type { Uuid } from '#kernel'
import type { Database } from '#platform'
import { ofStep } from './messages.ts'

/** Of what stands around a message's text in a file. */
const framingBytes = 200

/** What a message adds to a file, roughly. */
const weight = sql`m.bytes + octet_length(coalesce(m.parts::text, '')) + ${framingBytes}::int`

type Sum = { readonly bytes: bigint }

export async function bytesOfOwner(db: Database, owner: Uuid): Promise<bigint> {
  const { rows } = await sql<Sum>`
    select coalesce(sum(${weight}), 0)::bigint as bytes
    from chat.conversation c join chat.message m on m.conversation = c.id where c.owner = ${owner}`.execute(
    db.tables<unknown>(),
  )
  return rows[0]?.bytes ?? 0n
}

export async function bytesOfConversation(db: Database, conversation: Uuid): Promise<bigint> {
  const { rows } = await sql<Sum>`
    select coalesce(sum(${weight}), 0)::bigint as bytes from chat.message m where m.conversation = ${conversation}`.execute(
    db.tables<unknown>(),
  )
  return rows[0]?.bytes ?? 0n
}

/** So many steps of a branch that weighs no more than this; each has a message at least. */
export const stepsIn = (bytesMax: number): number => Math.floor(bytesMax / framingBytes)

/** From a message up to the beginning, or until it is more than `bytesMax`. */
export async function bytesOfBranch(
  db: Database,
  { conversation, from, bytesMax }: { readonly conversation: Uuid; readonly from: Uuid; readonly bytesMax: number },
): Promise<bigint> {
  const { rows } = await sql<Sum>`
    with recursive up (id, parent, turn, bytes) as (
      select id, parent, turn, 0::bigint from chat.message where id = ${from} and conversation = ${conversation}
      union all
      select p.id, p.parent, p.turn, up.bytes + step.bytes
      from up
      cross join lateral (select sum(${weight})::bigint as bytes from ${ofStep} m) step
      left join chat.message p on p.id = up.parent
      where up.id is not null and up.bytes <= ${bytesMax}::bigint
    )
    select coalesce(max(bytes), 0)::bigint as bytes from up`.execute(db.tables<unknown>())
  return rows[0]?.bytes ?? 0n
}
