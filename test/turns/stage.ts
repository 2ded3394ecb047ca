import { money, settableClock, uuidv7, type Refusal, type Uuid } from '#kernel'
import { createLog, type Database } from '#platform'
import {
  openTurns,
  type BotEvent,
  type BotRuntime,
  type Charge,
  type Conclusion,
  type Limits,
  type Meter,
  type RuntimeCall,
  type SlotSupply,
  type Started,
  type Till,
  type TurnPlan,
  type Turns,
} from '#turns'
import type { StartRefusal, TurnEvent } from '#turns/contract'

/** What a bot of the stage says, by the text it is asked. */
export type Script = (call: RuntimeCall) => AsyncIterable<BotEvent>

/**
 * A charge that keeps accounts in memory: points by payer, holds and settlements by turn. It holds the whole quote at once and
 * charges ten points for each call whose fixed price is due; `refuseAfterBytes` makes the hold unable to grow.
 */
export type MemoryTill = Charge & {
  quote: Till['quote']
  reserve: Till['reserve']
  readonly reserved: Map<Uuid, bigint>
  readonly settled: Map<Uuid, Conclusion>
  points: bigint
  refuseAfterBytes: number | undefined
  refusal: 'insufficient_funds' | 'over_cap' | 'hold_expired'
  failures: number
}

export function openTill(points: bigint): MemoryTill {
  const till: MemoryTill = {
    reserved: new Map(),
    settled: new Map(),
    points,
    refuseAfterBytes: undefined,
    refusal: 'insufficient_funds',
    failures: 0,
    till: () => ({ quote: (calls) => till.quote(calls), reserve: (turn) => till.reserve(turn) }),
    quote: async (calls) => {
      const atMost = 10n * BigInt(calls.length)
      return {
        kind: 'exact',
        atMost,
        digest: 'ten points a call',
        parts: { creator: atMost, model: 0n, platform: 0n },
        calls: calls.map(({ id }) => ({ call: id, atMost: 10n, terms: { points: 10 } })),
      }
    },
    reserve: async ({ id, quote }) => {
      if (!till.reserved.has(id) && till.points < quote.atMost) return refusedBy('insufficient_funds')
      if (!till.reserved.has(id)) till.points -= quote.atMost
      till.reserved.set(id, quote.atMost)
      return meterOf(till)
    },
    settle: async (conclusion) => {
      if (till.failures > 0) {
        till.failures--
        throw new Error('the till is jammed')
      }
      const calls = conclusion.calls.map((call) => ({ call: call.call, charged: dueOf(call) }))
      const charged = calls.reduce((sum, call) => sum + call.charged, 0n)
      if (!till.settled.has(conclusion.turn)) till.points += (till.reserved.get(conclusion.turn) ?? 0n) - charged
      till.settled.set(conclusion.turn, conclusion)
      return { charged, journal: null, calls }
    },
  }
  return till
}

function dueOf({ ending, delivered }: Conclusion['calls'][number]): bigint {
  const paid = ['finished', 'stopped', 'out_of_points', 'over_cap', 'account_closed'].includes(ending)
  return paid && delivered.bytes > 0 ? 10n : 0n
}

function meterOf(till: MemoryTill): Meter {
  const cover = (bytes: number) => till.refuseAfterBytes === undefined || bytes <= till.refuseAfterBytes
  return {
    cover: ({ bytes }) => (cover(bytes) ? true : Promise.resolve(refusedBy(till.refusal))),
    ended: () => undefined,
    prolong: async () => true,
    stands: async () => true,
  }
}

const refusedBy = <Code extends string>(refused: Code) => ({ refused, detail: `The till says ${refused}.` })

export type Stage = AsyncDisposable & {
  readonly turns: Turns
  readonly till: MemoryTill
  start(plan: TurnPlan): Promise<Started | Refusal<StartRefusal>>
  /** Bots answer a message of this text so. */
  play(text: string, script: Script): void
  plan(text: string, more?: Partial<TurnPlan> & { readonly bots?: number }): TurnPlan
  /** All that a turn says, to its end, as texts: `text:abc`, `call_ended:finished`, … */
  read(turn: Uuid, afterSeq?: number): Promise<readonly string[]>
}

export function openStage(options: {
  readonly db: Database
  readonly till?: MemoryTill
  readonly limits?: Partial<Limits>
  readonly slots?: readonly SlotSupply[]
}): Stage {
  const scripts = new Map<string, Script>()
  const runtime: BotRuntime = {
    kind: 'prompt',
    run: (call) => {
      const script = scripts.get(call.history.at(-1)?.content ?? '')
      if (!script) throw new Error('nobody wrote this part')
      return script(call)
    },
  }
  const till = options.till ?? openTill(1_000n)
  const turns = openTurns({
    answers: options.db,
    clock: settableClock(new Date('2026-11-24T09:00:00Z')),
    log: createLog({ level: 'silent' }),
    secret: { keyFor: () => Buffer.alloc(32, 7) },
    runtimes: [runtime],
    slots: [{ room: 'till', charge: till }, ...(options.slots ?? [])],
    limits: { flushMs: 5, ...options.limits },
  })
  return {
    turns,
    till,
    start: ({ id, payer, ...plan }) => turns.start({ id, payer }, async () => plan),
    play: (text, script) => void scripts.set(text, script),
    plan: (text, { bots = 1, ...more } = {}) => ({
      id: uuidv7(),
      payer: uuidv7(),
      subject: null,
      calls: Array.from({ length: bots }, (_, at) => ({
        id: uuidv7(),
        bot: botOf(at),
        history: [{ role: 'user', content: bots > 1 ? `${text} ${at}` : text }],
      })),
      ...more,
    }),
    read: async (turn, afterSeq = 0) => {
      const told: string[] = []
      for await (const { event } of turns.events(turn, { afterSeq, signal: new AbortController().signal }))
        told.push(tell(event))
      return told
    },
    [Symbol.asyncDispose]: () => turns.close(0),
  }
}

function botOf(at: number): TurnPlan['calls'][number]['bot'] {
  return {
    id: `0199f000-0000-7000-8000-${String(at).padStart(12, '0')}` as Uuid,
    handle: `bot-${at}`,
    name: `Bot ${at}`,
    creator: null,
    version: 1,
    kind: 'prompt',
    model: 'wire/normal',
    systemPrompt: '',
    maxOutputTokens: 1_000,
    temperature: null,
    price: { version: 1, usdPerThousand: money('USD', 0n) },
  }
}

export function tell(event: TurnEvent): string {
  switch (event.type) {
    case 'text':
    case 'replace':
    case 'suggest':
      return `${event.type}:${event.text}`
    case 'waiting':
      return `waiting:${event.position}`
    case 'part':
      return `part:${event.kind}`
    case 'call_ended':
    case 'ended':
      return `${event.type}:${event.ending}`
    case 'settled':
      return `settled:${event.charged}`
    case 'started':
      return 'started'
  }
}

const end = { type: 'end', reason: 'stop' } as const

/** Says these words and ends well. */
export function saying(...words: readonly string[]): Script {
  return async function* () {
    for (const text of words) yield { type: 'text', text }
    yield end
  }
}

/** Says these words, then nothing more, whatever anybody signals. */
export function hanging(...words: readonly string[]): Script {
  return async function* () {
    for (const text of words) yield { type: 'text', text }
    await new Promise(() => undefined)
  }
}
