import { z } from 'zod'
import type { Settings } from './settings.ts'

/** What of the OpenAI request the engine heeds; the rest is taken and ignored, as engines do. */
const requestSchema = z.looseObject({
  model: z.string().optional(),
  messages: z
    .array(
      z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(z.unknown()), z.null()]).optional() }),
    )
    .min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
})

/** A request understood: how much it asks for, and how it wants it. */
export type Question = {
  readonly promptTokens: number
  readonly answerTokens: number
  readonly finish: 'stop' | 'length'
  readonly form: 'stream' | 'whole'
  readonly usage: 'asked' | 'not asked'
  /** The words that are to be said, in tokens; undefined for filler. */
  readonly words: readonly string[] | undefined
}

/** So that a load can ask for exactly the sizes of a trace without sending that much text. */
export const promptHeader = 'x-sim-prompt-tokens'
export const answerHeader = 'x-sim-answer-tokens'

const charactersAToken = 4
const fillerTokens = 64

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** Undefined where the body is no chat request. */
export function understand(body: unknown, headers: Headers, settings: Settings): Question | undefined {
  const parsed = requestSchema.safeParse(body)
  if (!parsed.success) return undefined
  const { messages, stream, stream_options, max_tokens, max_completion_tokens } = parsed.data
  const words = settings.answer === null ? undefined : (settings.answer.match(/\s*\S+\s*$|\s*\S+/g) ?? [])
  const wanted = words?.length ?? sizeIn(headers[answerHeader]) ?? fillerTokens
  const most = max_completion_tokens ?? max_tokens ?? Number.POSITIVE_INFINITY
  return {
    promptTokens: sizeIn(headers[promptHeader]) ?? Math.ceil(JSON.stringify(messages).length / charactersAToken),
    answerTokens: Math.min(wanted, most),
    finish: wanted > most ? 'length' : 'stop',
    form: stream ? 'stream' : 'whole',
    usage: stream_options?.include_usage ? 'asked' : 'not asked',
    words,
  }
}

function sizeIn(header: Headers[string]): number | undefined {
  const size = Number(header)
  return header !== undefined && Number.isSafeInteger(size) && size > 0 ? size : undefined
}

const filler = ['an', ' honest', ' engine', ' takes', ' its', ' time', ' for', ' each', ' step', ' and']

function wordOf({ words }: Question, nth: number): string {
  return (words ? words[nth - 1] : filler[(nth - 1) % filler.length]) ?? ''
}

export type Naming = { readonly id: string; readonly model: string; readonly created: number }

/** The events of the OpenAI stream that one token brings; the first also opens the message, the last ends it. */
export function eventsOf(naming: Naming, question: Question, nth: number): string {
  const chunk = (delta: object, finish: string | null) =>
    event({ ...head(naming, 'chat.completion.chunk'), choices: [{ index: 0, delta, finish_reason: finish }] })
  const events = [chunk({ content: wordOf(question, nth) }, null)]
  if (nth === 1) events.unshift(chunk({ role: 'assistant', content: '' }, null))
  if (nth === question.answerTokens) {
    events.push(chunk({}, question.finish))
    if (question.usage === 'asked')
      events.push(event({ ...head(naming, 'chat.completion.chunk'), choices: [], usage: usageOf(question) }))
    events.push('data: [DONE]\n\n')
  }
  return events.join('')
}

export function wholeAnswer(naming: Naming, question: Question): object {
  const content = Array.from({ length: question.answerTokens }, (_, at) => wordOf(question, at + 1)).join('')
  return {
    ...head(naming, 'chat.completion'),
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: question.finish }],
    usage: usageOf(question),
  }
}

const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`

const head = ({ id, model, created }: Naming, object: string) => ({ id, object, created, model })

function usageOf({ promptTokens, answerTokens }: Question) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: answerTokens,
    total_tokens: promptTokens + answerTokens,
  }
}
