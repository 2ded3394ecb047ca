import { createForesight, type Foresight } from './foresight.ts'
import { createLine, type Line } from './line.ts'
import type { Lineup } from './lineup.ts'
import { createMeter, type Meter } from './meter.ts'
import { createNewcomers, type Newcomers } from './newcomers.ts'
import type { ClassTerms } from './terms.ts'

/** One class of a pool: its terms, its virtual time, its line. */
export type ServiceClass = {
  readonly terms: ClassTerms
  readonly line: Line
  /** V of BVT: cost units charged over the weight, lifted when the class comes back from having nobody waiting. */
  virtual: number
  running: number
  /** Cost units since the start, as trued up. */
  charged: number
  /** When somebody of the class last asked. */
  askedAt: number
  /** What it is served while somebody waits in it. */
  readonly meter: Meter
  /** What comes to it while somebody waits in it. */
  readonly offered: Meter
  readonly newcomers: Newcomers
  readonly foresight: Foresight
  lineup: Lineup | undefined
}

/** The classes of a pool, and the virtual time of whichever was served last. */
export type Classes = { readonly all: readonly ServiceClass[]; served: number }

export function createClasses(terms: readonly ClassTerms[], now: number): Classes {
  const all = terms.map((each) => ({
    terms: each,
    line: createLine(),
    virtual: 0,
    running: 0,
    charged: 0,
    askedAt: -Infinity,
    meter: createMeter(now),
    offered: createMeter(now),
    newcomers: createNewcomers(),
    foresight: createForesight(),
    lineup: undefined,
  }))
  return { all, served: 0 }
}

export const isBacklogged = (one: ServiceClass) => one.line.waiting > 0

/** To be called before an entry joins a class where nobody waits: idle time earns no credit, and owes none. */
export function liftClass(classes: Classes, one: ServiceClass): void {
  const others = classes.all.filter((other) => other !== one && isBacklogged(other))
  const least = others.length > 0 ? Math.min(...others.map((other) => other.virtual)) : classes.served
  one.virtual = Math.max(one.virtual, least)
}

/** Cost units, negative where a guess was too high. */
export function chargeClass(one: ServiceClass, cost: number): void {
  one.virtual += cost / one.terms.weight
  one.charged += cost
}

/**
 * E of BVT (Duda & Cheriton, SOSP 1999): virtual time less what the class may borrow. `rate` is the pool's, in cost
 * units a millisecond, so that the loan is a time of the whole pool whatever its size.
 */
function effective(one: ServiceClass, rate: number): number {
  return one.virtual - (one.terms.borrowMs * rate) / one.terms.weight
}

/** The backlogged classes, whoever goes first in front. */
export function inOrder(classes: Classes, rate: number): readonly ServiceClass[] {
  const order: ServiceClass[] = []
  for (const one of classes.all) {
    if (!isBacklogged(one)) continue
    const own = effective(one, rate)
    let place = order.length
    while (place > 0 && own < effective(order[place - 1] as ServiceClass, rate)) place--
    order.splice(place, 0, one)
  }
  return order
}
