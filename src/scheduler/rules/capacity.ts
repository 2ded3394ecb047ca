import type { EngineSigns } from '../backend.ts'
import type { CapacityTerms } from './terms.ts'

/**
 * How many requests a backend is given at once. `given` by the operator or `told` by the engine it is a fact; `found` it
 * is what this module discovers from the times of tokens alone.
 *
 * Two ideas. When first tokens come later and the others as fast as ever, requests queue inside the engine; when all come
 * later by the same factor, the engine is slow, and fewer requests would not make it faster. And once more has been sent
 * than can run, the slots are simply as many as speak at once. Sending too much for a moment does little harm, since the
 * prefill credit bounds what waits inside.
 */
export type Capacity = {
  source: 'given' | 'told' | 'found'
  /** L, with fractions while it climbs; `slotsOf` is what counts. */
  limit: number
  /** φ: time between tokens, over the least that was seen with as many in flight. */
  slowdown: number
  /** `climbing`: higher as long as more is asked for. `holding`: known, for a while. `probing`: looks whether it has grown. */
  phase: 'climbing' | 'holding' | 'probing'
  phaseFrom: number
  /** What was settled on last. */
  known: number
  /** How long to hold before the next probe: the longer, the longer the last one took that brought nothing new. */
  holdMs: number
  readonly window: Window
  /** First tokens over a longer time: evidence of a queue inside the engine. */
  readonly evidence: Evidence
  readonly seen: Experience
}

/** What has come since the last judgement. */
type Window = { from: number; gaps: number[] }

type Evidence = { from: number; firsts: First[]; speakingMost: number; rosenAt: number; wasWanted: boolean }
type First = { readonly ms: number; readonly floorMs: number }

/** Least time to a first token by the prompt tokens ahead of it, and least time between tokens by requests in flight. */
type Experience = {
  readonly firstMs: Map<number, number>
  readonly gapMs: Map<number, number>
  /** The longest of a hundred gaps, as it mostly is. */
  longGapMs: number
}

export type Sent = { readonly sentAt: number; readonly prefillAhead: number }

/** What goes on at the backend at this instant. */
export type Activity = {
  readonly running: number
  /** Of them, those that have brought a first token. */
  readonly speaking: number
  /** Whether somebody waits for a slot. */
  readonly isWanted: boolean
}

/** What was a floor becomes a little less so with each sample, since engines and models change. */
const floorFades = 1.0005
const gapsMax = 512
/** Excess of first tokens, see `engineQueue`, from which a queue inside is likely, and sure. */
const likely = 0.5
const surely = 1
/** First tokens that say something together when each says little, and how long they must have come for. */
const firstsEnough = 24
const clearMs = 3000
const holdMsMin = 15_000
const holdMsMax = 240_000
/** Of the time, what probes may take that bring nothing: while one lasts, whoever has tipped finds the engine full. */
const lookingShare = 1 / 40

export function createCapacity(slots: number | undefined, terms: CapacityTerms, now: number): Capacity {
  return {
    source: slots === undefined ? 'found' : 'given',
    limit: slots ?? terms.start,
    slowdown: 1,
    phase: 'climbing',
    phaseFrom: now,
    known: 0,
    holdMs: holdMsMin,
    window: { from: now, gaps: [] },
    evidence: { from: now, firsts: [], speakingMost: 0, rosenAt: now, wasWanted: true },
    seen: { firstMs: new Map(), gapMs: new Map(), longGapMs: 0 },
  }
}

export function slotsOf(capacity: Capacity): number {
  return Math.max(1, Math.floor(capacity.limit))
}

/** A first token came, with so many prompt tokens ahead of it when it was sent for, its own included. */
export function sawFirst(capacity: Capacity, { sentAt, prefillAhead }: Sent, now: number): void {
  const { source, evidence, seen, phaseFrom } = capacity
  const ms = now - sentAt
  const bin = Math.floor(3 * Math.log2(prefillAhead + 128))
  seen.firstMs.set(bin, Math.min(ms, (seen.firstMs.get(bin) ?? Infinity) * floorFades))
  if (source === 'found' && sentAt >= phaseFrom) evidence.firsts.push({ ms, floorMs: leastFirstMs(seen, bin) })
}

/** More to read never takes less time: what was seen behind more prompt tokens is a bound for fewer. */
function leastFirstMs({ firstMs }: Experience, bin: number): number {
  let least = Infinity
  for (const [other, ms] of firstMs) if (other >= bin && ms < least) least = ms
  return least
}

/** So many tokens came, so long after the ones before. */
export function sawTokens({ window }: Capacity, tokens: number, ms: number): void {
  if (window.gaps.length < gapsMax) window.gaps.push(ms / tokens)
}

/** The backend said that it is full with so many. */
export function sawRefusal(capacity: Capacity, running: number, now: number): void {
  if (capacity.source === 'found') settle(capacity, running, now)
}

/** What the engine says of itself is better than what can be guessed. */
export function sawSigns(capacity: Capacity, signs: EngineSigns, now: number): void {
  if (capacity.source === 'given') return
  if (signs.slots !== undefined) {
    capacity.source = 'told'
    capacity.limit = Math.max(1, signs.slots)
  } else if (signs.waiting === 0) {
    capacity.evidence.wasWanted = false
  } else if (signs.waiting !== undefined && signs.running !== undefined && signs.running < capacity.limit) {
    settle(capacity, signs.running, now)
  }
}

/** Looks at what came since the last time. To be called several times a second; it acts when it has seen enough. */
export function judge(capacity: Capacity, activity: Activity, terms: CapacityTerms, now: number): void {
  const { window, evidence } = capacity
  if (activity.speaking > evidence.speakingMost) {
    evidence.speakingMost = activity.speaking
    evidence.rosenAt = now
  }
  evidence.wasWanted &&= activity.isWanted
  if (now - window.from < terms.windowMs) return
  weighGaps(capacity, activity.running)
  capacity.window.from = now
  capacity.window.gaps = []
  if (capacity.source === 'found') adapt(capacity, activity, terms, now)
}

function weighGaps(capacity: Capacity, running: number): void {
  const { window, seen } = capacity
  if (window.gaps.length < 4) return
  const gaps = window.gaps.toSorted((one, other) => one - other)
  const usual = gaps[gaps.length >> 2] as number
  const long = gaps[Math.floor(gaps.length * 0.99)] as number
  seen.longGapMs += (seen.longGapMs === 0 ? 1 : 0.2) * (long - seen.longGapMs)
  const bin = Math.floor(2 * Math.log2(running + 1))
  const floor = Math.min(usual, (seen.gapMs.get(bin) ?? Infinity) * floorFades)
  seen.gapMs.set(bin, floor)
  const factor = Math.min(10, Math.max(1, usual / floor))
  capacity.slowdown += 0.5 * (factor - capacity.slowdown)
}

function adapt(capacity: Capacity, { running, isWanted }: Activity, terms: CapacityTerms, now: number): void {
  const { evidence, phase, slowdown } = capacity
  const isFull = isWanted && running >= fullFrom(capacity.limit)
  const excess = engineQueue(capacity)
  const isClear = isClearly(evidence, excess, now)
  if (phase === 'probing') {
    if (evidence.speakingMost > capacity.known) enter(capacity, 'climbing', now)
    else if (isClear || isEnough(evidence, 12 + 0.15 * capacity.known, now)) settle(capacity, capacity.known, now)
  } else if (isClear || isEnough(evidence, firstsEnough, now)) {
    if (!evidence.wasWanted || excess < likely || isRising(evidence, now)) startEvidence(capacity, now)
    else if (phase === 'climbing') settle(capacity, evidence.speakingMost, now)
    else if (excess > surely) settle(capacity, 0.95 * capacity.limit, now)
    else startEvidence(capacity, now)
  } else if (phase === 'climbing' && isFull && evidence.firsts.length >= terms.samplesMin) {
    if (excess > surely) return
    capacity.limit = Math.min(terms.max, capacity.limit * 1.4)
    startEvidence(capacity, now)
  }
  const isDue = now - capacity.phaseFrom >= capacity.holdMs
  if (capacity.phase === 'holding' && isFull && isDue && slowdown < 1.3) probe(capacity, now)
}

/** The open lane may not fill all of it, and in a pool of several not evenly. */
const fullFrom = (limit: number) => Math.max(1, Math.floor(0.85 * limit))

function isEnough({ firsts, from }: Evidence, many: number, now: number): boolean {
  return firsts.length >= many || (firsts.length >= 8 && now - from >= 15_000)
}

/** The later first tokens come, the fewer of them say it, over a time that no single pause of anything outlasts. */
function isClearly({ firsts, from }: Evidence, excess: number, now: number): boolean {
  return firsts.length >= 4 && now - from >= clearMs && firsts.length * excess >= firstsEnough * surely
}

/** Whoever joins those who speak before any of them has ended found a slot free: not all were in use. */
const isRising = ({ from, rosenAt }: Evidence, now: number) => rosenAt - from > (now - from) * 0.5

/** How much later first tokens come than slowness explains, as a multiple of what chance explains. */
function engineQueue({ evidence, slowdown }: Capacity): number {
  const excesses = evidence.firsts
    .map(({ ms, floorMs }) => (ms - slowdown * floorMs) / (slowdown * (0.6 * floorMs + 150)))
    .toSorted((one, other) => one - other)
  return excesses[excesses.length >> 1] ?? 0
}

function settle(capacity: Capacity, slots: number, now: number): void {
  const looked = now - capacity.phaseFrom
  capacity.holdMs = slots === capacity.known ? Math.min(holdMsMax, looked / lookingShare) : holdMsMin
  capacity.known = Math.max(1, slots)
  capacity.limit = capacity.known
  enter(capacity, 'holding', now)
}

function probe(capacity: Capacity, now: number): void {
  capacity.limit = capacity.limit * 1.25 + 1
  enter(capacity, 'probing', now)
}

function enter(capacity: Capacity, phase: Capacity['phase'], now: number): void {
  capacity.phase = phase
  capacity.phaseFrom = now
  startEvidence(capacity, now)
}

function startEvidence({ evidence }: Capacity, now: number): void {
  evidence.from = now
  evidence.firsts = []
  evidence.speakingMost = 0
  evidence.rosenAt = now
  evidence.wasWanted = true
}
