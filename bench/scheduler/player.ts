// Plays one lane's calls at their times and tells what came of them. Started by fork; speaks over its channel.
import { Agent, request, type IncomingMessage } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { answerHeader, promptHeader } from '../../tools/engine-sim/chat.ts'
import type { Call } from './load.ts'
import { createTokenCounter } from './tokens.ts'

export type Piece = {
  readonly url: string
  readonly calls: readonly Call[]
  /** By Date.now(). */
  readonly startAt: number
  readonly seconds: number
  readonly patienceMs: number
}

/** What became of a call. Times are milliseconds from the start of the run. */
export type Played = {
  readonly id: number
  firstAtMs?: number
  endedAtMs?: number
  tokens: number
  /** `cut`: the run ended before it did. */
  how: 'whole' | 'left' | 'refused' | 'failed' | 'cut'
  /** What was shown to it on arrival. */
  shown?: Shown
}

type Shown = { readonly position: number; readonly fromMs: number; readonly likelyMs: number; readonly untilMs: number }

export type Result = { readonly played: readonly Played[]; readonly loopDelayMsMax: number }

const body = JSON.stringify({ stream: true, messages: [{ role: 'user', content: 'Say something.' }] })

async function play({ url, calls, startAt, seconds, patienceMs }: Piece): Promise<Result> {
  const agent = new Agent({ keepAlive: true })
  const now = () => Date.now() - startAt
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  const ends: (() => void)[] = []

  function make(call: Call, played: Played): void {
    const { promptTokens, answerTokens, leaves } = call
    const headers = {
      'content-type': 'application/json',
      'x-class': call.class,
      'x-user': call.user,
      'x-patience-ms': String(patienceMs),
      'x-request-id': String(call.id),
      [promptHeader]: String(promptTokens),
      [answerHeader]: String(answerTokens),
    }
    const outgoing = request(`${url}/v1/chat/completions`, { method: 'POST', agent, headers })
    const end = (how: Played['how']): void => {
      if (played.endedAtMs !== undefined) return
      clearTimeout(patience)
      played.endedAtMs = now()
      played.how = how
      outgoing.destroy()
    }
    const waitingMs = leaves && 'waitingMs' in leaves ? leaves.waitingMs : patienceMs
    const patience = setTimeout(() => end('left'), waitingMs)
    ends.push(() => end('cut'))
    const heard = () => {
      played.firstAtMs ??= now()
      clearTimeout(patience)
      if (leaves && 'afterTokens' in leaves && played.tokens >= leaves.afterTokens) end('left')
    }
    outgoing.once('error', () => end('failed'))
    outgoing.once('response', (answer) => {
      if (answer.statusCode !== 200) return end('refused')
      listen(answer, played, heard, end)
    })
    outgoing.end(body)
  }

  const all = calls.map((call) => {
    const played: Played = { id: call.id, tokens: 0, how: 'cut' }
    const timer = setTimeout(() => make(call, played), Math.max(0, call.atMs - now()))
    ends.push(() => clearTimeout(timer))
    return played
  })
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000 - now()))
  for (const end of ends) end()
  return { played: all, loopDelayMsMax: delay.max / 1e6 }
}

function listen(answer: IncomingMessage, played: Played, heard: () => void, end: (how: Played['how']) => void): void {
  const count = createTokenCounter()
  let last = ''
  answer.on('data', (piece: Buffer) => {
    const tokens = count(piece)
    played.tokens += tokens
    if (tokens === 0 && piece[0] === 0x3a) played.shown ??= standingIn(piece)
    if (tokens > 0) heard()
    last = (last + piece.toString('latin1', Math.max(0, piece.length - 200))).slice(-200)
  })
  answer.once('end', () => end(last.includes('[DONE]') ? 'whole' : refusals.test(last) ? 'refused' : 'failed'))
  answer.once('error', () => end('failed'))
}

const refusals = /"refused":"(?:waited_too_long|closing)"/

function standingIn(piece: Buffer): Shown {
  const line = piece.toString().slice(1).split('\n')[0] ?? ''
  const { position, estimate } = JSON.parse(line) as { position: number; estimate: Omit<Shown, 'position'> }
  return { position, ...estimate }
}

process.once('message', (piece: Piece) => {
  // Ended by whoever started it: its own end could overtake what it sends.
  void play(piece).then((result) => process.send?.(result))
})
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
