import type { RunnableBot } from '#bots'
import { assert, derivedId, isRefusal, refuse, type Refusal, type Uuid } from '#kernel'
import type { StartRefusal } from '#turns/contract'
import { unknownConversation, type Chat, type ChatOptions } from './chat.ts'
import { limits, type BotName } from './contract.ts'
import { ownerMark } from './keeping.ts'
import { checkText, historyFor, titleOf, type Said } from './rules.ts'
import { conversationOf } from './store/conversations.ts'
import { begin, contextUp, firstAnswerOf, placeOf, type Begun, type ContextRow } from './store/messages.ts'
import { searchVector } from './words.ts'

export type AskRefusal =
  | StartRefusal
  | 'unknown_conversation'
  | 'unknown_message'
  | 'unknown_bot'
  | 'bot_withdrawn'
  | 'still_answering'

type Asked = {
  readonly conversation: string
  readonly turn: string
  readonly bots: readonly string[]
  readonly expected?: { readonly digest: string; readonly atMost: bigint } | undefined
}
export type Send = Asked & { readonly after: string | null; readonly text: string }
export type Again = Asked & { readonly question: string }

type Deps = ChatOptions & { readonly uses: { count(bots: readonly string[]): void } }

/** Where a turn begins: a question that is to be written, or one that is there. */
type Origin = {
  readonly question: { readonly id: Uuid; readonly text: string }
  readonly after: Uuid | null
  readonly isNew: boolean
}

export function createSending(deps: Deps): Pick<Chat, 'send' | 'again'> {
  const { answers: db, turns, bots, clock, uses } = deps

  async function ask(owner: Uuid, asked: Asked, origin: Origin) {
    const [runnable, branch] = await Promise.all([runnableOf(owner, asked.bots), branchTo(asked.conversation, origin)])
    if (isRefusal(runnable)) return runnable
    const calls = runnable.map((bot, place) => {
      return { id: idOf(asked.turn, 'answer', place), bot, history: historyFor(bot.id, branch) }
    })
    const begun = begunOf({ owner, asked, origin, calls, at: clock.now() })
    const started = await turns.start({
      id: asked.turn as Uuid,
      payer: owner,
      subject: { conversation: asked.conversation as Uuid },
      calls,
      ...(asked.expected ? { expected: asked.expected } : {}),
      record: async (trx) => assert(await begin(trx, begun), 'a conversation does not change hands'),
    })
    if (isRefusal(started)) return started
    if (started.state === 'started') uses.count(calls.map(({ bot }) => bot.id))
    return {
      turn: started.turn,
      state: started.state,
      question: origin.question.id,
      answers: calls.map(({ id, bot }) => ({ id, bot: bot.id })),
    }
  }

  async function runnableOf(owner: Uuid, wanted: readonly string[]) {
    const refs = [...new Set(wanted)].map((bot) => ({ bot: bot as Uuid }))
    if (refs.length > limits.botsPerTurn)
      return refuse('too_many_calls', `One message can ask ${limits.botsPerTurn} bots at most.`)
    const found = await bots.runnable(refs, owner)
    return found.find(isRefusal) ?? found.filter((bot) => !isRefusal(bot))
  }

  /** What was said up to and with the question. Only the conversation is read. */
  async function branchTo(conversation: string, { question, after, isNew }: Origin): Promise<Said[]> {
    const from = isNew ? after : question.id
    const said = from === null ? [] : await saidUpTo(conversation, from)
    return isNew ? [...said, { kind: 'question', text: question.text }] : said
  }

  async function saidUpTo(conversation: string, from: Uuid): Promise<Said[]> {
    const rows = await contextUp(db, { conversation, from, bytesMax: limits.contextBytes, texts: 'read' })
    return rows.map(toSaid)
  }

  return {
    send: async (owner, asked) => {
      const { text, conversation, after, turn } = asked
      const unfit = checkText(text)
      if (unfit) return unfit
      const [standing, place] = await Promise.all([
        conversationOf(db, conversation),
        after === null ? undefined : placeOf(db, { conversation, message: after, turn }),
      ])
      if (standing && (standing.owner !== owner || standing.deleted)) return unknownConversation
      if (after !== null && !place) return unknownMessage
      if (place && place.turn === null) return unknownMessage
      if (place?.running) return stillAnswering
      const first = place?.turn ? await firstAnswerOf(db, place.turn) : null
      const question = { id: idOf(turn, 'question', 0), text }
      return ask(owner, asked, { question, after: first ?? null, isNew: true })
    },
    again: async (owner, asked) => {
      const { conversation, question, turn } = asked
      const [standing, place] = await Promise.all([
        conversationOf(db, conversation),
        placeOf(db, { conversation, message: question, turn }),
      ])
      if (!standing || standing.owner !== owner || standing.deleted) return unknownConversation
      if (!place || place.turn !== null) return unknownMessage
      if (place.running) return stillAnswering
      return ask(owner, asked, {
        question: { id: place.id, text: place.text },
        after: place.parent,
        isNew: false,
      })
    },
  }
}

const unknownMessage = refuse(
  'unknown_message',
  'The message that this follows is not here any more. Reload, then send it again.',
)

const stillAnswering = refuse('still_answering', 'This is still being answered. Wait for it, or stop it first.')

/** Known from the turn's id, so that a second click means the same messages as the first. */
function idOf(turn: string, kind: 'question' | 'answer', place: number): Uuid {
  const at = new Date(Number.parseInt(turn.replaceAll('-', '').slice(0, 12), 16))
  return derivedId(at, `chat.${kind}`, turn, String(place))
}

function toSaid({ turn, bot, handle, text }: ContextRow): Said {
  if (turn === null || bot === null || handle === null) return { kind: 'question', text }
  return { kind: 'answer', bot, handle, text }
}

const nameOf = ({ id, handle, name }: RunnableBot): BotName => ({ id, handle, name })

function begunOf(turn: {
  readonly owner: Uuid
  readonly asked: Asked
  readonly origin: Origin
  readonly calls: readonly { readonly id: Uuid; readonly bot: RunnableBot }[]
  readonly at: Date
}): Begun {
  const { owner, asked, origin, calls, at } = turn
  const { id, text } = origin.question
  const title = titleOf(text)
  const marks = [ownerMark(owner)]
  return {
    conversation: asked.conversation,
    owner,
    title,
    titleSearch: searchVector(title, marks),
    bots: calls.map(({ bot }) => nameOf(bot)),
    at,
    question: origin.isNew ? { id, parent: origin.after, text, search: searchVector(text, marks) } : undefined,
    answers: calls.map((call) => ({ id: call.id, parent: id, bot: nameOf(call.bot) })),
    turn: asked.turn,
    search: searchVector('', marks),
  }
}
