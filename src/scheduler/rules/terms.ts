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
  { name: 'tipped', weight: 6, borrowMs: 5000, lane: 'express' },
  { name: 'subscriber', weight: 3, borrowMs: 1000, lane: 'open' },
  { name: 'free', weight: 1.5, borrowMs: 0, lane: 'open' },
]
