import {
  contextOf,
  limits,
  type Answer,
  type Context,
  type Conversation,
  type ConversationCard,
  type Message,
} from './contract.ts'
import type { Database } from '#platform'
import type { Uuid } from '#kernel'
import { sizeOfMessage } from './rules.ts'
import type { CardRow, Standing } from './store/conversations.ts'
import { branchUp, contextUp, versionsBelow, type MessageRow } from './store/messages.ts'

export function toCard({ id, title, pinned, active_at, bots, running }: CardRow): ConversationCard {
  return { id, title, pinned, activeAt: active_at.toISOString(), bots, running }
}

export async function readHead(db: Database, standing: Standing): Promise<Conversation> {
  const { id, leaf, created_at } = standing
  const context = leaf === null ? { sizes: [], from: null } : await contextAt(db, { conversation: id, leaf })
  return { ...toCard(standing), createdAt: created_at.toISOString(), leaf, context }
}

async function contextAt(db: Database, at: { readonly conversation: Uuid; readonly leaf: Uuid }): Promise<Context> {
  const rows = await contextUp(db, {
    conversation: at.conversation,
    from: at.leaf,
    bytesMax: limits.contextBytes,
    texts: 'left out',
  })
  const { kept } = contextOf(rows.map(sizeOfMessage))
  const isWhole = kept.length === rows.length && rows[0]?.parent === null
  return { sizes: [...kept], from: isWhole ? null : (rows[rows.length - kept.length]?.id ?? null) }
}

type Page = { readonly items: Message[]; readonly before: Uuid | null }

/** A branch upwards from a message, with what else could stand at each of its places. */
export async function readBranch(
  db: Database,
  at: { readonly conversation: Uuid; readonly from: Uuid | null; readonly limit: number },
): Promise<Page> {
  if (at.from === null) return { items: [], before: null }
  const rows = await branchUp(db, { conversation: at.conversation, from: at.from, steps: at.limit })
  const parents = [...new Set(rows.map(({ parent }) => parent))]
  const versions = await versionsBelow(db, { conversation: at.conversation, parents })
  const first = rows[0]
  return {
    items: rows.map((row) => toMessage(row, versions.get(row.parent) ?? [row.id])),
    before: first && first.parent !== null ? first.id : null,
  }
}

type Alone<Kind> = Kind extends Message ? Omit<Kind, 'versions'> : never

function toMessage(row: MessageRow, versions: readonly string[]): Message {
  return { ...toMessageAlone(row), versions: [...versions] }
}

/** A message without what else could stand in its place. */
export function toMessageAlone(row: MessageRow): Alone<Message> {
  const { id, parent, text, created_at } = row
  const shared = { id, text, at: created_at.toISOString() }
  if (row.turn === null) return { kind: 'question', parent, ...shared }
  const { turn, place, bot, handle, name, ending, words, suggestions } = row
  if (parent === null) throw new Error(`answer ${id} answers nothing`)
  return {
    kind: 'answer',
    ...shared,
    parent,
    turn,
    place,
    bot: { id: bot, handle, name },
    ending,
    words,
    parts: row.parts.map(({ kind, data }) => ({ kind, data })) as Answer['parts'],
    suggestions: [...suggestions],
  }
}
