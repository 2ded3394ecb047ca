import { classes, type Call } from '../load.ts'
import type { Gate, Shown, Start } from './gate.ts'

const nothingShown: Shown = { position: 0, fromMs: 0, likelyMs: 0, untilMs: 0 }

export type PeerWish = {
  /** Of each engine; Infinity passes everything on. */
  readonly slots: readonly number[]
  /** `class`: a higher class always before a lower one, as HAProxy, p-queue, bottleneck and vLLM have it. */
  readonly order: 'arrival' | 'class'
}

/** One line, so many at once, and no other thought. */
export function createPeer({ slots, order }: PeerWish): Gate {
  const lines: Call[][] = order === 'class' ? classes.map(() => []) : [[]]
  const lineOf = (call: Call) => lines[order === 'class' ? classes.indexOf(call.class) : 0] as Call[]
  const running = slots.map(() => new Set<Call>())
  const dead = new Set<number>()
  const free = (call: Call) => running.some((set) => set.delete(call))

  function next(): Start | undefined {
    const line = lines.find((each) => each.length > 0)
    const call = line?.[0]
    if (!line || !call) return undefined
    const least = running
      .map((set, engine) => ({ engine, set, load: set.size / (slots[engine] as number) }))
      .filter(({ engine, set }) => !dead.has(engine) && set.size < (slots[engine] as number))
      .toSorted((one, other) => one.load - other.load)[0]
    if (!least) return undefined
    line.shift()
    least.set.add(call)
    return { call, engine: least.engine }
  }

  return {
    arrive: (call) => {
      lineOf(call).push(call)
      return nothingShown
    },
    next,
    first: () => {},
    token: () => {},
    done: free,
    leave: (call) => {
      if (free(call)) return
      const line = lineOf(call)
      const at = line.indexOf(call)
      if (at !== -1) line.splice(at, 1)
    },
    broke: (call) => {
      dead.add(running.findIndex((set) => set.has(call)))
      free(call)
      lineOf(call).unshift(call)
      return true
    },
    look: () => {},
    limit: slots[0] ?? 0,
  }
}
