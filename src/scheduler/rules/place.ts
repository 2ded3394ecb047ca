import { slotsOf } from './capacity.ts'
import { hasRoom, type Engine } from './engine.ts'
import type { Entry } from './entry.ts'

/** Which backend each conversation was at last: its prefix cache knows it. The oldest are forgotten. */
export type Homes = Map<string, Engine>

const homesMax = 10_000

export function settleAt(homes: Homes, conversation: string | undefined, engine: Engine): void {
  if (conversation === undefined) return
  homes.delete(conversation)
  homes.set(conversation, engine)
  if (homes.size > homesMax) homes.delete(homes.keys().next().value as string)
}

/**
 * The backend for this entry, or none. `credit` bounds the prompt tokens that may lie before a first token; one prompt
 * longer than that goes alone. A backend where it failed is taken only when there is no other, then its conversation's,
 * then the one that is filled least.
 */
export function placeFor(
  entry: Entry,
  engines: Iterable<Engine>,
  { homes, credit, now }: { readonly homes: Homes; readonly credit: Credit; readonly now: number },
): Engine | undefined {
  const home = entry.ask.conversation === undefined ? undefined : homes.get(entry.ask.conversation)
  let best: Engine | undefined
  for (const engine of engines) {
    if (!hasRoom(engine, now) || !covers(credit, engine, entry.ask.inputTokens)) continue
    if (best === undefined || isBetter(entry, home, engine, best)) best = engine
  }
  return best
}

/** What of a backend's prompt tokens counts against the credit, and how many there may be. */
export type Credit = { readonly of: 'everybody' | 'open lane'; readonly tokens: number }

function covers({ of, tokens }: Credit, engine: Engine, inputTokens: number): boolean {
  const outstanding = of === 'everybody' ? engine.prefill : engine.prefillOpen
  return outstanding === 0 || outstanding + inputTokens <= tokens
}

function isBetter(entry: Entry, home: Engine | undefined, one: Engine, other: Engine): boolean {
  const [oneFailed, otherFailed] = [entry.failedOn.has(one), entry.failedOn.has(other)]
  if (oneFailed !== otherFailed) return otherFailed
  if (one === home || other === home) return one === home
  if (entry.lane === 'express' && one.prefill !== other.prefill) return one.prefill < other.prefill
  return one.running.size / slotsOf(one.capacity) < other.running.size / slotsOf(other.capacity)
}
