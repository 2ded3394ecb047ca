import type { ServerResponse } from 'node:http'
import { createBatch, type Counts, type Token, type Work } from './batch.ts'
import { eventsOf, wholeAnswer, type Naming, type Question } from './chat.ts'
import { startPace, type Lateness } from './pace.ts'
import type { Settings } from './settings.ts'
import type { StepTimes } from './step-times.ts'

export type EngineOptions = {
  readonly model: string
  readonly times: StepTimes
  readonly settings: Settings
  /** Decides which connections are reset. */
  readonly dice: () => number
}

/** A client that went before its answer was whole: the x-request-id it gave, and when its slot was freed. */
type Left = { readonly request: string; readonly at: number }

export type Engine = {
  /** Why there is no place for the question; undefined when there is one. */
  refusal(question: Question): Failure | undefined
  accept(question: Question, request: string, response: ServerResponse): void
  /** Heeds changed settings at once instead of at the next question. */
  wake(): void
  view(): Counts & { readonly left: readonly Left[]; readonly late: Lateness }
}

export type Failure = 'too_long' | 'too_many' | 'overloaded'

/** A question inside, and the connection it came by. */
type Job = Work & {
  readonly question: Question
  readonly naming: Naming
  readonly response: ServerResponse
  /** The connection breaks when this token is due. */
  readonly resetAt: number | null
}

const leftMax = 10_000

export function createEngine({ model, times, settings, dice }: EngineOptions): Engine {
  const batch = createBatch<Job>(settings, times)
  const pace = startPace(batch, settings, (tokens) => tokens.forEach(say))
  const left: Left[] = []
  let accepted = 0

  function accept(question: Question, request: string, response: ServerResponse): void {
    const job: Job = {
      promptTokens: question.promptTokens,
      answerTokens: question.answerTokens,
      silentAfter: settings.hangAfter,
      question,
      response,
      naming: { id: `chatcmpl-${++accepted}`, model, created: Math.floor(Date.now() / 1000) },
      resetAt: dice() < settings.resetShare ? 1 + Math.floor(dice() * question.answerTokens) : null,
    }
    response.once('close', () => {
      if (response.writableFinished) return
      batch.drop(job)
      // With nobody left who speaks the engine has come to rest, and the free slot may be what somebody waits for.
      pace.wake()
      left.push({ request, at: Date.now() })
      if (left.length > leftMax) left.shift()
    })
    if (question.form === 'stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
      response.flushHeaders()
    }
    batch.add(job)
    pace.wake()
  }

  function refusal({ promptTokens, answerTokens }: Question): Failure | undefined {
    const { running, waiting } = batch.counts()
    if (promptTokens + answerTokens > settings.kvTokens) return 'too_long'
    if (settings.rejectAbove !== null && running + waiting >= settings.rejectAbove) return 'too_many'
    if (batch.waitingWith(promptTokens) > settings.queueMax) return 'overloaded'
    return undefined
  }

  return {
    refusal,
    accept,
    wake: () => pace.wake(),
    view: () => ({ ...batch.counts(), left, late: pace.lateness() }),
  }
}

function say({ work: { question, naming, response, resetAt }, nth }: Token<Job>): void {
  if (nth === resetAt) return void response.socket?.resetAndDestroy()
  const isLast = nth === question.answerTokens
  if (question.form === 'stream') {
    response.write(eventsOf(naming, question, nth))
    if (isLast) response.end()
  } else if (isLast) {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(wholeAnswer(naming, question)))
  }
}
