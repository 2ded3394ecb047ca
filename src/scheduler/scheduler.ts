import { refuse } from '#kernel'
import type { Backend } from './backend.ts'
import { dismiss, openDesk, ticketFor, whenEmpty, words } from './desk.ts'
import type { Happened } from './happened.ts'
import { createLeader } from './leader.ts'
import { houseTerms, type PoolTerms } from './rules/terms.ts'
import type { Ask, AskRefusal, Ticket } from './ticket.ts'
import type { PoolView } from './view.ts'
import { watchSigns } from './watch.ts'

export type SchedulerOptions = {
  readonly backends: readonly Backend[]
  /** Milliseconds that pass evenly and never run backwards, whatever is done to the clock of the machine. */
  readonly now?: () => number
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

const lookEveryMs = 100
/** One process leads itself for ever. */
const epoch = 1

/** A pool of backends, and the tickets of this process for them. */
export function createScheduler({ backends, terms, observe, ...options }: SchedulerOptions): Scheduler {
  const now = options.now ?? (() => performance.now())
  const desk = openDesk((orders) =>
    createLeader({
      terms: { ...houseTerms, ...terms },
      now,
      epoch,
      orders: { ...orders, happened: (what) => observe?.(what) },
    }),
  )
  const { leader } = desk
  const watches = new Map<string, AbortController>()
  const looking = setInterval(() => leader.look(), lookEveryMs).unref()
  let isClosing = false

  function add(backend: Backend): void {
    const watch = new AbortController()
    leader.add(backend)
    watches.set(backend.id, watch)
    watchSigns(backend, (signs) => leader.signs(backend.id, signs), watch.signal)
  }

  function remove(id: string): void {
    watches.get(id)?.abort()
    watches.delete(id)
    leader.remove(id)
  }

  async function close(deadlineMs: number): Promise<void> {
    isClosing = true
    dismiss(desk, 'waiting')
    const deadline = Promise.withResolvers<void>()
    const timer = setTimeout(deadline.resolve, deadlineMs)
    await Promise.race([whenEmpty(desk), deadline.promise])
    clearTimeout(timer)
    dismiss(desk, 'everybody')
    clearInterval(looking)
    for (const watch of watches.values()) watch.abort()
  }

  for (const backend of backends) add(backend)
  return {
    ticket: (ask) =>
      isClosing
        ? { ...refuse('closing', words.closing), estimate: { fromMs: 0, likelyMs: 0, untilMs: 0 } }
        : ticketFor(desk, ask, now),
    view: () => leader.view(),
    add,
    remove,
    close,
  }
}
