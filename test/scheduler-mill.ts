import assert from 'node:assert/strict'
import { arrive, finish, look, startNext } from '../src/scheduler/rules.ts'
import type { Entry, Sized } from '../src/scheduler/rules/entry.ts'
import { addEngine, createPool, hearFirst, hearTokens, type Pool } from '../src/scheduler/rules/pool.ts'
import { houseTerms, type PoolTerms } from '../src/scheduler/rules/terms.ts'

/**
 * A pool and a plain engine in virtual time: in every step each stream says a token, however many there are. What a class
 * has done is counted from what the engine did for it, not from what it was charged.
 */
export function createMill({
  slots,
  terms,
  answer,
}: {
  slots: number
  terms?: Partial<PoolTerms>
  answer?: (id: number) => number
}) {
  const stepMs = 20
  const pool: Pool = createPool({ ...houseTerms, ...terms }, 0)
  const engine = addEngine(pool, 'engine', slots, 0)
  const work = new Map<string, number>()
  const starts: Entry[] = []
  let now = 0
  const answerOf = answer ?? (() => 50)
  const did = (entry: Entry, amount: number) => {
    for (const key of [entry.ask.class, `${entry.ask.class}/${entry.ask.user}`])
      work.set(key, (work.get(key) ?? 0) + amount)
  }

  function pump(): void {
    for (let entry = startNext(pool, now); entry; entry = startNext(pool, now)) starts.push(entry)
  }

  return {
    pool,
    engine,
    starts,
    get now() {
      return now
    },
    work: (key: string) => work.get(key) ?? 0,
    ask: (sized: Partial<Sized> = {}) => {
      const arrival = arrive(pool, { class: 'free', user: 'u', inputTokens: 100, ...sized }, now)
      assert.ok('entry' in arrival, 'the ask was refused')
      pump()
      return arrival.entry
    },
    step: () => {
      now += stepMs
      for (const entry of engine.running) {
        if (entry.firstAt === undefined) {
          hearFirst(pool, entry, now)
          did(entry, pool.terms.cost.inputToken * entry.ask.inputTokens)
        }
        hearTokens(pool, entry, 1, now)
        did(entry, pool.terms.cost.outputToken)
        if (entry.generated >= answerOf(entry.id)) finish(pool, entry, undefined, now)
      }
      look(pool, now)
      pump()
    },
  }
}

export type Mill = ReturnType<typeof createMill>

/** Keeps so many asks of a class waiting, of users in turn. */
export function keepWaiting(
  mill: Mill,
  name: string,
  { many = 3, users = 1 }: { many?: number; users?: number } = {},
): void {
  const line = mill.pool.classes.all.find(({ terms }) => terms.name === name)?.line
  while ((line?.waiting ?? 0) < many) mill.ask({ class: name, user: `u${mill.pool.lastId % users}` })
}
