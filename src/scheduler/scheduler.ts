import { refuse, uuidv7, type Clock, type Refusal } from '#kernel'
import type { Backend } from './backend.ts'
import type { Happened } from './happened.ts'
import { createLeader, type Orders } from './leader.ts'
import type { Outcome } from './rules.ts'
import type { WaitRange } from './rules/foresight.ts'
import { houseTerms, type PoolTerms } from './rules/terms.ts'
import { createStanding } from './standing.ts'
import { steady } from './steady.ts'
import type { Ask, AskRefusal, Failure, Grant, RetryRefusal, Ticket, Usage } from './ticket.ts'
import type { PoolView } from './view.ts'
import { watchSigns } from './watch.ts'

export type SchedulerOptions = {
  readonly backends: readonly Backend[]
  readonly clock: Clock
  /** What differs from the terms of the house. */
  readonly terms?: Partial<PoolTerms>
  /** Told of what happens, for metrics and logs. It must not throw. */
  readonly observe?: (happened: Happened) => void
}

export type Scheduler = {
  /** Decided at once: a ticket (perhaps already granted) or a refusal with the honest wait. */
  ticket(ask: Ask): Ticket | AskRefusal
  view(): PoolView
  add(backend: Backend): void
  /** No further grants; what runs there ends by itself. */
  remove(backend: string): void
  /** Ends every wait with `closing`, lets streams run until the deadline, then aborts them. */
  close(deadlineMs: number): Promise<void>
}

type Answer = Grant | RetryRefusal

/** A ticket of this process, from the ask to the end of its last grant. */
type Held = {
  readonly id: string
  /** Of the grant in use; none while it waits. */
  running: AbortController | undefined
  /** The next answer: the first grant, the one after a failure, or why there is none. */
  answer: PromiseWithResolvers<Answer>
}

const lookEveryMs = 100

/** A pool of backends and the tickets of this process for them. */
export function createScheduler({ backends, clock, terms, observe }: SchedulerOptions): Scheduler {
  const now = steady(clock)
  const held = new Map<string, Held>()
  const watches = new Map<string, AbortController>()
  const whenEmpty: (() => void)[] = []
  let isClosing = false

  const orders: Orders = {
    start: (order) => {
      const one = held.get(order.id)
      if (one) one.answer.resolve(grantOf(one, order))
    },
    expired: (id) => drop(id, refuse('waited_too_long', words.waited_too_long)),
    hung: (id) => {
      const silent = held.get(id)
      if (silent) awaitNext(silent)?.abort({ kind: 'hung' } satisfies Failure)
    },
    over: (id, outcome) => drop(id, refuse(outcome, words[outcome])),
    happened: (what) => observe?.(what),
  }
  const leader = createLeader({ terms: { ...houseTerms, ...terms }, now, epoch: 1, orders })

  /** The grant in use is no longer; what follows will be answered anew. */
  function awaitNext(one: Held): AbortController | undefined {
    const controller = one.running
    one.running = undefined
    one.answer = Promise.withResolvers()
    return controller
  }

  function drop(id: string, refusal: RetryRefusal): void {
    const one = held.get(id)
    if (!one) return
    held.delete(id)
    one.answer.resolve(refusal)
    if (held.size === 0) for (const resolve of whenEmpty.splice(0)) resolve()
  }

  function grantOf(
    one: Held,
    order: { readonly id: string; readonly backend: string; readonly attempt: number; readonly epoch: number },
  ): Grant {
    const { id, backend, attempt, epoch } = order
    const controller = new AbortController()
    one.running = controller
    const ifInUse = (act: () => void): void => {
      if (one.running === controller) act()
    }
    return {
      backend,
      attempt,
      epoch,
      signal: controller.signal,
      firstToken: () => ifInUse(() => leader.first(id)),
      tokens: (count) => ifInUse(() => leader.tokens(id, count)),
      done: (usage) =>
        ifInUse(() => {
          awaitNext(one)
          leader.done(id, usedOf(usage))
          drop(id, refuse('broken_off', words.broken_off))
        }),
      failed: (failure) => {
        ifInUse(() => {
          awaitNext(one)
          leader.failed(id, failure)
        })
        return one.answer.promise
      },
    }
  }

  function leave(one: Held, why: 'cancelled' | 'closing'): void {
    if (held.get(one.id) !== one) return
    leader.leave(one.id, why)
    const controller = one.running ? awaitNext(one) : undefined
    drop(one.id, refuse(why, words[why]))
    controller?.abort(refuse(why, words[why]))
  }

  function ticket(ask: Ask): Ticket | AskRefusal {
    if (isClosing) return { ...refuse('closing', words.closing), estimate: noWait }
    const { signal, ...sized } = ask
    const one: Held = { id: uuidv7(), running: undefined, answer: Promise.withResolvers() }
    const granted = one.answer.promise as Ticket['granted']
    held.set(one.id, one)
    const answer = leader.ask(one.id, sized)
    if ('refused' in answer) {
      held.delete(one.id)
      return { ...refuse(answer.refused, words[answer.refused]), estimate: answer.outlook.estimate }
    }
    const stand = createStanding()
    stand(answer, leader.view().limit, now())
    const cancel = () => leave(one, 'cancelled')
    if (signal?.aborted) cancel()
    else signal?.addEventListener('abort', cancel, { once: true })
    let first: typeof answer | undefined = answer
    const standing = () => {
      const outlook = first ?? leader.outlook(one.id)
      first = undefined
      return stand(outlook, leader.view().limit, now())
    }
    return { id: one.id, standing, granted, cancel }
  }

  function add(backend: Backend): void {
    const watch = new AbortController()
    watches.set(backend.id, watch)
    leader.add(backend)
    watchSigns(backend, (signs) => leader.signs(backend.id, signs), watch.signal)
  }

  function remove(id: string): void {
    watches.get(id)?.abort()
    watches.delete(id)
    leader.remove(id)
  }

  const looking = setInterval(() => leader.look(), lookEveryMs).unref()

  async function close(deadlineMs: number): Promise<void> {
    isClosing = true
    for (const one of held.values()) if (!one.running) leave(one, 'closing')
    if (held.size > 0) {
      const empty = new Promise<void>((resolve) => whenEmpty.push(resolve))
      const deadline = new Promise<void>((resolve) => setTimeout(resolve, deadlineMs).unref())
      await Promise.race([empty, deadline])
    }
    for (const one of held.values()) leave(one, 'closing')
    clearInterval(looking)
    for (const id of [...watches.keys()]) remove(id)
  }

  for (const backend of backends) add(backend)
  return { ticket, view: () => leader.view(), add, remove, close }
}

const noWait: WaitRange = { fromMs: 0, likelyMs: 0, untilMs: 0 }

function usedOf(usage: Usage | undefined) {
  if (!usage) return undefined
  const { inputTokens, cachedTokens = 0, outputTokens } = usage
  return { inputTokens: Math.max(0, inputTokens - cachedTokens), outputTokens }
}

const words: Readonly<Record<(AskRefusal | RetryRefusal)['refused'], string>> = {
  too_busy: 'The wait would be longer than you are willing to wait. Try again later, or be willing to wait longer.',
  queue_full: 'As many are waiting as there is room for. Try again in a moment.',
  no_backend: 'No model server can be reached at the moment. Try again in a moment.',
  closing: 'This server is about to restart. Try again in a moment.',
  cancelled: 'It was cancelled.',
  waited_too_long: 'The wait became longer than you were willing to wait. Try again later.',
  broken_off: 'The model server broke off in the middle of the answer. Ask again.',
  tried_enough: 'Several model servers failed before the answer began. Try again in a moment.',
  rejected: 'The model server does not take this request as it is.',
}
