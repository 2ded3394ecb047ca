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

export type Batcher = {
  /** Undefined when too many are waiting. */
  post(journal: Journal): Promise<Answer> | undefined
  /** Resolves when everything accepted so far has its answer. */
  idle(): Promise<void>
  readonly waiting: number
}

/**
 * Gathers one home's journals and posts them batch by batch. There is no timer: a batch is whatever has queued while the
 * calls before it were in flight, so a lone journal leaves at once and a crowd shares one commit. `inFlightMax` calls are
 * out at a time; the database puts them in order. A batch that the database refuses as a whole is halved until the
 * journal at fault stands alone; one whose connection was lost is sent again, which is safe because each journal's key
 * makes it post once.
 */
export function createBatcher(options: {
  readonly send: (batch: readonly Journal[]) => Promise<readonly Answer[]>
  readonly faultOf: (fault: unknown) => CallFault
  readonly journalsMax: number
  readonly legsMax: number
  readonly inFlightMax: number
  readonly waitingMax: number
  readonly retryForMs: number
}): Batcher {
  let queue: Waiting[] = []
  let inFlight = 0
  let accepted = 0
  let scheduled = false
  let whenIdle: (() => void)[] = []

  function post(journal: Journal): Promise<Answer> | undefined {
    if (accepted >= options.waitingMax) return undefined
    accepted++
    const answer = new Promise<Answer>((resolve, reject) => queue.push({ journal, resolve, reject }))
    // Journals posted in the same turn of the event loop leave together.
    if (!scheduled) {
      scheduled = true
      queueMicrotask(() => {
        scheduled = false
        pump()
      })
    }
    return answer
  }

  function pump(): void {
    while (inFlight < options.inFlightMax && queue.length > 0) {
      const batch = take()
      inFlight++
      void settleBatch(batch).finally(() => {
        inFlight--
        accepted -= batch.length
        pump()
        if (accepted === 0) whenIdle.splice(0).forEach((resolve) => resolve())
      })
    }
  }

  /** The head of the queue up to the limits. A key that is already in the batch waits for the next: one call, one body. */
  function take(): Waiting[] {
    const batch: Waiting[] = []
    const later: Waiting[] = []
    const keys = new Set<Uuid>()
    let legs = 0
    let at = 0
    for (; at < queue.length && batch.length < options.journalsMax; at++) {
      const waiting = queue[at] as Waiting
      const { key, legs: own } = waiting.journal
      if (batch.length > 0 && legs + own.length > options.legsMax) break
      if (keys.has(key)) {
        later.push(waiting)
        continue
      }
      keys.add(key)
      legs += own.length
      batch.push(waiting)
    }
    queue = later.length > 0 ? [...later, ...queue.slice(at)] : queue.slice(at)
    return batch
  }

  async function settleBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers = await sendWithRetry(batch.map((waiting) => waiting.journal))
      batch.forEach((waiting, at) => waiting.resolve(answers[at] as Answer))
    } catch (fault) {
      if (batch.length > 1 && options.faultOf(fault) === 'data') {
        const middle = batch.length >> 1
        await settleBatch(batch.slice(0, middle))
        await settleBatch(batch.slice(middle))
        return
      }
      for (const waiting of batch) waiting.reject(failureOf(fault, waiting.journal.key))
    }
  }

  async function sendWithRetry(journals: readonly Journal[]): Promise<readonly Answer[]> {
    const giveUpAt = performance.now() + options.retryForMs
    let lost: unknown
    for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
      try {
        return await options.send(journals)
      } catch (fault) {
        const kind = options.faultOf(fault)
        if (kind === 'connection_lost') lost = fault
        if (kind === 'data') throw fault
        if (performance.now() + pauseMs > giveUpAt) throw lost ?? fault
        await sleep(pauseMs)
      }
    }
  }

  function failureOf(fault: unknown, key: Uuid): unknown {
    const kind = options.faultOf(fault)
    if (kind === 'connection_lost') return new OutcomeUnknown(key, fault)
    if (kind === 'data') return fault
    return new LedgerUnavailable(
      `The database cannot take journals now: ${fault instanceof Error ? fault.message : String(fault)}`,
      { cause: fault },
    )
  }

  return {
    post,
    idle: () => (accepted === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
    get waiting() {
      return accepted
    },
  }
}
