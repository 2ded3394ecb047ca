import { arrive, fail, finish, look, startNext, withdraw } from '../../../src/scheduler/rules.ts'
import type { Entry } from '../../../src/scheduler/rules/entry.ts'
import { addEngine, createPool, hearFirst, hearTokens, type Pool } from '../../../src/scheduler/rules/pool.ts'
import { houseTerms, type PoolTerms } from '../../../src/scheduler/rules/terms.ts'
import type { Call } from '../load.ts'
import type { Gate } from './gate.ts'

export type OurWish = {
  /** Of each engine; undefined is discovered. */
  readonly slots: readonly (number | undefined)[]
  readonly terms?: Partial<PoolTerms>
  readonly patienceMs: number
}

/** The rules of the house, in virtual time. */
export function createOurs({ slots, terms, patienceMs }: OurWish): Gate & { readonly pool: Pool } {
  const pool = createPool({ ...houseTerms, ...terms }, 0)
  for (const [at, each] of slots.entries()) addEngine(pool, String(at), each, 0)
  const entries = new Map<Call, Entry>()
  const calls = new Map<Entry, Call>()

  function forget(call: Call): Entry {
    const entry = entries.get(call) as Entry
    entries.delete(call)
    calls.delete(entry)
    return entry
  }

  return {
    pool,
    get limit() {
      return pool.engines.get('0')?.capacity.limit ?? 0
    },
    arrive: (call, now) => {
      const { class: name, user, promptTokens: inputTokens } = call
      const arrival = arrive(pool, { class: name, user, inputTokens, patienceMs }, now)
      if ('refused' in arrival) return 'refused'
      const { entry, outlook } = arrival
      entries.set(call, entry)
      calls.set(entry, call)
      return { position: outlook.position, ...outlook.estimate }
    },
    next: (now) => {
      const entry = startNext(pool, now)
      return entry && { call: calls.get(entry) as Call, engine: Number(entry.engine?.id) }
    },
    first: (call, now) => hearFirst(pool, entries.get(call) as Entry, now),
    token: (call, now) => hearTokens(pool, entries.get(call) as Entry, 1, now),
    done: (call, now) =>
      finish(pool, forget(call), { inputTokens: call.promptTokens, outputTokens: call.answerTokens }, now),
    leave: (call, now) => {
      if (entries.has(call)) withdraw(pool, forget(call), now)
    },
    broke: (call, now) => {
      const again = fail(pool, entries.get(call) as Entry, { kind: 'unreachable' }, now) === 'waits_again'
      if (!again) forget(call)
      return again
    },
    look: (now) => look(pool, now),
  }
}
