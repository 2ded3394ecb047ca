import {
  joinBytes,
  limits,
  type Answer,
  type BotName,
  type Conversation,
  type Message,
  type Question,
  type Sent,
} from '#chat/contract'

/** What stands together on screen: a question, or all answers of one turn. */
export type Row =
  | { readonly kind: 'question'; readonly key: string; readonly question: Question }
  | { readonly kind: 'turn'; readonly key: string; readonly turn: string; readonly answers: readonly Answer[] }

export function rowsOf(messages: readonly Message[]): readonly Row[] {
  const rows: Row[] = []
  for (const message of messages) {
    const last = rows.at(-1)
    if (message.kind === 'question') rows.push({ kind: 'question', key: message.id, question: message })
    else if (last?.kind === 'turn' && last.turn === message.turn)
      rows[rows.length - 1] = { ...last, answers: [...last.answers, message] }
    else rows.push({ kind: 'turn', key: message.turn, turn: message.turn, answers: [message] })
  }
  return rows
}

/**
 * The branch after its end was read anew. What did not change stays the same object, so that it is not drawn again; a page
 * that does not join what is there takes its place.
 */
export function joinTail(known: readonly Message[], tail: readonly Message[]): 'elsewhere' | readonly Message[] {
  const [first] = tail
  const joint = first ? known.findIndex(({ id }) => id === first.id) : -1
  if (joint < 0) return 'elsewhere'
  const byId = new Map(known.map((message) => [message.id, message]))
  return [...known.slice(0, joint), ...tail.map((message) => unchanged(byId.get(message.id), message))]
}

function unchanged(known: Message | undefined, read: Message): Message {
  return known && JSON.stringify(known) === JSON.stringify(read) ? known : read
}

type Asked = { readonly text: string; readonly after: string | null; readonly bots: readonly BotName[] }

/** What was just sent, as the server will tell it: shown at once, without asking again. */
export function sentMessages(sent: Sent, { text, after, bots }: Asked): readonly Message[] {
  const at = new Date().toISOString()
  const question: Question = { kind: 'question', id: sent.question, parent: after, text, at, versions: [sent.question] }
  return [question, ...sentAnswers(sent, bots, at)]
}

function sentAnswers({ turn, question, answers }: Sent, bots: readonly BotName[], at: string): readonly Answer[] {
  const first = answers[0]?.id ?? ''
  return answers.map(({ id, bot }, place) => ({
    kind: 'answer',
    id,
    parent: question,
    turn,
    place,
    bot: bots.find((each) => each.id === bot) ?? { id: bot, handle: '', name: '' },
    text: '',
    ending: null,
    words: null,
    parts: [],
    suggestions: [],
    at,
    versions: [first],
  }))
}

/** The turn that runs in a branch, if one does: nothing can follow it until it ends. */
export function runningTurn(messages: readonly Message[]): string | undefined {
  const running = messages.findLast((message) => message.kind === 'answer' && message.ending === null)
  return running?.kind === 'answer' ? running.turn : undefined
}

/** The answer that what is sent next will follow. */
export function endOf(messages: readonly Message[]): string | null {
  const last = messages.at(-1)
  if (last?.kind !== 'answer') return null
  return (
    messages.findLast((message) => message.kind === 'answer' && message.turn === last.turn && message.place === 0)
      ?.id ?? last.id
  )
}

type Known = { readonly messages: readonly Message[]; readonly head: Pick<Conversation, 'bots' | 'context'> }

/** Who answered a question last. */
export function botsOf({ messages, head }: Known, question: string): readonly BotName[] {
  const bots = messages.flatMap((message) =>
    message.kind === 'answer' && message.parent === question ? [message.bot] : [],
  )
  return bots.length > 0 ? bots : head.bots
}

/** A context that is full whatever is added: it gives way to that in steps of the smallest size a message has. */
const fullContext: readonly number[] = Array.from({ length: limits.contextBytes / joinBytes }, () => joinBytes)

/**
 * What bots would read before this question, in bytes. Where older messages had been left out they may fit again, and nobody
 * here knows how large they are: then a full context counts, so that a quote is never too low.
 */
export function sizesBefore({ messages, head }: Known, question: string): readonly number[] {
  const at = messages.findIndex(({ id }) => id === question)
  if (messages[at]?.parent === null) return []
  const behind = messages.slice(at).filter(({ text }) => text !== '').length
  const { sizes, from } = head.context
  return from === null ? sizes.slice(0, Math.max(0, sizes.length - behind)) : fullContext
}
