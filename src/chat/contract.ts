import * as z from 'zod/mini'
import { bigintText, endpoint, eventStream } from '#kernel/contract'
import { ending, startRefusals, turnEvent } from '#turns/contract'

/** One list for the composer, the server and the README. Texts in characters. */
export const limits = {
  text: 200_000,
  title: 120,
  search: 200,
  bots: 10,
  page: 100,
} as const

const instant = z.string()
const conversationParams = z.object({ conversation: z.uuid() })
const messageParams = z.object({ conversation: z.uuid(), message: z.uuid() })
const number = z.codec(z.string().check(z.regex(/^\d{1,6}$/)), z.int(), { decode: Number, encode: String })

const known = { sign_in_first: 401, unknown_conversation: 404 } as const
const knownMessage = { ...known, unknown_message: 404 } as const

const botName = z.object({ id: z.uuid(), handle: z.string(), name: z.string(), creator: z.nullable(z.uuid()) })
export type BotInChat = z.output<typeof botName>

const summary = z.object({
  id: z.uuid(),
  title: z.string(),
  pinned: z.boolean(),
  touchedAt: instant,
  /** The bots of the latest turn. */
  bots: z.array(botName),
  running: z.boolean(),
})
export type ConversationSummary = z.output<typeof summary>

const message = z.object({
  id: z.uuid(),
  parent: z.nullable(z.uuid()),
  author: z.enum(['person', 'bot']),
  bot: z.nullable(botName),
  turn: z.nullable(z.uuid()),
  text: z.string(),
  /** Null for a person's message, and for an answer while it runs: then its turn's events tell the rest. */
  ending: z.nullable(ending),
  words: z.nullable(z.string()),
  parts: z.array(z.object({ kind: z.string(), data: z.json() })),
  suggestions: z.array(z.string()),
  leftOut: z.int(),
  createdAt: instant,
  /** Other versions of this place, itself among them, oldest first: edits of a message, or answers of other turns. */
  versions: z.array(z.uuid()),
})
export type MessageView = z.output<typeof message>

export const listConversations = endpoint({
  method: 'GET',
  path: '/api/conversations',
  input: { query: z.object({ before: z.optional(z.string()), limit: z.optional(number) }) },
  output: z.object({ items: z.array(summary), next: z.nullable(z.string()) }),
  refusals: { sign_in_first: 401 },
})

/** The shown path, its latest messages first in time order; older ones are before the first message's id. */
export const getConversation = endpoint({
  method: 'GET',
  path: '/api/conversations/:conversation',
  input: {
    params: conversationParams,
    query: z.object({ before: z.optional(z.uuid()), limit: z.optional(number) }),
  },
  output: z.object({
    conversation: summary,
    messages: z.array(message),
    /** True where the path goes on before the first message. */
    older: z.boolean(),
    /** UTF-8 bytes of what a next message would be sent along with; for its quote. */
    contextBytes: z.int(),
  }),
  refusals: knownMessage,
})

const text = z.string().check(z.maxLength(limits.text, `A message has at most ${limits.text.toLocaleString('en')} characters.`))
const expected = z.optional(z.object({ digest: z.string(), atMost: bigintText }))
const asked = z.object({
  conversation: z.uuid(),
  turn: z.uuid(),
  /** What the bots answer. */
  message: z.uuid(),
  answers: z.array(z.uuid()),
  state: z.enum(['started', 'already']),
})
const startable = {
  ...knownMessage,
  ...startRefusals,
  empty_message: 422,
  unknown_bot: 404,
  bot_withdrawn: 410,
} as const

/**
 * Says something to one or more bots. The conversation begins with its first message, under an id of the client's own. `turn`
 * is the idempotency key: a double click, a retry or a second tab is the same turn. `parent` is the answer one goes on from, or
 * null at the beginning; to edit a message is to send another with the same parent.
 */
export const sendMessage = endpoint({
  method: 'POST',
  path: '/api/conversations/:conversation/turns',
  input: {
    params: conversationParams,
    body: z.object({
      turn: z.uuid(),
      message: z.uuid(),
      parent: z.nullable(z.uuid()),
      text,
      bots: z.array(z.uuid()).check(z.minLength(1), z.maxLength(limits.bots)),
      expected,
    }),
  },
  output: asked,
  refusals: startable,
})

/** Another answer of the same bots to the message that this answer was given to; the earlier one stays as its sibling. */
export const askAgain = endpoint({
  method: 'POST',
  path: '/api/conversations/:conversation/messages/:message/again',
  input: { params: messageParams, body: z.object({ turn: z.uuid(), expected }) },
  output: asked,
  refusals: startable,
})

export const stopTurn = endpoint({
  method: 'POST',
  path: '/api/turns/:turn/stop',
  input: { params: z.object({ turn: z.uuid() }), body: z.object({}) },
  output: z.object({}),
  refusals: { sign_in_first: 401, unknown_turn: 404 },
})

/** What a turn says, as it says it and from its beginning; with Last-Event-ID, from there. */
export const turnEvents = eventStream({
  path: '/api/turns/:turn/events',
  input: { params: z.object({ turn: z.uuid() }) },
  event: turnEvent,
  refusals: { sign_in_first: 401, unknown_turn: 404 },
})

/** Shows another version: the path goes through this message to the latest below it. */
export const showMessage = endpoint({
  method: 'PUT',
  path: '/api/conversations/:conversation/shown',
  input: { params: conversationParams, body: z.object({ message: z.uuid() }) },
  output: z.object({ leaf: z.uuid() }),
  refusals: knownMessage,
})

export const changeConversation = endpoint({
  method: 'PATCH',
  path: '/api/conversations/:conversation',
  input: {
    params: conversationParams,
    body: z.object({
      title: z.optional(z.string().check(z.trim(), z.minLength(1, 'A title is needed.'), z.maxLength(limits.title))),
      pinned: z.optional(z.boolean()),
    }),
  },
  output: summary,
  refusals: known,
})

/** Gone from every list; `restoreConversation` undoes it for a week. */
export const deleteConversation = endpoint({
  method: 'DELETE',
  path: '/api/conversations/:conversation',
  input: { params: conversationParams },
  output: z.object({}),
  refusals: known,
})

export const restoreConversation = endpoint({
  method: 'POST',
  path: '/api/conversations/:conversation/restore',
  input: { params: conversationParams, body: z.object({}) },
  output: summary,
  refusals: known,
})

/** `md` holds the shown path as a person would read it; `json` the whole tree. */
export const exportConversation = endpoint({
  method: 'GET',
  path: '/api/conversations/:conversation/export',
  input: { params: conversationParams, query: z.object({ format: z.enum(['md', 'json']) }) },
  output: z.object({ fileName: z.string(), mediaType: z.string(), content: z.string() }),
  refusals: known,
})

/** Of a text, the pieces that were looked for and those between them. */
const snippet = z.array(z.object({ text: z.string(), found: z.boolean() }))

export const searchMessages = endpoint({
  method: 'GET',
  path: '/api/chat-search',
  input: {
    query: z.object({
      q: z.string().check(z.minLength(1), z.maxLength(limits.search)),
      before: z.optional(z.string()),
    }),
  },
  output: z.object({
    items: z.array(
      z.object({
        conversation: z.uuid(),
        title: z.string(),
        message: z.nullable(z.uuid()),
        author: z.enum(['person', 'bot']),
        snippet,
        createdAt: instant,
      }),
    ),
    next: z.nullable(z.string()),
  }),
  refusals: { sign_in_first: 401 },
})
