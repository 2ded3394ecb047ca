import { uuidv7, type Uuid } from '#kernel'
import type { Database } from '#platform'

const texts = [
  'A plain answer of a sentence or two, as most of them are. It says what was asked and stops.',
  '## Steps\n\n1. **Look** at what is there\n2. Change *one* thing\n3. See what became of it\n\n- a point\n- another with `code`\n',
  '| Way | Cost | Suits |\n|:--|--:|:--|\n| By the message | 40 | now and then |\n| By the day | 900 | a busy afternoon |\n',
  [
    '```ts',
    'export function split(whole: bigint, parts: number): bigint[] {',
    '  return Array.from({ length: parts }, () => whole / BigInt(parts))',
    '}',
    '```',
    'That is all there is to it.',
  ].join('\n'),
  '> A question well put is half answered.\n\nA longer answer follows. '.concat(
    'It goes on for a while, so that it fills some lines of the window and has to be broken. '.repeat(8),
  ),
]

/** A conversation of so many messages, as if it had been held: written at once, since holding it would take hours. */
export async function writeConversation(
  db: Database,
  {
    owner,
    bot,
    messages,
  }: { readonly owner: Uuid; readonly bot: { id: string; handle: string; name: string }; readonly messages: number },
): Promise<Uuid> {
  const conversation = uuidv7()
  const rows = Array.from({ length: messages / 2 }, (_, at) => {
    const [question, answer] = [uuidv7(), uuidv7()]
    return { question, answer, turn: uuidv7(), asked: `Question ${at + 1}`, said: `${texts[at % texts.length]}` }
  })
  const last = rows.at(-1)
  await db.pool.query(
    `insert into chat.conversation (id, owner, title, bots, leaf, created_at, active_at, search)
     values ($1, $2, 'A long conversation', $3, $4, now(), now(), '')`,
    [conversation, owner, JSON.stringify([bot]), last?.answer],
  )
  const linked = rows.map((row, at) => ({ ...row, after: rows[at - 1]?.answer ?? null }))
  await db.pool.query(
    `insert into chat.message (id, conversation, parent, text, bytes, created_at, search, turn, place, bot, handle, name,
       ending, parts, suggestions)
     select m.id, $1, m.parent, m.text, octet_length(m.text), now(), '', m.turn, m.place, m.bot, m.handle, m.name,
       m.ending, m.parts, m.suggestions
     from rows from (
       json_to_recordset($2::json) as (question uuid, answer uuid, turn uuid, asked text, said text, after uuid)
     ) with ordinality as r (question, answer, turn, asked, said, after, n)
     cross join lateral (values
       (1, r.question, r.after, r.asked, null::uuid, null::smallint, null::uuid, null::text, null::text, null::text, null::json, null::text[]),
       (2, r.answer, r.question, r.said, r.turn, 0::smallint, $3::uuid, $4, $5, 'finished', '[]'::json, '{}'::text[])
     ) as m (half, id, parent, text, turn, place, bot, handle, name, ending, parts, suggestions)
     order by r.n, m.half`,
    [conversation, JSON.stringify(linked), bot.id, bot.handle, bot.name],
  )
  return conversation
}
