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
 * The backend for this entry, or none. A backend where it failed is taken only when there is no other; then its
 * conversation's, then the one that is filled least.
 */
export function placeFor(
  entry: Entry,
  engines: Iterable<Engine>,
  { homes, prefillCredit, now }: { readonly homes: Homes; readonly prefillCredit: number; readonly now: number },
): Engine | undefined {
  const home = entry.ask.conversation === undefined ? undefined : homes.get(entry.ask.conversation)
  let best: Engine | undefined
  for (const engine of engines) {
    if (!hasRoom(engine, now) || !hasCredit(engine, entry.ask.inputTokens, prefillCredit)) continue
    if (best === undefined || isBetter(entry, home, engine, best)) best = engine
  }
  return best
}

/** One prompt longer than the whole credit goes alone. */
function hasCredit({ prefill }: Engine, inputTokens: number, credit: number): boolean {
  return prefill === 0 || prefill + inputTokens <= credit
}

function isBetter(entry: Entry, home: Engine | undefined, one: Engine, other: Engine): boolean {
  const [oneFailed, otherFailed] = [entry.failedOn.includes(one), entry.failedOn.includes(other)]
  if (oneFailed !== otherFailed) return otherFailed
  if (one === home || other === home) return one === home
  return filled(one) < filled(other)
}

/** Slots and prompts that are yet to be read, each as a share: a first token waits for both. */
const filled = ({ running, capacity, prefill }: Engine) => running.size / slotsOf(capacity) + prefill / prefillUnit
const prefillUnit = 8192
