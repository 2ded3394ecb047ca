import * as z from 'zod/mini'
import { bigintText, endpoint, eventStream, uuidText } from '#kernel/contract'
import { ending, startRefusals, turnEvent } from '#turns/contract'

/** One list for the screens, the server and the README. */
export const limits = {
  /** Of one question, in bytes of UTF-8. */
  textBytes: 100_000,
  /** Of all that is sent to a bot, its own prompt aside; what is older is left out. */
  contextBytes: 160_000,
  botsPerTurn: 10,
  title: 120,
  search: 200,
  page: 200,
} as const

/** A bot as it was called when it answered. */
const botName = z.object({ id: uuidText, handle: z.string(), name: z.string() })
export type BotName = z.output<typeof botName>

const instant = z.iso.datetime()

const conversationCard = z.object({
  id: uuidText,
  title: z.string(),
  pinned: z.boolean(),
  activeAt: instant,
  /** Who was asked last, in order. */
  bots: z.array(botName),
  running: z.boolean(),
})
export type ConversationCard = z.output<typeof conversationCard>

/**
 * What bots would read of the conversation if something were sent now. `sizes` are the bytes of each message, oldest first,
 * as they count towards `limits.contextBytes`; `from` is the oldest that is read, null while all of it is.
 */
const context = z.object({ sizes: z.array(z.int()), from: z.nullable(uuidText) })
export type Context = z.output<typeof context>

const conversation = z.object({
  ...conversationCard.shape,
  createdAt: instant,
  /** The last message of the branch that is shown. */
  leaf: z.nullable(uuidText),
  context,
})
export type Conversation = z.output<typeof conversation>

/** What joins two neighbours of one role: a blank line. */
export const joinBytes = 2

/**
 * Which messages fit into a context: the latest ones, as many as there is room for, and always the last. Sizes are in bytes,
 * oldest first. The composer counts by the same function as the server, so that the quote is of what is sent.
 */
export function contextOf(sizes: readonly number[]): { readonly kept: readonly number[]; readonly bytes: number } {
  let bytes = sizes.at(-1) ?? 0
  let first = Math.max(sizes.length - 1, 0)
  while (first > 0) {
    const next = bytes + (sizes[first - 1] ?? 0)
    if (next > limits.contextBytes) break
    bytes = next
    first--
  }
  return { kept: sizes.slice(first), bytes }
}

/** Other versions of a message, in the order they were made, itself among them. */
const versions = z.array(uuidText)

const question = z.object({
  kind: z.literal('question'),
  id: uuidText,
  /** The first answer of the turn it follows; null at the beginning. */
  parent: z.nullable(uuidText),
  text: z.string(),
  at: instant,
  versions,
})

/** `ending` is null while it runs; then `text` is empty and the turn's events tell it. `versions` are those of its turn. */
const answer = z.object({
  kind: z.literal('answer'),
  id: uuidText,
  /** The question. Answers of one turn stand side by side. */
  parent: uuidText,
  turn: uuidText,
  place: z.int(),
  bot: botName,
  text: z.string(),
  ending: z.nullable(ending),
  words: z.nullable(z.string()),
  parts: z.array(z.object({ kind: z.string(), data: z.json() })),
  suggestions: z.array(z.string()),
  at: instant,
  versions,
})

const message = z.discriminatedUnion('kind', [question, answer])
export type Message = z.output<typeof message>
export type Question = z.output<typeof question>
export type Answer = z.output<typeof answer>

const params = z.object({ conversation: uuidText })
const turnParams = z.object({ conversation: uuidText, turn: uuidText })
const mine = { sign_in_first: 401, unknown_conversation: 404 } as const
const cursor = z.optional(z.string().check(z.maxLength(400)))
const limit = (usual: number) =>
  z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(limits.page)), usual)

/** Pinned ones first, then the last used. */
export const listConversations = endpoint({
  method: 'GET',
  path: '/api/conversations',
  input: { query: z.object({ after: cursor, limit: limit(30) }) },
  output: z.object({ items: z.array(conversationCard), next: z.nullable(z.string()) }),
  refusals: { sign_in_first: 401, bad_cursor: 400 },
})

export const getConversation = endpoint({
  method: 'GET',
  path: '/api/conversations/:conversation',
  input: { params },
  output: conversation,
  refusals: mine,
})

/** The branch that is shown, from its end or from above the message `before`; `items` oldest first. */
export const listMessages = endpoint({
  method: 'GET',
  path: '/api/conversations/:conversation/messages',
  input: { params, query: z.object({ before: z.optional(uuidText), limit: limit(50) }) },
  output: z.object({
    items: z.array(message),
    /** Ask for what is before this next; null at the beginning. */
    before: z.nullable(uuidText),
  }),
  refusals: { ...mine, unknown_message: 404 },
})

/** The price that was shown; nothing is charged beyond it. */
const expected = z.optional(z.object({ digest: z.string().check(z.maxLength(200)), atMost: bigintText }))

const asked = {
  /** The client's own, so that a double click, a retry or a second tab sends once. */
  turn: uuidText,
  bots: z.array(uuidText).check(z.minLength(1), z.maxLength(50)),
  expected,
}

const sent = z.object({
  turn: uuidText,
  state: z.enum(['started', 'already']),
  question: uuidText,
  answers: z.array(z.object({ id: uuidText, bot: uuidText })),
})
export type Sent = z.output<typeof sent>

const asking = {
  ...mine,
  ...startRefusals,
  unknown_message: 404,
  unknown_bot: 404,
  bot_withdrawn: 410,
  still_answering: 409,
} as const

/**
 * Asks bots something. A conversation that does not exist yet begins with it, under the client's own id. `after` is the
 * answer it follows (null: the beginning); where that has been followed before, a new branch begins. So is a question
 * edited: by another one with the same `after`.
 */
export const sendMessage = endpoint({
  method: 'POST',
  path: '/api/conversations/:conversation/turns',
  input: { params, body: z.object({ ...asked, after: z.nullable(uuidText), text: z.string() }) },
  output: sent,
  refusals: { ...asking, empty_text: 422, broken_text: 422 },
})

/** Asks a question once more; the former answers stay beside the new ones. */
export const askAgain = endpoint({
  method: 'POST',
  path: '/api/conversations/:conversation/questions/:question/turns',
  input: { params: z.object({ conversation: uuidText, question: uuidText }), body: z.object(asked) },
  output: sent,
  refusals: asking,
})

/** What a turn says, from its beginning or after the last event id: the first reader, a reload and a second tab alike. */
export const readTurn = eventStream({
  path: '/api/conversations/:conversation/turns/:turn/events',
  input: { params: turnParams },
  event: turnEvent,
  refusals: { ...mine, unknown_turn: 404 },
})

const done = z.object({})

export const stopTurn = endpoint({
  method: 'POST',
  path: '/api/conversations/:conversation/turns/:turn/stop',
  input: { params: turnParams },
  output: done,
  refusals: { ...mine, unknown_turn: 404 },
})

/** Shows the branch that this message is in, to its latest end. */
export const showBranch = endpoint({
  method: 'PUT',
  path: '/api/conversations/:conversation/branch',
  input: { params, body: z.object({ message: uuidText }) },
  output: z.object({ leaf: uuidText }),
  refusals: { ...mine, unknown_message: 404 },
})

export const changeConversation = endpoint({
  method: 'PATCH',
  path: '/api/conversations/:conversation',
  input: { params, body: z.object({ title: z.optional(z.string()), pinned: z.optional(z.boolean()) }) },
  output: conversationCard,
  refusals: { ...mine, bad_title: 422 },
})

/** It can be restored for 30 days; what runs in it runs on. */
export const deleteConversation = endpoint({
  method: 'DELETE',
  path: '/api/conversations/:conversation',
  input: { params },
  output: done,
  refusals: mine,
})

export const restoreConversation = endpoint({
  method: 'POST',
  path: '/api/conversations/:conversation/restore',
  input: { params },
  output: conversationCard,
  refusals: mine,
})

/** A piece of a message around what was found; `marks` are [from, to) in its UTF-16 units. */
const snippet = z.object({ text: z.string(), marks: z.array(z.tuple([z.int(), z.int()])) })
export type Snippet = z.output<typeof snippet>

const found = z.object({
  conversation: z.object({ id: uuidText, title: z.string() }),
  /** Null where the title was found. */
  message: z.nullable(uuidText),
  bot: z.nullable(botName),
  snippet,
  at: instant,
})
export type FoundMessage = z.output<typeof found>

/** Words by their beginnings, those of one or two letters whole, in any language, latest first; titles before messages. */
export const searchMessages = endpoint({
  method: 'GET',
  path: '/api/messages',
  input: { query: z.object({ q: z.string().check(z.maxLength(limits.search)), after: cursor, limit: limit(20) }) },
  output: z.object({ items: z.array(found), next: z.nullable(z.string()) }),
  refusals: { sign_in_first: 401, bad_cursor: 400, too_many_hits: 422 },
})

/** Markdown has the branch that is shown; JSON has every branch. */
export const exportConversation = endpoint({
  method: 'GET',
  path: '/api/conversations/:conversation/export',
  input: { params, query: z.object({ form: z.enum(['markdown', 'json']) }) },
  output: z.object({ name: z.string(), type: z.string(), text: z.string() }),
  refusals: { ...mine, too_long: 413 },
})
