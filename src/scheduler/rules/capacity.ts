import type { CapacityTerms } from './terms.ts'

/**
 * How many requests a backend is given at once. `given` by the operator or `told` by the engine it is a fact; `found` it
 * is what this module discovers from the times of tokens alone.
 *
 * The idea: when first tokens come later and tokens come as fast as ever, requests queue in the engine, so the limit is
 * too high. When both come later by the same factor, the engine is slow, and fewer requests would not make it faster.
 */
export type Capacity = {
  source: 'given' | 'told' | 'found'
  /** L, with fractions; `slotsOf` is what counts. */
  limit: number
  /** φ: time between tokens, over the least that was seen for as many in flight. */
  slowdown: number
  readonly window: Window
  readonly seen: Experience
  /** The limit grows in leaps until an engine queue is seen for the first time. */
  leaps: boolean
  /** Where a queue was seen last: growing beyond it must wait. */
  ceiling: number
  ceilingAt: number
}

/** What has come since the last judgement. */
type Window = { from: number; firsts: { ms: number; floorMs: number }[]; gaps: number[]; tokens: number }

type Experience = {
  /** Least time to a first token by the prompt tokens ahead of it, and least time between tokens by requests in flight. */
  readonly firstMs: Map<number, number>
  readonly gapMs: Map<number, number>
  leastGapMs: number
  /** Tokens a second of recent windows. */
  readonly rates: { at: number; rate: number }[]
}

/** What was a floor becomes a little less so with each sample, since engines and models change. */
const floorFades = 1.0005
const gapsMax = 512
const rateMemoryMs = 60_000

export function createCapacity(slots: number | undefined, terms: CapacityTerms, now: number): Capacity {
  return {
    source: slots === undefined ? 'found' : 'given',
    limit: slots ?? terms.start,
    slowdown: 1,
    window: { from: now, firsts: [], gaps: [], tokens: 0 },
    seen: { firstMs: new Map(), gapMs: new Map(), leastGapMs: Infinity, rates: [] },
    leaps: true,
    ceiling: Infinity,
    ceilingAt: -Infinity,
  }
}

export function slotsOf(capacity: Capacity): number {
  return Math.max(1, Math.floor(capacity.limit))
}

/** A first token came after so long, with so many prompt tokens ahead of it, its own included. */
export function sawFirst({ window, seen }: Capacity, ms: number, prefillAhead: number): void {
  const bin = Math.floor(3 * Math.log2(prefillAhead + 128))
  const floorMs = Math.min(ms, (seen.firstMs.get(bin) ?? Infinity) * floorFades)
  seen.firstMs.set(bin, floorMs)
  window.firsts.push({ ms, floorMs })
  window.tokens++
}

/** So many tokens came, so long after the ones before. */
export function sawTokens({ window }: Capacity, tokens: number, ms: number): void {
  window.tokens += tokens
  if (window.gaps.length < gapsMax) window.gaps.push(ms / tokens)
}

/** The backend said that it is full. */
export function sawRefusal(capacity: Capacity, running: number, now: number): void {
  if (capacity.source !== 'found') return
  meetCeiling(capacity, now)
  capacity.limit = Math.max(1, Math.min(capacity.limit, running))
}

/** Looks at what came since the last time. To be called often; it acts once a window is full. */
export function judge(capacity: Capacity, running: number, terms: CapacityTerms, now: number): void {
  const { window } = capacity
  const age = now - window.from
  if (age < terms.windowMs || (window.firsts.length < terms.samplesMin && age < 5 * terms.windowMs)) return
  weighGaps(capacity, running)
  const least = sustained(capacity, now)
  if (capacity.source === 'found' && window.firsts.length >= terms.samplesMin) {
    const excess = engineQueue(capacity)
    if (excess > 1) shrink(capacity, least, now)
    else if (excess < 0.7 && running >= 0.85 * capacity.limit && capacity.slowdown < 1.3) grow(capacity, now)
    capacity.limit = Math.min(terms.max, Math.max(1, capacity.limit))
  }
  capacity.window.from = now
  capacity.window.firsts = []
  capacity.window.gaps = []
  capacity.window.tokens = 0
}

function weighGaps(capacity: Capacity, running: number): void {
  const { window, seen } = capacity
  if (window.gaps.length <= 20) return
  const gaps = window.gaps.toSorted((one, other) => one - other)
  const usual = gaps[Math.floor(gaps.length * 0.25)] as number
  const bin = Math.floor(2 * Math.log2(running + 1))
  const floor = Math.min(usual, (seen.gapMs.get(bin) ?? Infinity) * floorFades)
  seen.gapMs.set(bin, floor)
  const factor = Math.min(10, Math.max(1, usual / floor))
  capacity.slowdown += 0.5 * (factor - capacity.slowdown)
  seen.leastGapMs = Math.min(seen.leastGapMs * 1.0002, gaps[Math.floor(gaps.length * 0.1)] as number)
}

/** Requests that the delivered tokens prove to have run at once: their rate times the least time between two. No limit below. */
function sustained({ window, seen }: Capacity, now: number): number {
  const rate = (window.tokens * 1000) / (now - window.from)
  seen.rates.push({ at: now, rate })
  while ((seen.rates[0]?.at ?? now) < now - rateMemoryMs) seen.rates.shift()
  const rates = seen.rates.map((each) => each.rate).toSorted((one, other) => other - one)
  const high = rates[Math.floor(rates.length * 0.1)] ?? 0
  return Number.isFinite(seen.leastGapMs) ? Math.max(1, (high * seen.leastGapMs) / 1000) : 1
}

/** How much later first tokens come than the slowness explains; above 1 requests are waiting inside the engine. */
function engineQueue({ window, slowdown }: Capacity): number {
  const excesses = window.firsts
    .map(({ ms, floorMs }) => (ms - slowdown * floorMs) / (slowdown * (0.6 * floorMs + 150)))
    .toSorted((one, other) => one - other)
  return excesses[excesses.length >> 1] as number
}

function shrink(capacity: Capacity, least: number, now: number): void {
  meetCeiling(capacity, now)
  capacity.limit = Math.max(least, capacity.leaps ? capacity.limit * 0.8 : capacity.limit * 0.94 - 0.5)
  capacity.leaps = false
}

function grow(capacity: Capacity, now: number): void {
  if (capacity.leaps) capacity.limit *= 1.4
  else if (capacity.limit + 1 < capacity.ceiling * 0.97) capacity.limit += Math.max(0.5, capacity.limit * 0.02)
  else if (now - capacity.ceilingAt > 30_000) capacity.ceiling = capacity.ceiling * 1.03 + 0.5
}

function meetCeiling(capacity: Capacity, now: number): void {
  capacity.ceiling = capacity.limit
  capacity.ceilingAt = now
}
