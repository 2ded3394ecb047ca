import { assert, isRefusal, isUuid, refuse, type Clock, type Refusal, type Uuid } from '#kernel'
import { createGatherer, type Database } from '#platform'
import { admit, again, askOf, checkQuote, checkShape, digestOf } from './ask.ts'
import type { StartRefusal } from './contract.ts'
import { abandon, begin, createLive, type LiveTurn } from './live.ts'
import type { Membership } from './membership.ts'
import type { Asked, Started, TurnOf, TurnPlan } from './plan.ts'
import type { Limits } from './rules.ts'
import type { Running } from './running.ts'
import type { Ask, Quote, Slots, Till } from './slots.ts'
import { insertTurn, lookUp, type Found, type NewTurn } from './store/turns.ts'
import type { Turns } from './turns.ts'

type Deps = {
  readonly answers: Database
  readonly clock: Clock
  readonly limits: Limits
  readonly slots: Slots
  readonly lives: Map<Uuid, LiveTurn>
  readonly membership: Membership
  readonly running: Running
  readonly log: LiveTurn['log']
}

/** `starting`: the starts that are on their way; none of them rejects. */
export type Starter = Pick<Turns, 'start'> & { readonly starting: ReadonlyMap<Uuid, Promise<unknown>> }

type Answer = Started | Refusal<StartRefusal>

/**
 * One start at a time for each id: of a double click the second waits, and finds the first; what begins anew after a start
 * that failed waits until that is undone, so that it does not run on a hold that is about to be given back.
 */
export function createStarter(deps: Deps): Starter {
  const starting = new Map<Uuid, Promise<unknown>>()
  const found = createGatherer((wanted: readonly TurnOf[]) => lookUp(deps.answers, wanted))
  const startOnce: Turns['start'] = async (turn, plan) => {
    for (let first = starting.get(turn.id); first; first = starting.get(turn.id)) await first
    let undone: Promise<void> | undefined
    const undo: Undo = (live, held) => {
      undone = deps.running.undo(live, held)
    }
    const started = start({ ...deps, lookUp: found.add, undo }, turn, plan)
    const over = started
      .catch(() => undefined)
      .then(() => undone)
      .finally(() => starting.delete(turn.id))
    starting.set(turn.id, over)
    return started
  }
  return { start: startOnce, starting }
}

type Undo = (live: LiveTurn, held: Promise<unknown>) => void
type Starting = Deps & { readonly lookUp: (wanted: TurnOf) => Promise<Found>; readonly undo: Undo }

async function start<Code extends string>(
  deps: Starting,
  turn: TurnOf,
  read: () => Promise<Asked | Refusal<Code>>,
): Promise<Answer | Refusal<Code>> {
  const { slots, limits, lives, membership } = deps
  assert(isUuid(turn.id), 'a turn has an id that no other text stands for')
  // All that is to be read is asked for at once: the first word waits for the slowest answer, not for their sum.
  const till = slots.charge.till(turn.payer)
  const [{ known, running }, asked] = await Promise.all([deps.lookUp(turn), read(), membership.enter()])
  if ('refused' in asked) return asked
  const plan = { ...asked, ...turn }
  const ask = askOf(plan)
  const misshapen = checkShape(ask, limits)
  if (misshapen) return misshapen
  if (known) return again(plan, known)
  const [admitted, quote] = await Promise.all([admit(slots, plan, ask), till.quote(ask.calls)])
  if (isRefusal(admitted)) return admitted
  if (isRefusal(quote)) return quote
  const stale = checkQuote(plan, quote)
  if (stale) return stale
  // The table knows of other processes, memory of what is not in the table yet.
  if (Math.max(running, countOf(lives, plan.payer)) >= limits.turnsPerPayerMax) return tooMany
  return hold(deps, plan, { ask, quote, till })
}

const tooMany = refuse('too_many_turns', 'Too many of your messages are being answered. Wait for one, or stop one.')

function countOf(lives: ReadonlyMap<Uuid, LiveTurn>, payer: Uuid): number {
  let count = 0
  for (const live of lives.values()) if (live.payer === payer) count++
  return count
}

type Priced = { readonly ask: Ask; readonly quote: Quote; readonly till: Till }

/** Hold and rows side by side, in a transaction that begins first; the bots begin once the hold stands, and are heard once the rows do. */
async function hold(deps: Starting, plan: TurnPlan, { ask, quote, till }: Priced): Promise<Answer> {
  const { answers: db, slots, limits, lives, membership, running } = deps
  const process = membership.current()
  if (process === undefined) throw new Error('this process was taken for gone while a turn began')
  const live = createLive(plan, { process, quote, log: deps.log })
  lives.set(plan.id, live)
  let held: ReturnType<Till['reserve']> | undefined
  const durable = Promise.withResolvers<void>()
  durable.promise.catch(() => undefined)
  let begun = false
  try {
    const outcome = await db.transact<unknown, 'written' | 'taken'>(async (trx) => {
      // A hold is answered before it is on disk, so it is asked for once the transaction has begun: should the database fall
      // after its answer, the transaction falls with it. One that is tried again is younger than the hold.
      const isOlder = held !== undefined
      held ??= till.reserve({ id: plan.id, quote, waitMs: limits.prolongMs * 2 })
      held.catch(() => undefined)
      if ((await insertTurn(trx, rowOf(deps, plan, live))) === 'taken') return 'taken'
      await plan.record?.(trx)
      const meter = await held
      if (isRefusal(meter)) throw new NotHeld(meter)
      if (isOlder && !(await meter.stands())) throw new Error('what was held went with the database that answered it')
      if (!begun) running.run({ live, meter, priority: slots.priority.classOf({ ...ask, quote }) }, durable.promise)
      begun = true
      return 'written'
    })
    if (outcome === 'taken') return await takenBy(deps, plan, live)
    begin(live)
    durable.resolve()
    return { turn: plan.id, state: 'started', quote }
  } catch (fault) {
    lives.delete(plan.id)
    abandon(live)
    durable.reject(fault)
    if (fault instanceof NotHeld) return fault.refusal
    // Whether the rows are there nobody knows now; what was held goes back either way.
    if (held) deps.undo(live, held)
    throw fault
  }
}

/** Another process was faster with the same id; the hold is the same journal, and that turn's. */
async function takenBy({ lookUp: find, lives }: Starting, plan: TurnPlan, live: LiveTurn): Promise<Answer> {
  lives.delete(plan.id)
  abandon(live)
  const { known } = await find(plan)
  assert(known, 'an id that is taken has a turn')
  return again(plan, known)
}

function rowOf({ clock }: Deps, plan: TurnPlan, { process, quote }: LiveTurn): NewTurn {
  return {
    id: plan.id,
    payer: plan.payer,
    conversation: plan.subject?.conversation ?? null,
    process,
    digest: digestOf(plan),
    quote,
    calls: plan.calls.map(({ id, bot }) => ({ id, bot: bot.id })),
    startedAt: clock.now(),
  }
}

/** Rolls back what was written beside a hold that was refused. */
class NotHeld extends Error {
  readonly refusal: Refusal<'insufficient_funds' | 'over_cap' | 'in_debt' | 'key_reused'>

  constructor(refusal: NotHeld['refusal']) {
    super(refusal.detail)
    this.refusal = refusal
  }
}
