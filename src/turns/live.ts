import type { Uuid } from '#kernel'
import type { Ending, TurnEvent } from './contract.ts'
import { addTo, nothingSaid, type LogEvent, type Said, type Usage } from './events.ts'
import type { TurnPlan } from './plan.ts'
import type { Cause } from './rules.ts'
import type { Quote } from './slots.ts'

export type LiveCall = {
  readonly id: Uuid
  readonly bot: TurnPlan['calls'][number]['bot']
  readonly history: TurnPlan['calls'][number]['history']
  readonly said: Said
  ended: EndedLiveCall | undefined
}

type EndedLiveCall = {
  readonly ending: Ending
  readonly words: string | null
  readonly usage: Usage
  /** Whether the events say so already. */
  readonly told: boolean
}

/**
 * A turn in the memory of the process that runs it. The seq of an event is its place among `events`, from 1. Readers see
 * those up to `shown`; the table holds those up to `logged`.
 */
export type LiveTurn = {
  readonly id: Uuid
  /** The name under which its process began it; the row says the same. */
  readonly process: Uuid
  readonly payer: Uuid
  readonly conversation: Uuid | null
  readonly quote: Quote
  readonly calls: readonly LiveCall[]
  readonly events: LogEvent[]
  shown: number
  logged: number
  /** Its rows are committed: what it says may be shown and logged. */
  durable: boolean
  /** The first reason to end that came from outside; later ones change nothing. */
  halted: Halt | undefined
  readonly onHalt: Set<(halt: Halt) => void>
  settled: Extract<TurnEvent, { type: 'settled' }> | undefined
  /** Nothing more will be shown from here: all is told, or another process has taken over. */
  closed: boolean
  readonly waiting: Set<() => void>
  /** Has new events written to the table. */
  readonly log: (live: LiveTurn) => void
}

export type Halt = { readonly cause: Cause; readonly words?: string }

export function createLive(
  plan: TurnPlan,
  { process, quote, log }: Pick<LiveTurn, 'process' | 'quote' | 'log'>,
): LiveTurn {
  return {
    id: plan.id,
    process,
    payer: plan.payer,
    conversation: plan.subject?.conversation ?? null,
    quote,
    calls: plan.calls.map(({ id, bot, history }) => ({ id, bot, history, said: nothingSaid(), ended: undefined })),
    events: [],
    shown: 0,
    logged: 0,
    durable: false,
    halted: undefined,
    onHalt: new Set(),
    settled: undefined,
    closed: false,
    waiting: new Set(),
    log,
  }
}

/** Adds to what the call said; shown at once where the turn is durable. */
export function say(live: LiveTurn, call: LiveCall, event: LogEvent): void {
  addTo(call.said, event)
  live.events.push(event)
  if (!live.durable) return
  show(live)
  live.log(live)
}

/** The rows are committed: what was said so far is shown and written. */
export function begin(live: LiveTurn): void {
  live.durable = true
  show(live)
  live.log(live)
}

export function show(live: LiveTurn): void {
  live.shown = live.events.length
  wake(live)
}

/** Readers are told whatever changed and look for themselves. */
function wake({ waiting }: LiveTurn): void {
  if (waiting.size === 0) return
  const woken = [...waiting]
  waiting.clear()
  for (const each of woken) each()
}

/** Its readers go on in the table, if they are not at its end. */
export function close(live: LiveTurn): void {
  live.closed = true
  wake(live)
}

/** Ends the run without an ending: another process writes that. */
export function abandon(live: LiveTurn): void {
  close(live)
  halt(live, { cause: 'killed' })
}

export function halt(live: LiveTurn, reason: Halt): void {
  if (live.halted) return
  live.halted = reason
  for (const each of live.onHalt) each(reason)
  live.onHalt.clear()
}

type Numbered = { readonly seq: number; readonly event: TurnEvent }

/**
 * Follows a turn from memory. Answers how far it came, and whether there is no more to come: a turn that closes before it is
 * settled goes on in the table.
 */
export async function* readLive(
  live: LiveTurn,
  { afterSeq, signal }: { readonly afterSeq: number; readonly signal: AbortSignal },
): AsyncGenerator<Numbered, { readonly seq: number; readonly complete: boolean }> {
  let seq = afterSeq
  const { waiting } = live
  let wakeUp = (): void => undefined
  const leave = () => wakeUp()
  signal.addEventListener('abort', leave, { once: true })
  try {
    while (!signal.aborted) {
      while (seq < live.shown && !signal.aborted) {
        const event = live.events[seq]
        if (event) yield { seq: ++seq, event }
      }
      if (live.settled) {
        if (seq <= live.events.length) yield { seq: live.events.length + 1, event: live.settled }
        return { seq, complete: true }
      }
      if (live.closed) return { seq, complete: false }
      if (signal.aborted) break
      const changed = Promise.withResolvers<void>()
      wakeUp = changed.resolve
      waiting.add(wakeUp)
      await changed.promise
    }
    return { seq, complete: true }
  } finally {
    waiting.delete(wakeUp)
    signal.removeEventListener('abort', leave)
  }
}
