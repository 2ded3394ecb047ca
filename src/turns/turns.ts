import { refuse, type Clock, type Refusal, type Uuid } from '#kernel'
import type { Database, Log, Secret } from '#platform'
import { channels, createBell, type Bell } from './bell.ts'
import type { StartRefusal, TurnEvent } from './contract.ts'
import { createEnder } from './end.ts'
import { createFlusher } from './flush.ts'
import { createFollower, type Follower } from './follow.ts'
import { abandon, halt, readLive, type LiveTurn } from './live.ts'
import { createMembership, type Membership, type Stop } from './membership.ts'
import type { Asked, Keeper, Started, TurnOf } from './plan.ts'
import type { BotRuntime } from './ports.ts'
import { createReaper, type Reaper } from './reaper.ts'
import { limits as defaults, type Limits } from './rules.ts'
import { createRunning, within } from './running.ts'
import { createSealer } from './seal.ts'
import { meet, type SlotSupply } from './slots.ts'
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
  /**
   * Quotes, holds, and writes the turn's rows; answers once both are durable, while the bots already run. They run on when
   * nobody reads. The same id again answers `already`. What the starter has to read for its plan it reads in `plan`, beside
   * what is read here; its refusal starts nothing.
   */
  start<Code extends string = never>(
    turn: TurnOf,
    plan: () => Promise<Asked | Refusal<Code>>,
  ): Promise<Started | Refusal<Code | StartRefusal>>
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
  const { answers: db, log, secret } = options
  const limits: Limits = { ...defaults, ...options.limits }
  const slots = meet(options.slots)
  const keepers: Keeper[] = []
  const lives = new Map<Uuid, LiveTurn>()
  const sealer = createSealer({ db, log, charge: slots.charge, keepers })
  const reaper = createReaper({ db, log, sealer, settleMs: limits.leaseMs })
  const orphaned = () => {
    reaper.reap().catch((err: unknown) => log.error({ err }, 'turns could not be reaped'))
  }
  const follower = createFollower({ db, log, orphaned })
  const { bell, membership } = createNews({ db, log, limits, lives, follower, reaper })
  const { lose, current } = membership
  const flusher = createFlusher({ db, log, flushMs: limits.flushMs, process: current, lost: lose })
  const ender = createEnder({ db, log, slots, lives, sealer, flusher })
  const key = secret.keyFor('turns.pseudonym')
  const running = createRunning({ runtimes: byKind(options.runtimes), slots, limits, log, key, lives, ender })
  const { start, starting } = createStarter({
    ...options,
    limits,
    slots,
    lives,
    membership,
    running,
    log: flusher.note,
  })
  let closing = false

  return {
    start: async (turn, plan) => {
      if (closing) return refuse('closing', 'This place is about to restart. Send it again in a moment.')
      bell.start()
      return start(turn, plan)
    },
    stop: async (turn, payer) => {
      const live = lives.get(turn)
      if (live?.payer !== payer) return (await requestStop(db, { turn, payer })) !== 'unknown'
      halt(live, { cause: 'stopped' })
      return true
    },
    stopAllOf: async (payer) => {
      for (const turn of await requestStopOfAll(db, payer)) stopHere(lives, { turn, cause: 'account_closed' })
    },
    events: async function* (turn, reading) {
      bell.start()
      const live = lives.get(turn)
      const reached = live ? yield* readLive(live, reading) : { seq: reading.afterSeq, complete: false }
      if (!reached.complete) yield* follower.follow(turn, { ...reading, afterSeq: reached.seq })
    },
    keep: (keeper) => void keepers.push(keeper),
    reap: () => reaper.reap(),
    close: async (deadlineMs) => {
      closing = true
      const until = performance.now() + deadlineMs
      // What was let in begins, and has what is left of the time.
      await within(deadlineMs, starting)
      await running.close(Math.max(0, until - performance.now()))
      await sealer.idle()
      // In this order, for the bell stops even if the database is out of reach.
      await bell.stop()
      await membership.leave()
    },
  }
}

/** What this process hears: its own heartbeat, and NOTIFY from the others. */
function createNews(options: {
  readonly db: Database
  readonly log: Log
  readonly limits: Limits
  readonly lives: Map<Uuid, LiveTurn>
  readonly follower: Follower
  readonly reaper: Reaper
}): { readonly bell: Bell; readonly membership: Membership } {
  const { db, log, limits, lives, follower, reaper } = options
  const bell = createBell({
    db,
    log,
    ring: (channel, payload) => {
      if (channel === channels.log) follower.wake(payload ? payload.split(',') : undefined)
      else stopHere(lives, stopOf(payload ?? ''))
    },
  })
  const membership = createMembership({
    db,
    log,
    ...limits,
    lost: () => {
      log.error({ turns: lives.size }, 'this process was taken for gone; its turns are ended by another')
      for (const live of lives.values()) abandon(live)
      lives.clear()
    },
    beat: async (stops) => {
      for (const stop of stops) stopHere(lives, stop)
      await reaper.reap()
    },
  })
  return { bell, membership }
}

function stopHere(lives: ReadonlyMap<string, LiveTurn>, { turn, cause }: Stop): void {
  const live = lives.get(turn)
  if (live) halt(live, { cause })
}

/** As `requestStop` writes it. */
function stopOf(payload: string): Stop {
  const [turn = '', cause] = payload.split(' ')
  return { turn, cause: cause === 'account_closed' ? cause : 'stopped' }
}

function byKind(runtimes: readonly BotRuntime[]): ReadonlyMap<string, BotRuntime> {
  const found = new Map(runtimes.map((runtime) => [runtime.kind, runtime]))
  if (found.size !== runtimes.length) throw new Error('two runtimes run the same kind of bot')
  return found
}
