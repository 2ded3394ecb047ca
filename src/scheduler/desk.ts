import { refuse, uuidv7 } from '#kernel'
import type { Leader, Orders, Start } from './leader.ts'
import type { Used } from './rules.ts'
import { createStanding } from './standing.ts'
import type { Ask, AskRefusal, Failure, Grant, RetryRefusal, Ticket, Usage } from './ticket.ts'

/** A ticket of this process, from the ask to the end of its last grant. */
type Held = {
  readonly id: string
  /** Of the grant in use; none while it waits. */
  running: AbortController | undefined
  /** The next answer: the first grant, the one after a failure, or why there is none. */
  answer: PromiseWithResolvers<Grant | RetryRefusal>
}

/** Where this process keeps its tickets: promises and signals on one side, plain words with the leader on the other. */
export type Desk = {
  readonly leader: Leader
  readonly held: Map<string, Held>
  readonly whenEmpty: (() => void)[]
}

/** The desk and the leader that it has; a leader elsewhere would be reached by the same two lists of words. */
export function openDesk(createLeader: (orders: Omit<Orders, 'happened'>) => Leader): Desk {
  const held: Desk['held'] = new Map()
  const leader = createLeader({
    start: (order) => {
      const one = held.get(order.id)
      if (one) one.answer.resolve(grantOf(desk, one, order))
    },
    expired: (id) => drop(desk, id, 'waited_too_long'),
    hung: (id) => {
      const one = held.get(id)
      if (one) supersede(one)?.abort({ kind: 'hung' } satisfies Failure)
    },
    over: (id, outcome) => drop(desk, id, outcome),
  })
  const desk: Desk = { leader, held, whenEmpty: [] }
  return desk
}

/** Tickets for an ask that is refused do not exist. */
export function ticketFor(desk: Desk, ask: Ask, now: () => number): Ticket | AskRefusal {
  const { leader, held } = desk
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
  stand(answer, leader.slots(), now())
  const standing = () => stand(leader.outlook(one.id), leader.slots(), now())
  const cancel = () => leave(desk, one, 'cancelled')
  if (signal?.aborted) cancel()
  else signal?.addEventListener('abort', cancel, { once: true })
  return { id: one.id, standing, granted, cancel }
}

/** Whoever waits is told that the server closes, or whoever is left in any way. */
export function dismiss(desk: Desk, whom: 'waiting' | 'everybody'): void {
  for (const one of desk.held.values()) if (whom === 'everybody' || !one.running) leave(desk, one, 'closing')
}

/** Resolves when no ticket is left. */
export function whenEmpty(desk: Desk): Promise<void> {
  return desk.held.size === 0 ? Promise.resolve() : new Promise((resolve) => desk.whenEmpty.push(resolve))
}

function grantOf(desk: Desk, one: Held, { id, backend, attempt, epoch }: Start): Grant {
  const { leader } = desk
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
        supersede(one)
        leader.done(id, usedOf(usage))
        drop(desk, id, 'done')
      }),
    failed: (failure) => {
      ifInUse(() => {
        supersede(one)
        leader.failed(id, failure)
      })
      return one.answer.promise
    },
  }
}

/** The grant in use is no longer; whatever follows is a new answer. */
function supersede(one: Held): AbortController | undefined {
  const controller = one.running
  one.running = undefined
  one.answer = Promise.withResolvers()
  return controller
}

/** The leader knows first, so that the slot is free whatever those do who hear of it. */
function leave(desk: Desk, one: Held, why: 'cancelled' | 'closing'): void {
  if (desk.held.get(one.id) !== one) return
  desk.leader.leave(one.id, why)
  const controller = one.running && supersede(one)
  drop(desk, one.id, why)
  controller?.abort(refuse(why, words[why]))
}

function drop({ held, whenEmpty: waiting }: Desk, id: string, why: RetryRefusal['refused']): void {
  const one = held.get(id)
  if (!one) return
  held.delete(id)
  one.answer.resolve(refuse(why, words[why]))
  if (held.size === 0) for (const resolve of waiting.splice(0)) resolve()
}

/** What a prefix cache supplied costs nothing. */
function usedOf(usage: Usage | undefined): Used | undefined {
  if (!usage) return undefined
  const { inputTokens, cachedTokens = 0, outputTokens } = usage
  return { inputTokens: Math.max(0, inputTokens - cachedTokens), outputTokens }
}

export const words: Readonly<Record<(AskRefusal | RetryRefusal)['refused'], string>> = {
  too_busy: 'The wait would be longer than you are willing to wait. Try again later, or be willing to wait longer.',
  queue_full: 'As many are waiting as there is room for. Try again in a moment.',
  no_backend: 'No model server can be reached at the moment. Try again in a moment.',
  closing: 'This server is about to restart. Try again in a moment.',
  cancelled: 'It was cancelled.',
  waited_too_long: 'The wait became longer than you were willing to wait. Try again later.',
  broken_off: 'The model server broke off in the middle of the answer. Ask again.',
  tried_enough: 'Several model servers failed before the answer began. Try again in a moment.',
  rejected: 'The model server does not take this request as it is.',
  done: 'The answer is whole already.',
}
