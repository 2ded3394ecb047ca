/** A class of service: what it is promised in the long run, and how much it may take in advance. */
export type ClassTerms = {
  readonly name: string
  /** w: its share of the pool's work is w over the sum of the backlogged classes' weights. */
  readonly weight: number
  /** Warp of BVT, as time of the whole pool: how far it may run ahead of its share in a burst. */
  readonly borrowMs: number
  /** `express` may use the reserve and is not held back by the prefill credit while it is not over-drawn. At most one. */
  readonly lane: 'express' | 'open'
}

/** The house's classes. Whoever tipped goes first while that lasts, subscribers before free in a burst. */
export const houseClasses: readonly ClassTerms[] = [
  { name: 'tipped', weight: 6, borrowMs: 20_000, lane: 'express' },
  { name: 'subscriber', weight: 3, borrowMs: 5000, lane: 'open' },
  { name: 'free', weight: 1.5, borrowMs: 0, lane: 'open' },
]

/** Everything about a pool that is a choice. Tokens are tokens, times are milliseconds, cost is in cost units. */
export type PoolTerms = {
  readonly classes: readonly ClassTerms[]
  /** Cost units of a token: measured, a prefill token takes about 0.06 ms of an engine and a decoded one 0.2 to 0.8. */
  readonly cost: { readonly inputToken: number; readonly outputToken: number }
  /** Of the pool's limit, kept for the express lane under pressure. */
  readonly reserveShare: number
  /** The reserve stays open this long after the last express ask. */
  readonly reserveKeptMs: number
  /**
   * Pmax: prompt tokens that may lie at a backend without a first token when one more is dispatched. Under pressure the open
   * lane has little, so that an express prompt finds little before it; the express lane, and everybody in the calm, has
   * about one step's budget of an engine. It bounds what can queue inside an engine too.
   */
  readonly prefillCredit: { readonly express: number; readonly open: number }
  /** Classes begin to matter when somebody has waited so long, or so many wait at once, and cease to when neither lasts. */
  readonly pressure: {
    readonly waitMs: number
    readonly waitingMin: number
    /** Of the slots that the open lane may fill. */
    readonly waitingShare: number
    readonly overAfterMs: number
  }
  /** Peak as people are told of it: full for a while, and over only when it has been quiet for longer. */
  readonly peak: { readonly afterMs: number; readonly overAfterMs: number; readonly quietShare: number }
  readonly waitingMax: number
  /** How often backends may fail one ask, and how often it may be tried at all: a full backend is nobody's failure. */
  readonly failuresMax: number
  readonly triesMax: number
  readonly hang: { readonly firstMs: number; readonly betweenMs: number; readonly betweenTimes: number }
  readonly breaker: BreakerTerms
  readonly capacity: CapacityTerms
}

export type BreakerTerms = {
  readonly failures: number
  readonly withinMs: number
  readonly restMs: number
  readonly restMsMax: number
}

export type CapacityTerms = {
  readonly start: number
  readonly max: number
  readonly windowMs: number
  readonly samplesMin: number
}

export const houseTerms: PoolTerms = {
  classes: houseClasses,
  cost: { inputToken: 0.3, outputToken: 1 },
  reserveShare: 0.1,
  reserveKeptMs: 600_000,
  prefillCredit: { express: 8192, open: 1024 },
  pressure: { waitMs: 1000, waitingMin: 4, waitingShare: 0.1, overAfterMs: 5000 },
  peak: { afterMs: 3000, overAfterMs: 60_000, quietShare: 0.8 },
  waitingMax: 20_000,
  failuresMax: 3,
  triesMax: 30,
  hang: { firstMs: 60_000, betweenMs: 10_000, betweenTimes: 20 },
  breaker: { failures: 3, withinMs: 5000, restMs: 2000, restMsMax: 30_000 },
  capacity: { start: 8, max: 512, windowMs: 1000, samplesMin: 4 },
}
