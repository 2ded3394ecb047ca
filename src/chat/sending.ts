import type { Bots, RunnableBot } from '#bots'
import { derivedId, isRefusal, refuse, type Clock, type Refusal, type Uuid } from '#kernel'
import type { Database } from '#platform'
import type { Transaction, Turns } from '#turns'
import type { StartRefusal } from '#turns/contract'
import { limits, type BotName, type Sent } from './contract.ts'
import { ownerMark } from './keeping.ts'
import { checkText, historyFor, isOpenTo, titleOf, unknownConversation, type Said } from './rules.ts'
import { begin, contextUp, firstAnswerOf, placeOf, type Begun, type ContextRow } from './store/messages.ts'
import { searchVector } from './words.ts'

type AskRefusal =
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
type Send = Asked & { readonly after: string | null; readonly text: string }
type Again = Asked & { readonly question: string }

export type Sending = {
  /** Asks bots something, in a conversation that is there or begins with it. */
  send(owner: Uuid, send: Send): Promise<Sent | Refusal<AskRefusal | 'empty_text' | 'broken_text'>>
  /** Asks a question that is there once more. */
  again(owner: Uuid, again: Again): Promise<Sent | Refusal<AskRefusal>>
}

export type SendingDeps = {
  readonly answers: Database
  readonly turns: Pick<Turns, 'start'>
  readonly bots: Pick<Bots, 'runnable'>
  readonly clock: Clock
  readonly uses: { count(bots: readonly string[]): void }
}

/** Where a turn begins: below a question that is to be written, or below one that is there. */
type Origin = {
  readonly question: { readonly id: Uuid; readonly text: string }
  readonly after: Uuid | null
  readonly isNew: boolean
}

export function createSending(deps: SendingDeps): Sending {
  const { answers: db } = deps
  return {
    send: async (owner, asked) => {
      const { text, conversation, after, turn } = asked
      const unfit = checkText(text)
      if (unfit) return unfit
      const question = { id: idOf(turn, 'question', 0), text }
      return ask(deps, { owner, asked, question: question.id }, async () => {
        // Whose the conversation is, if it is there, is looked at as it is written to.
        if (after === null) return { question, after, isNew: true }
        const place = await placeOf(db, { conversation, message: after, turn })
        if (place && !isOpenTo(owner, place)) return unknownConversation
        if (!place?.turn) return unknownMessage
        if (place.running) return stillAnswering
        return { question, after: (await firstAnswerOf(db, place.turn)) ?? null, isNew: true }
      })
    },
    again: async (owner, asked) => {
      const { conversation, question, turn } = asked
      return ask(deps, { owner, asked, question: question as Uuid }, async () => {
        const place = await placeOf(db, { conversation, message: question, turn })
        if (!place || !isOpenTo(owner, place)) return unknownConversation
        const { id, text, parent } = place
        if (id === null || place.turn !== null) return unknownMessage
        if (place.running) return stillAnswering
        return { question: { id, text }, after: parent, isNew: false }
      })
    },
  }
}

type Asking = { readonly owner: Uuid; readonly asked: Asked; readonly question: Uuid }
type OriginRefusal = 'unknown_conversation' | 'unknown_message' | 'still_answering'

/** The client's ids name what is asked and every answer, so all that has to be read is read beside what turns read. */
async function ask(
  deps: SendingDeps,
  { owner, asked, question }: Asking,
  findOrigin: () => Promise<Origin | Refusal<OriginRefusal>>,
): Promise<Sent | Refusal<AskRefusal>> {
  const { turns, clock, uses } = deps
  const bots = [...new Set(asked.bots)] as Uuid[]
  if (bots.length > limits.botsPerTurn)
    return refuse('too_many_calls', `One message can ask ${limits.botsPerTurn} bots at most.`)
  const started = await turns
    .start({ id: asked.turn as Uuid, payer: owner }, async () => {
      const [origin, runnable] = await Promise.all([findOrigin(), runnableBots(deps, owner, bots)])
      if (isRefusal(origin)) return origin
      if (isRefusal(runnable)) return runnable
      const branch = await branchTo(deps, asked.conversation, origin)
      const calls = runnable.map((bot, place) => {
        return { id: idOf(asked.turn, 'answer', place), bot, history: historyFor(bot.id, branch) }
      })
      const at = clock.now()
      return {
        subject: { conversation: asked.conversation as Uuid },
        calls,
        ...(asked.expected ? { expected: asked.expected } : {}),
        // Its words are taken apart for the search only now, while the points are being set aside.
        record: async (trx: Transaction) => {
          if (!(await begin(trx, begunOf({ owner, asked, origin, calls, at })))) throw new DeletedMeanwhile()
        },
      }
    })
    .catch((fault: unknown) => {
      if (fault instanceof DeletedMeanwhile) return unknownConversation
      throw fault
    })
  if (isRefusal(started)) return started
  if (started.state === 'started') uses.count(bots)
  const answers = bots.map((bot, place) => ({ id: idOf(asked.turn, 'answer', place), bot }))
  return { turn: started.turn, state: started.state, question, answers }
}

/** Another tab deleted the conversation while its turn began: nothing of it came about. */
class DeletedMeanwhile extends Error {
  override readonly name = 'DeletedMeanwhile'
}

async function runnableBots(
  { bots }: SendingDeps,
  owner: Uuid,
  wanted: readonly Uuid[],
): Promise<RunnableBot[] | Refusal<'unknown_bot' | 'bot_withdrawn'>> {
  const runnable: RunnableBot[] = []
  const refs = wanted.map((bot) => ({ bot }))
  for (const bot of await bots.runnable(refs, owner)) {
    if (isRefusal(bot)) return bot
    runnable.push(bot)
  }
  return runnable
}

/** What was said up to and with the question. Nothing but the conversation is read. */
async function branchTo({ answers }: SendingDeps, conversation: string, origin: Origin): Promise<Said[]> {
  const { question, after, isNew } = origin
  const from = isNew ? after : question.id
  const rows =
    from === null ? [] : await contextUp(answers, { conversation, from, bytesMax: limits.contextBytes, texts: 'read' })
  const said = rows.map(toSaid)
  return isNew ? [...said, { kind: 'question', text: question.text }] : said
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
