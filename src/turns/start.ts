import { createHash } from 'node:crypto'
import { assert, isRefusal, refuse, type Refusal, type Uuid } from '#kernel'
import type { StartRefusal } from './contract.ts'
import { createEnder } from './end.ts'
import type { Flusher } from './flush.ts'
import { abandon, begin, createLive, halt, type LiveTurn } from './live.ts'
import type { Membership } from './membership.ts'
import type { Started, TurnPlan } from './plan.ts'
import type { BotRuntime } from './ports.ts'
import type { Limits } from './rules.ts'
import { runTurn } from './run.ts'
import type { Sealer } from './seal.ts'
import type { Ask, Meter, Quote, Slots } from './slots.ts'
import { insertTurn, lookUp, type Known } from './store/turns.ts'
import type { TurnsOptions } from './turns.ts'

type Deps = Pick<TurnsOptions, 'answers' | 'clock' | 'log' | 'secret'> & {
  readonly limits: Limits
  readonly slots: Slots
  readonly runtimes: ReadonlyMap<string, BotRuntime>
  readonly lives: Map<Uuid, LiveTurn>
  readonly sealer: Sealer
  readonly membership: Membership
  readonly flusher: Flusher
}

export type Starter = {
  start(plan: TurnPlan): Promise<Started | Refusal<StartRefusal>>
  /** Takes no more, waits for what runs until the deadline, ends the rest as `shutdown` and waits for that a little. */
  close(deadlineMs: number): Promise<void>
}

/** How long the endings of a shutdown may take; what is not written then is for the reaper. */
const lastWordsMs = 5_000

export function createStarter(deps: Deps): Starter {
  const { lives, limits, slots, answers: db } = deps
  const ender = createEnder(deps)
  const key = deps.secret.keyFor('turns.pseudonym')
  const starting = new Map<Uuid, Promise<unknown>>()
  const running = new Set<Promise<void>>()
  let closing = false

  async function startOnce(plan: TurnPlan): Promise<Started | Refusal<StartRefusal>> {
    if (closing) return refuse('closing', 'This place is about to restart. Send it again in a moment.')
    const first = starting.get(plan.id)
    if (first) {
      await first.catch(() => undefined)
      return startOnce(plan)
    }
    const started = start(plan)
    starting.set(plan.id, started)
    return started.finally(() => starting.delete(plan.id))
  }

  async function start(plan: TurnPlan): Promise<Started | Refusal<StartRefusal>> {
    const ask = askOf(plan)
    const misshapen = checkShape(ask, limits)
    if (misshapen) return misshapen
    const [{ known, running: runningNow }, admitted, quote] = await Promise.all([
      lookUp(db, plan),
      admit(slots, plan, ask),
      slots.charge.quote(ask),
      deps.membership.enter(),
    ])
    if (known) return again(plan, known)
    const refusal = [admitted, quote].find(isRefusal) ?? checkQuote(plan, quote as Quote)
    if (refusal) return refusal
    if (Math.max(runningNow, countOf(plan.payer)) >= limits.turnsPerPayerMax) return tooMany
    return hold(plan, ask, quote as Quote)
  }

  function countOf(payer: Uuid): number {
    let count = 0
    for (const live of lives.values()) if (live.payer === payer) count++
    return count
  }

  /** Hold and rows side by side; the bots begin once the hold stands, and are heard once the rows do. */
  async function hold(plan: TurnPlan, ask: Ask, quote: Quote): Promise<Started | Refusal<StartRefusal>> {
    const live = createLive(plan, quote, deps.flusher.note)
    lives.set(plan.id, live)
    const held = slots.charge.reserve({ id: plan.id, payer: plan.payer, quote, waitMs: limits.prolongMs * 2 })
    held.catch(() => undefined)
    const durable = Promise.withResolvers<void>()
    durable.promise.catch(() => undefined)
    let run: Promise<void> | undefined
    try {
      const outcome = await db.transact<unknown, 'written' | 'taken'>(async (trx) => {
        if ((await insertTurn(trx, rowOf(plan, quote))) === 'taken') return 'taken'
        await plan.record?.(trx)
        const meter = await held
        if (isRefusal(meter)) throw new NotHeld(meter)
        run ??= track(runAndEnd({ live, meter, priority: slots.priority.classOf({ ...ask, quote }) }, durable.promise))
        return 'written'
      })
      if (outcome === 'taken') return await takenBy(plan, live)
      begin(live)
      durable.resolve()
      return { turn: plan.id, state: 'started', quote }
    } catch (fault) {
      lives.delete(plan.id)
      abandon(live)
      durable.reject(fault)
      if (fault instanceof NotHeld) return fault.refusal
      // Whether the rows are there nobody knows now; what was held goes back either way.
      void track(ender.undo(live))
      throw fault
    }
  }

  async function takenBy(plan: TurnPlan, live: LiveTurn): Promise<Started | Refusal<'key_reused'>> {
    lives.delete(plan.id)
    abandon(live)
    const { known } = await lookUp(db, plan)
    assert(known, 'an id that is taken has a turn')
    return again(plan, known)
  }

  function rowOf(plan: TurnPlan, quote: Quote) {
    return {
      id: plan.id,
      payer: plan.payer,
      conversation: plan.subject?.conversation ?? null,
      process: deps.membership.current(),
      digest: digestOf(plan),
      quote,
      calls: plan.calls.map(({ id, bot }) => ({ id, bot: bot.id })),
      startedAt: deps.clock.now(),
    }
  }

  type Begun = { readonly live: LiveTurn; readonly meter: Meter; readonly priority: string }

  async function runAndEnd(begun: Begun, durable: Promise<void>): Promise<void> {
    const { runtimes, log } = deps
    await runTurn({ ...begun, runtimes, slots, limits, log, key })
    // Rows that did not come about leave nothing to end; whoever wrote them knows why.
    const written = await durable.then(
      () => true,
      () => false,
    )
    if (written) await ender.end(begun.live)
  }

  function track(work: Promise<void>): Promise<void> {
    const tracked = work
      .catch((err: unknown) => deps.log.error({ err }, 'a turn could not be brought to its end'))
      .finally(() => running.delete(tracked))
    running.add(tracked)
    return tracked
  }

  async function close(deadlineMs: number): Promise<void> {
    closing = true
    await within(deadlineMs, running)
    for (const live of lives.values()) halt(live, { cause: 'shutdown' })
    await within(lastWordsMs, running)
  }

  return { start: startOnce, close }
}

/** Rolls back what was written beside a hold that was refused. */
class NotHeld extends Error {
  readonly refusal: Refusal<'insufficient_funds' | 'over_cap' | 'in_debt'>

  constructor(refusal: NotHeld['refusal']) {
    super(refusal.detail)
    this.refusal = refusal
  }
}

const tooMany = refuse(
  'too_many_turns',
  'Too many of your messages are being answered. Wait for one to end, or stop one.',
)

function askOf({ payer, calls }: TurnPlan): Ask {
  return {
    payer,
    calls: calls.map(({ id, bot, history }) => ({
      id,
      bot,
      inputBytes: history.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0),
    })),
  }
}

function checkShape({ calls }: Ask, { callsMax, promptBytesMax }: Limits): Refusal<StartRefusal> | undefined {
  assert(calls.length > 0, 'a turn asks at least one bot')
  assert(new Set(calls.map(({ id }) => id)).size === calls.length, 'the calls of a turn have their own ids')
  if (calls.length > callsMax) return refuse('too_many_calls', `One message can ask ${callsMax} bots at most.`)
  if (calls.reduce((sum, { inputBytes }) => sum + inputBytes, 0) <= promptBytesMax) return undefined
  return refuse('too_long', 'This is too long for one message. Shorten it, or begin a new conversation.')
}

async function admit(
  slots: Slots,
  plan: TurnPlan,
  ask: Ask,
): Promise<true | Refusal<'not_admitted' | 'refused_before'>> {
  const admitted = await Promise.all(slots.admits.map((each) => each(ask)))
  const unwelcome = admitted.find(isRefusal)
  if (unwelcome || slots.guards.length === 0) return unwelcome ?? true
  const texts = plan.calls.map(({ history }) => history.at(-1)?.content ?? '')
  const guarded = await Promise.all(
    slots.guards.map(async (each) => (await each.before?.({ payer: plan.payer, texts })) ?? true),
  )
  return guarded.find(isRefusal) ?? true
}

/** The price shown is the price charged: another one, or more than was shown, starts nothing. */
function checkQuote({ expected }: TurnPlan, quote: Quote): Refusal<'stale_quote'> | undefined {
  if (!expected || (expected.digest === quote.digest && quote.atMost <= expected.atMost)) return undefined
  return refuse('stale_quote', 'The price has changed. Look at the new one and send again if it suits you.')
}

function again(plan: TurnPlan, known: Known): Started | Refusal<'key_reused'> {
  if (known.payer === plan.payer && known.digest.equals(digestOf(plan)))
    return { turn: plan.id, state: 'already', quote: known.quote }
  return refuse('key_reused', 'This message was sent before with other words. Send it again as a new one.')
}

/** Of what a person would call the same message. */
function digestOf({ payer, subject, calls }: TurnPlan): Buffer {
  const asked = calls.map(({ bot, history }) => [bot.id, history.at(-1)?.content ?? null])
  return createHash('sha256')
    .update(JSON.stringify([payer, subject?.conversation ?? null, asked]))
    .digest()
}

async function within(ms: number, running: ReadonlySet<Promise<void>>): Promise<void> {
  if (running.size === 0) return
  const timeUp = Promise.withResolvers<void>()
  const timer = setTimeout(timeUp.resolve, ms)
  await Promise.race([Promise.all(running), timeUp.promise])
  clearTimeout(timer)
}
