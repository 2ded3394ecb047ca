import { createHmac } from 'node:crypto'
import { isRefusal, type Uuid } from '#kernel'
import type { Log } from '#platform'
import type { LogEvent } from './events.ts'
import { halt, say, type Halt, type LiveCall, type LiveTurn } from './live.ts'
import { BotFailure, type BotEvent, type BotRuntime } from './ports.ts'
import { endingOf, endingTable, tokensIn, type Cause, type Limits } from './rules.ts'
import type { Meter, Slots } from './slots.ts'

export type RunDeps = {
  readonly runtimes: ReadonlyMap<string, BotRuntime>
  readonly slots: Pick<Slots, 'guards' | 'tools'>
  readonly limits: Limits
  readonly log: Log
  /** For pseudonyms. */
  readonly key: Buffer
}

type Running = RunDeps & { readonly live: LiveTurn; readonly meter: Meter; readonly priority: string }

/** Runs every call of a turn to its end, all at once. Never rejects: what goes wrong is an ending. */
export async function runTurn(running: Running): Promise<void> {
  const { live, meter, limits, log } = running
  const prolonging = setInterval(() => {
    meter.prolong().then(
      (answer) => void (isRefusal(answer) && halt(live, { cause: causeOfRefusal(answer.refused) })),
      (err: unknown) => log.warn({ err, turn: live.id }, 'a hold was not prolonged; it is tried again'),
    )
  }, limits.prolongMs)
  prolonging.unref()
  try {
    await Promise.all(live.calls.map((call) => runCall(running, call)))
  } finally {
    clearInterval(prolonging)
  }
}

async function runCall(running: Running, call: LiveCall): Promise<void> {
  const { live, meter } = running
  const reason = await endOf(running, call)
  const guarded = await guardAfter(running, call, reason)
  const ending = endingOf(guarded.cause, call.said.delivered)
  const words = guarded.words === undefined ? endingTable[ending].words : sound(guarded.words)
  // The last call's ending is told with the turn's, once both are durable.
  const told = live.calls.some((other) => other !== call && !other.ended)
  call.ended = { ending, words, usage: guarded.usage, told }
  meter.ended({ call: call.id, ending, delivered: call.said.delivered, usage: guarded.usage })
  if (told) say(live, call, { type: 'call_ended', call: call.id, ending, words, usage: guarded.usage })
}

type Reason = Halt & { readonly usage: NonNullable<LiveCall['ended']>['usage'] }

/** What ends the call first: the bot, a limit, or something outside. Whatever loses is told by the signal and not waited for. */
async function endOf(running: Running, call: LiveCall): Promise<Reason> {
  const { live, limits, log } = running
  const gone = new AbortController()
  const first = Promise.withResolvers<Halt>()
  const timer = createTimer(limits, (cause) => first.resolve({ cause }))
  const state: CallState = { over: false, usage: null, partChars: 0, timer }
  if (live.halted) first.resolve(live.halted)
  else live.onHalt.add(first.resolve)
  listen(running, call, { signal: gone.signal, state }).then(first.resolve, (fault: unknown) => {
    if (!(fault instanceof BotFailure) && !state.over)
      log.error({ err: fault, turn: live.id, bot: call.bot.id }, 'a bot broke')
    first.resolve(causeOf(fault))
  })
  const reason = await first.promise
  state.over = true
  timer.clear()
  live.onHalt.delete(first.resolve)
  gone.abort()
  return { ...reason, usage: state.usage }
}

type CallState = { over: boolean; usage: Reason['usage']; partChars: number; readonly timer: Timer }

function causeOf(fault: unknown): Halt {
  if (!(fault instanceof BotFailure)) return { cause: 'provider_failed' }
  const { words } = fault
  return fault.kind === 'failed' ? { cause: 'provider_failed', words } : { cause: fault.kind, words }
}

function causeOfRefusal(refused: 'insufficient_funds' | 'over_cap' | 'hold_expired'): Cause {
  return refused === 'insufficient_funds' ? 'out_of_points' : refused
}

type Listening = { readonly signal: AbortSignal; readonly state: CallState }

/** Takes in what the bot says until it ends, or until what it says may not be said. */
async function listen(running: Running, call: LiveCall, { signal, state }: Listening): Promise<Halt> {
  const { live, runtimes, slots, limits, priority } = running
  const { bot, history, id } = call
  const runtime = runtimes.get(bot.kind)
  if (!runtime) return { cause: 'provider_failed', words: 'Bots of this kind do not run here. Try another bot.' }
  const user = pseudonym(running.key, { payer: live.payer, bot: bot.id })
  let events = 0
  for await (const event of runtime.run({ call: id, bot, history, user, priority, tools: slots.tools, signal })) {
    if (state.over) break
    if (++events > limits.eventsMax) return tooMuch(limits)
    const ended = take(running, call, { event, state })
    const reason = ended instanceof Promise ? await ended : ended
    if (reason) return reason
  }
  return { cause: 'provider_failed' }
}

const tooMuch = ({ charsMax }: Limits): Halt => ({
  cause: 'provider_failed',
  words: `The bot said more than an answer may hold (${charsMax.toLocaleString('en')} characters) and was broken off.`,
})

/** One event. Answers why the call is to end with it, if so. Waits only where the meter has to ask. */
function take(
  running: Running,
  call: LiveCall,
  { event, state }: { readonly event: BotEvent; readonly state: CallState },
): Halt | undefined | Promise<Halt | undefined> {
  const { live } = running
  switch (event.type) {
    case 'waiting':
      state.timer.wait()
      say(live, call, { ...event, call: call.id })
      return undefined
    case 'started':
      state.timer.start()
      say(live, call, { type: 'started', call: call.id })
      return undefined
    case 'usage':
      state.usage = { inputTokens: event.inputTokens, outputTokens: event.outputTokens }
      return undefined
    case 'end':
      return event.reason === 'refused' ? { cause: 'refused' } : { cause: 'said_all' }
    case 'suggest':
      say(live, call, { type: 'suggest', call: call.id, text: sound(event.text) })
      return undefined
    case 'part':
      state.timer.speak()
      return takePart(running, call, { event, state })
    case 'text':
    case 'replace':
      state.timer.speak()
      return takeText(running, call, { type: event.type, text: sound(event.text), state })
  }
}

/** Parts are paid with the text they stand in, and have one allowance of their own for the whole answer. */
function takePart(
  { live, limits }: Running,
  call: LiveCall,
  { event, state }: { readonly event: Extract<BotEvent, { type: 'part' }>; readonly state: CallState },
): Halt | undefined {
  const written = JSON.stringify(event.data, (_, value: unknown) => (typeof value === 'string' ? sound(value) : value))
  state.partChars += written.length
  if (state.partChars > limits.charsMax) return tooMuch(limits)
  say(live, call, { type: 'part', call: call.id, kind: sound(event.kind), data: JSON.parse(written) as never })
  return undefined
}

/** No text is shown that is not covered: where the hold has to grow first, the text waits for it. */
function takeText(
  running: Running,
  call: LiveCall,
  { type, text, state }: { readonly type: 'text' | 'replace'; readonly text: string; readonly state: CallState },
): Halt | undefined | Promise<Halt | undefined> {
  const { live, meter, limits } = running
  const { delivered } = call.said
  if (text === '' && type === 'text') return undefined
  const before = type === 'text' ? delivered : { bytes: 0, chars: 0 }
  if (before.chars + text.length > limits.charsMax) return tooMuch(limits)
  const bytes = before.bytes + Buffer.byteLength(text)
  const event: LogEvent = { type, call: call.id, text }
  const outputTokens = tokensIn({ bytes, chars: before.chars + text.length })
  const covered = meter.cover({ call: call.id, outputTokens, bytes })
  if (covered === true) {
    say(live, call, event)
    return undefined
  }
  return covered.then((answer) => {
    if (isRefusal(answer)) return { cause: causeOfRefusal(answer.refused) }
    if (!state.over) say(live, call, event)
    return undefined
  })
}

/** A bot may send anything; PostgreSQL takes no NUL and JSON no half of a surrogate pair. */
function sound(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed()
}

async function guardAfter({ slots, live, log }: Running, call: LiveCall, reason: Reason): Promise<Reason> {
  if (slots.guards.length === 0 || call.said.text === '') return reason
  const answer = { call: call.id, bot: call.bot.id, text: call.said.text }
  try {
    const verdicts = await Promise.all(slots.guards.map(async (guard) => (await guard.after?.(answer)) ?? true))
    const refused = verdicts.find(isRefusal)
    if (!refused) return reason
    // What the reader had on screen goes; what was delivered stays counted as delivered.
    const delivered = { ...call.said.delivered }
    say(live, call, { type: 'replace', call: call.id, text: '' })
    Object.assign(call.said.delivered, delivered)
    return { cause: 'refused', words: refused.detail, usage: reason.usage }
  } catch (err) {
    log.error({ err, turn: live.id }, 'a guard broke; the answer is kept back')
    say(live, call, { type: 'replace', call: call.id, text: '' })
    return { cause: 'provider_failed', usage: reason.usage }
  }
}

type Timer = { wait(): void; start(): void; speak(): void; clear(): void }

/** Three limits in turn: for waiting in line, for the first token, for the whole answer. */
function createTimer(limits: Limits, expire: (cause: Cause) => void): Timer {
  let phase: 'waiting' | 'starting' | 'speaking' = 'starting'
  let timer = setTimeout(expire, limits.firstTokenMsMax, 'timed_out')
  const arm = (next: typeof phase, ms: number, cause: Cause) => {
    if (phase === next) return
    phase = next
    clearTimeout(timer)
    timer = setTimeout(expire, ms, cause)
    timer.unref()
  }
  timer.unref()
  return {
    wait: () => phase === 'speaking' || arm('waiting', limits.waitMsMax, 'expired_waiting'),
    start: () => phase === 'waiting' && arm('starting', limits.firstTokenMsMax, 'timed_out'),
    speak: () => arm('speaking', limits.answerMsMax, 'timed_out'),
    clear: () => clearTimeout(timer),
  }
}

/** Tells a bot's askers apart and no more: nobody comes from it to the payer, nor from one bot's askers to another's. */
function pseudonym(key: Buffer, asker: { readonly payer: Uuid; readonly bot: Uuid }): string {
  return createHmac('sha256', key).update(`${asker.payer}:${asker.bot}`).digest('base64url').slice(0, 22)
}
