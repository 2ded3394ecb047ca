import { isBacklogged, type ServiceClass } from './classes.ts'
import type { Entry } from './entry.ts'
import { lineUp, placeIn } from './lineup.ts'
import { rateOf } from './meter.ts'
import { shareBelow } from './newcomers.ts'
import { nextUp } from './next.ts'
import { expectedCost, rateOfPool, slotsOfPool, type Pool } from './pool.ts'

type Reckoning = {
  readonly position: number
  /** To the first token, from now on. */
  readonly ms: number
  /** How much more its user will have been served than newcomers start with: who comes with less goes first. */
  readonly above: number
  /** Cost units of its own. */
  readonly cost: number
}

const classPriorMs = 3000
/** However many newcomers pass, something of what a class is served reaches those behind. */
const leastShare = 0.02

/**
 * The work ahead of an entry in its class, over what the class is served less what newcomers with a smaller claim will
 * take from it; and not longer than until the level has risen to its own claim, when nobody passes it any more.
 */
export function reckon(pool: Pool, entry: Entry, now: number): Reckoning {
  const { class: one } = entry
  const costOf = (each: Entry) => expectedCost(pool, each.ask)
  const cost = costOf(entry)
  one.lineup = lineUp(one.lineup, one.line, costOf, now)
  const { position, costAhead, served } = placeIn(one.lineup, entry, costOf)
  const above = Math.max(0, served - one.line.level)
  const isNext = position === 0 && (!pool.pressure.isOn || nextUp(pool, now)?.entry === entry)
  if (isNext) return { position, ms: pool.firstMs, above, cost }
  const rate = rateOfClass(pool, one, now)
  const work = costAhead + cost / 2
  const passing = rateOf(one.offered, rate, classPriorMs) * shareBelow(one.newcomers, above)
  const untilPassed = work / Math.max(leastShare * rate, rate - passing)
  const untilLevel = above / (rate / Math.max(1, one.line.present)) + work / rate
  return { position, ms: Math.min(untilPassed, untilLevel) + pool.firstMs, above, cost }
}

function rateOfClass(pool: Pool, one: ServiceClass, now: number): number {
  const weights = pool.classes.all.reduce((sum, each) => sum + (isBacklogged(each) ? each.terms.weight : 0), 0)
  const expected = (rateOfPool(pool, slotsOfPool(pool, now)) * one.terms.weight) / weights
  return Math.max(1e-6, rateOf(one.meter, expected, classPriorMs))
}
