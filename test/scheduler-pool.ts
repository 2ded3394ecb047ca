import assert from 'node:assert/strict'
import { arrive, startNext } from '../src/scheduler/rules.ts'
import type { Sized } from '../src/scheduler/rules/entry.ts'
import { addEngine, createPool, hearFirst, type Pool } from '../src/scheduler/rules/pool.ts'
import { houseTerms, type PoolTerms } from '../src/scheduler/rules/terms.ts'

/** Small pools for tests of single decisions. */

export const usual: Sized = { class: 'free', user: 'u', inputTokens: 100 }

/** A pool whose backends have so many slots. */
export function openPool(slots: number | readonly number[], terms: Partial<PoolTerms> = {}): Pool {
  const pool = createPool({ ...houseTerms, ...terms }, 0)
  for (const [at, each] of [slots].flat().entries()) addEngine(pool, `e${at}`, each, 0)
  return pool
}

export function ask(pool: Pool, now: number, sized: Partial<Sized> = {}) {
  const arrival = arrive(pool, { ...usual, ...sized }, now)
  assert.ok('entry' in arrival)
  return arrival.entry
}

export function startAll(pool: Pool, now: number) {
  const started = []
  for (let entry = startNext(pool, now); entry; entry = startNext(pool, now)) started.push(entry)
  return started
}

/** Fills every slot with asks that have spoken, so that no prompt is in anybody's way. */
export function fill(pool: Pool, many: number, sized: Partial<Sized> = {}) {
  return Array.from({ length: many }, () => {
    const entry = ask(pool, 0, sized)
    assert.equal(startNext(pool, 0), entry)
    hearFirst(pool, entry, 0)
    return entry
  })
}
