import { inOrder } from './classes.ts'
import type { Engine } from './engine.ts'
import type { Entry } from './entry.ts'
import { head } from './line.ts'
import { placeFor } from './place.ts'
import { rateOfPool, reserveOf, slotsOfPool, type Pool } from './pool.ts'

type Choice = { readonly entry: Entry; readonly engine: Engine }

/** Whose turn it is, and where; undefined while nobody may start. */
export function nextUp(pool: Pool, now: number): Choice | undefined {
  return pool.pressure.isOn ? byClass(pool, now) : byArrival(pool, now)
}

/** In the calm no class differs: whoever came first, as far as slots and the prefill credit of the calm go. */
function byArrival(pool: Pool, now: number): Choice | undefined {
  const entry = pool.arrivals.first()
  return entry && choose(pool, entry, pool.terms.prefillCredit.express, now)
}

/**
 * Under pressure the class with the least effective virtual time goes first (BVT), and in it the user who was served
 * least (VTC). The express class may fill the reserve and has the larger prefill credit, as long as it is first: once it is
 * over-drawn it stands under the limits of all, or under a flood of it nobody else would ever see a free slot.
 */
function byClass(pool: Pool, now: number): Choice | undefined {
  const slots = slotsOfPool(pool, now)
  const openSlots = Math.max(1, slots - reserveOf(pool, slots, now))
  for (const [at, one] of inOrder(pool.classes, rateOfPool(pool, slots)).entries()) {
    const lane = one.terms.lane === 'express' && at === 0 ? 'express' : 'open'
    const entry = head(one.line)
    if (!entry || pool.running >= (lane === 'express' ? slots : openSlots)) continue
    // Whoever waits for the prefill credit must not be passed by shorter prompts, or a long one would wait for ever.
    return choose(pool, entry, pool.terms.prefillCredit[lane], now)
  }
  return undefined
}

function choose(pool: Pool, entry: Entry, prefillCredit: number, now: number): Choice | undefined {
  const engine = placeFor(entry, pool.engines.values(), { homes: pool.homes, prefillCredit, now })
  return engine && { entry, engine }
}
