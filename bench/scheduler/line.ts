import { refuse } from '#kernel'
import type { Ask, AskRefusal, Grant, PoolView, RetryRefusal, Ticket, WaitRefusal } from '#scheduler'
import { classes } from './load.ts'

/** What the gateway needs of whoever decides; the scheduler is one. */
export type Decider = {
  ticket(ask: Ask): Pick<Ticket, 'standing' | 'granted'> | AskRefusal
  /** Undefined for one that has nothing to tell. */
  view(): PoolView | undefined
}

type LineOptions = {
  readonly backends: readonly { readonly id: string; readonly slots: number }[]
  /** First come first served, or a higher class always before a lower one. */
  readonly order: 'arrival' | 'class'
}

type Place = { readonly id: string; readonly slots: number; inFlight: number; restsUntil: number }

type Waiting = {
  readonly ask: Ask
  readonly attempt: number
  readonly grant: (grant: Grant | WaitRefusal) => void
}

const attemptsMax = 3
/** A backend that failed is taken last for so long: even the plainest proxy does that much. */
const restMs = 5000

const restOf = ({ restsUntil }: Place) => (Date.now() < restsUntil ? 1 : 0)

/** The peers in the same gateway: one line, so many at once, and no other thought. Infinite slots pass everything on. */
export function createLine({ backends, order }: LineOptions): Decider {
  const places: readonly Place[] = backends.map((backend) => ({ ...backend, inFlight: 0, restsUntil: 0 }))
  const queue: Waiting[] = []

  const rank = ({ ask }: Waiting) => (order === 'class' ? classes.findIndex((name) => name === ask.class) : 0)

  function enqueue(waiting: Waiting): void {
    const leave = (): void => {
      const at = queue.indexOf(waiting)
      if (at !== -1) queue.splice(at, 1)
      waiting.grant(refuse('cancelled', 'The client has gone.'))
    }
    waiting.ask.signal?.addEventListener('abort', leave, { once: true })
    const behind = queue.findIndex((other) =>
      waiting.attempt > 1 ? rank(other) >= rank(waiting) : rank(other) > rank(waiting),
    )
    queue.splice(behind === -1 ? queue.length : behind, 0, waiting)
    pump()
  }

  function pump(): void {
    for (let next = queue[0]; next; next = queue[0]) {
      const place = places
        .filter(({ inFlight, slots }) => inFlight < slots)
        .toSorted((one, other) => restOf(one) - restOf(other) || one.inFlight - other.inFlight)[0]
      if (!place) return
      queue.shift()
      next.grant(grantOf(next, place, { freed: pump, again: enqueue }))
    }
  }

  function ticket(ask: Ask): ReturnType<Decider['ticket']> {
    const { promise, resolve } = Promise.withResolvers<Grant | WaitRefusal>()
    const standing = { position: queue.length, estimate: { fromMs: 0, likelyMs: 0, untilMs: 0 } }
    enqueue({ ask, attempt: 1, grant: resolve })
    return { standing: () => standing, granted: promise }
  }

  return { ticket, view: () => undefined }
}

type Line = { readonly freed: () => void; readonly again: (waiting: Waiting) => void }

function grantOf({ ask, attempt }: Waiting, place: Place, { freed, again }: Line): Grant {
  let spoke = false
  let ended = false
  const signal = ask.signal ?? new AbortController().signal
  const end = (): void => {
    if (ended) return
    ended = true
    place.inFlight--
    freed()
  }
  place.inFlight++
  signal.addEventListener('abort', end, { once: true })
  const failed = async (): Promise<Grant | RetryRefusal> => {
    const { promise, resolve } = Promise.withResolvers<Grant | RetryRefusal>()
    place.restsUntil = Date.now() + restMs
    if (spoke) resolve(refuse('broken_off', 'The backend broke off in the middle of the answer.'))
    else if (attempt === attemptsMax) resolve(refuse('tried_enough', 'No backend took it.'))
    // Back in the line before its place is free, or somebody else would take that.
    else again({ ask, attempt: attempt + 1, grant: resolve })
    end()
    return promise
  }
  return {
    backend: place.id,
    attempt,
    epoch: 0,
    signal,
    firstToken: () => void (spoke = true),
    tokens: () => {},
    done: end,
    failed,
  }
}
