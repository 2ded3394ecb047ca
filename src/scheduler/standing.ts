import type { Outlook } from './rules.ts'
import type { Standing } from './ticket.ts'

/** A wait that has grown by more than this is told with a reason. */
const grownBy = 1.2
const noiseMs = 1000

/**
 * What somebody who waits is told, time after time: the outlook, and why it has become longer than what is left of the
 * wait that was told before.
 */
export function createStanding(): (outlook: Outlook, slots: number, now: number) => Standing {
  let before: { readonly outlook: Outlook; readonly slots: number; readonly at: number } | undefined
  return (outlook, slots, now) => {
    const told = before
    before = { outlook, slots, at: now }
    if (!told) return outlook
    const left = Math.max(0, told.outlook.estimate.likelyMs - (now - told.at))
    if (outlook.estimate.likelyMs <= grownBy * left + noiseMs) return outlook
    if (slots < told.slots) return { ...outlook, because: 'backend_lost' }
    return { ...outlook, because: outlook.position > told.outlook.position ? 'others_first' : 'slower' }
  }
}
