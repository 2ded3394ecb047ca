import { isUuid, type Clock, type Refusal, type Uuid } from '#kernel'
import type { Database, Log, Secret } from '#platform'
import { channels, createBell } from './bell.ts'
import type { StartRefusal, TurnEvent } from './contract.ts'
import { createFlusher } from './flush.ts'
import { createFollower } from './follow.ts'
import { abandon, halt, readLive, type LiveTurn } from './live.ts'
import { createMembership } from './membership.ts'
import type { Keeper, Started, TurnPlan } from './plan.ts'
import type { BotRuntime } from './ports.ts'
import { createReaper } from './reaper.ts'
import { limits as defaults, type Limits } from './rules.ts'
import { createSealer } from './seal.ts'
import { meet, type Ask, type Quote, type SlotSupply } from './slots.ts'
import { createStarter } from './start.ts'
import { requestStop, requestStopOfAll } from './store/turns.ts'

export type TurnsOptions = {
  /** The handle of the answer path, which reaches the schemas of turns and chat alone. */
  readonly answers: Database
  readonly clock: Clock
  readonly log: Log
  readonly secret: Secret
  readonly runtimes: readonly BotRuntime[]
  readonly slots: readonly SlotSupply[]
  readonly limits?: Partial<Limits>
}

export type Turns = {
  /** Says what would be held and charged, by the slot `charge`. */
  quote(ask: Ask): Promise<Quote | Refusal<'no_price' | 'over_cap'>>
  /**
   * Quotes, holds, and writes the turn's rows; answers once both are durable, while the bots already run. They run on when
   * nobody reads. The same id again answers `already`.
   */
  start(plan: TurnPlan): Promise<Started | Refusal<StartRefusal>>
  /** Ends what runs of this payer's turn, in whichever process it runs; true if there was such a turn, running or not. */
  stop(turn: Uuid, payer: Uuid): Promise<boolean>
  /** Ends all that runs for this payer as `account_closed`. */
  stopAllOf(payer: Uuid): Promise<void>
  /**
   * What the turn says after `afterSeq` (0: from its beginning), as it comes; ends after `settled`, or when `signal`
   * fires. Any process may be asked. An unknown turn ends at once.
   */
  events(
    turn: Uuid,
    reading: { readonly afterSeq: number; readonly signal: AbortSignal },
  ): AsyncIterable<{ readonly seq: number; readonly event: TurnEvent }>
  /** Tells which room keeps what of turns that end; before the first start. */
  keep(keeper: Keeper): void
  /** Ends turns whose process is gone, and settles what is ended and not settled. How many it touched. */
  reap(): Promise<number>
  /** Takes no more, waits for what runs, and at the deadline ends it as `shutdown`. */
  close(deadlineMs: number): Promise<void>
}

/** Opens the room. Nothing happens in the background before the first turn or reader. */
export function openTurns(options: TurnsOptions): Turns {
  const { answers: db, log } = options
  const limits: Limits = { ...defaults, ...options.limits }
  const slots = meet(options.slots)
  const keepers: Keeper[] = []
  const lives = new Map<Uuid, LiveTurn>()
  const sealer = createSealer({ db, log, charge: slots.charge, keepers })
  const reaper = createReaper({ db, log, sealer, settleMs: limits.leaseMs })
  const reapSoon = () => reaper.reap().catch((err: unknown) => log.error({ err }, 'turns could not be reaped'))
  const follower = createFollower({ db, log, orphaned: () => void reapSoon() })
  const bell = createBell({ db, log, ring })
  const membership = createMembership({ db, log, ...limits, lost: drop, beat })
  const flusher = createFlusher({
    db,
    log,
    flushMs: limits.flushMs,
    process: membership.current,
    lost: membership.lose,
  })
  const runtimes = runtimesByKind(options.runtimes)
  const starter = createStarter({ ...options, limits, slots, runtimes, lives, sealer, membership, flusher })

  function ring(channel: string, payload: string | undefined): void {
    if (channel === channels.log) follower.wake(payload ? payload.split(',') : undefined)
    else if (payload && isUuid(payload)) stopHere(payload, 'stopped')
  }

  /** Stop was asked for elsewhere. The row knows the cause; the beat brings it where this guess is wrong. */
  function stopHere(turn: Uuid, cause: 'stopped' | 'account_closed'): void {
    const live = lives.get(turn)
    if (live) halt(live, { cause })
  }

  async function beat(
    stops: readonly { readonly turn: Uuid; readonly cause: 'stopped' | 'account_closed' }[],
  ): Promise<void> {
    for (const { turn, cause } of stops) stopHere(turn, cause)
    await reaper.reap()
  }

  /** Another process has taken these turns over: what is said here from now on counts for nothing. */
  function drop(): void {
    log.error({ turns: lives.size }, 'this process was taken for gone; its turns are ended by another')
    for (const live of lives.values()) abandon(live)
    lives.clear()
  }

  async function* events(turn: Uuid, reading: { readonly afterSeq: number; readonly signal: AbortSignal }) {
    bell.start()
    const live = lives.get(turn)
    const reached = live ? yield* readLive(live, reading) : { seq: reading.afterSeq, complete: false }
    if (!reached.complete) yield* follower.follow(turn, { afterSeq: reached.seq, signal: reading.signal })
  }

  return {
    quote: slots.charge.quote,
    start: (plan) => {
      bell.start()
      return starter.start(plan)
    },
    stop: async (turn, payer) => {
      const live = lives.get(turn)
      if (live?.payer === payer) {
        halt(live, { cause: 'stopped' })
        return true
      }
      return (await requestStop(db, { turn, payer })) !== 'unknown'
    },
    stopAllOf: async (payer) => {
      for (const turn of await requestStopOfAll(db, payer)) stopHere(turn, 'account_closed')
    },
    events,
    keep: (keeper) => void keepers.push(keeper),
    reap: reaper.reap,
    close: async (deadlineMs) => {
      await starter.close(deadlineMs)
      await sealer.idle()
      await membership.leave()
      await bell.stop()
    },
  }
}

function runtimesByKind(runtimes: readonly BotRuntime[]): ReadonlyMap<string, BotRuntime> {
  const byKind = new Map(runtimes.map((runtime) => [runtime.kind, runtime]))
  if (byKind.size !== runtimes.length) throw new Error('two runtimes run the same kind of bot')
  return byKind
}
