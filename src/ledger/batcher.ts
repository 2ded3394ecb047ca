import { setTimeout as sleep } from 'node:timers/promises'
import type { Uuid } from '#kernel'
import type { Journal } from './journal.ts'
import type { Answer } from './wire.ts'

/** The ledger could not be reached, and nothing of this journal was posted. Posting again under the same key is safe. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable'
}

/**
 * The connection was lost while the journal was being committed, and the ledger could not be asked since. Whether it was
 * posted is learnt by posting it again under the same key: once posted it answers as the first time did.
 */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
  readonly key: Uuid
  constructor(key: Uuid, cause: unknown) {
    super(`It is not known whether journal ${key} was posted; post it again under the same key to learn it.`, { cause })
    this.key = key
  }
}

/** What went wrong with a call, as far as it decides what to do: see `faultOf` in store.ts. */
export type CallFault = 'connection_lost' | 'server_short' | 'data'

type Waiting = {
  readonly journal: Journal
  readonly resolve: (answer: Answer) => void
  readonly reject: (fault: unknown) => void
}

/** How one batch reaches the database, and how long that is tried. */
export type Courier = {
  readonly send: (batch: readonly Journal[]) => Promise<readonly Answer[]>
  readonly faultOf: (fault: unknown) => CallFault
  readonly retryForMs: number
}

export type BatchLimits = {
  readonly journalsMax: number
  /** A crowd is shared out among the calls, into batches of no fewer than these: see `createBatcher`. */
  readonly shareMin: number
  readonly legsMax: number
  readonly inFlightMax: number
  readonly waitingMax: number
}

export type Batcher = {
  /** Undefined when too many are waiting. */
  post(journal: Journal): Promise<Answer> | undefined
  /** Resolves when everything accepted so far has its answer. */
  idle(): Promise<void>
}

/**
 * Gathers one home's journals and posts them batch by batch. There is no timer: a batch is whatever has queued while the
 * calls before it were in flight, so a lone journal leaves at once and a crowd shares one commit. `inFlightMax` calls are
 * out at a time; the database puts them in order. Callers that all wait for one batch would come back at once and leave
 * the database idle meanwhile, so a crowd is shared out evenly: one batch is answered while another is posted. A batch that
 * the database refuses as a whole is halved until the journal at fault stands alone; one whose connection was lost is sent
 * again, which is safe because each journal's key makes it post once.
 */
export function createBatcher(limits: BatchLimits, courier: Courier): Batcher {
  let queue: Waiting[] = []
  let inFlight = 0
  let accepted = 0
  let scheduled = false
  const whenIdle: (() => void)[] = []

  function pump(): void {
    while (inFlight < limits.inFlightMax && queue.length > 0) {
      const share = Math.max(limits.shareMin, Math.ceil(accepted / limits.inFlightMax))
      const taken = take(queue, { ...limits, journalsMax: Math.min(limits.journalsMax, share) })
      queue = taken.left
      inFlight++
      void deliver(courier, taken.batch).finally(() => {
        inFlight--
        accepted -= taken.batch.length
        pump()
        if (accepted === 0) for (const resolve of whenIdle.splice(0)) resolve()
      })
    }
  }

  function post(journal: Journal): Promise<Answer> | undefined {
    if (accepted >= limits.waitingMax) return undefined
    accepted++
    // Journals posted in the same turn of the event loop leave together.
    if (!scheduled) {
      scheduled = true
      queueMicrotask(() => {
        scheduled = false
        pump()
      })
    }
    return new Promise<Answer>((resolve, reject) => queue.push({ journal, resolve, reject }))
  }

  return {
    post,
    idle: () => (accepted === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
  }
}

/** The head of the queue up to the limits. A key that is already in the batch waits for the next: one call, one body. */
function take(queue: readonly Waiting[], limits: BatchLimits): { batch: Waiting[]; left: Waiting[] } {
  const batch: Waiting[] = []
  const later: Waiting[] = []
  const keys = new Set<Uuid>()
  let legs = 0
  let at = 0
  for (; at < queue.length && batch.length < limits.journalsMax; at++) {
    const waiting = queue[at] as Waiting
    const { key, legs: own } = waiting.journal
    if (batch.length > 0 && legs + own.length > limits.legsMax) break
    if (keys.has(key)) {
      later.push(waiting)
    } else {
      keys.add(key)
      legs += own.length
      batch.push(waiting)
    }
  }
  return { batch, left: [...later, ...queue.slice(at)] }
}

async function deliver(courier: Courier, batch: readonly Waiting[]): Promise<void> {
  try {
    const journals = batch.map((waiting) => waiting.journal)
    const answers = await keepTrying(() => courier.send(journals), courier)
    batch.forEach((waiting, at) => waiting.resolve(answers[at] as Answer))
  } catch (fault) {
    const kind = courier.faultOf(fault)
    if (kind === 'data' && batch.length > 1) {
      const middle = batch.length >> 1
      await deliver(courier, batch.slice(0, middle))
      await deliver(courier, batch.slice(middle))
      return
    }
    for (const waiting of batch) waiting.reject(failureOf(kind, fault, waiting.journal.key))
  }
}

/** Asks again for so long, at growing intervals, unless the fault lies in what is asked. */
export async function keepTrying<Given>(
  ask: () => Promise<Given>,
  { faultOf, retryForMs }: Pick<Courier, 'faultOf' | 'retryForMs'>,
): Promise<Given> {
  const giveUpAt = performance.now() + retryForMs
  let lost: unknown
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
    try {
      return await ask()
    } catch (fault) {
      const kind = faultOf(fault)
      if (kind === 'data') throw fault
      // Once a connection was lost in mid-call, later failures to connect do not make the outcome any better known.
      if (kind === 'connection_lost') lost = fault
      if (performance.now() + pauseMs > giveUpAt) throw lost ?? fault
      await sleep(pauseMs)
    }
  }
}

function failureOf(kind: CallFault, fault: unknown, key: Uuid): unknown {
  if (kind === 'data') return fault
  if (kind === 'connection_lost') return new OutcomeUnknown(key, fault)
  const reason = fault instanceof Error ? fault.message : String(fault)
  return new LedgerUnavailable(`The database cannot take journals now: ${reason}`, { cause: fault })
}
