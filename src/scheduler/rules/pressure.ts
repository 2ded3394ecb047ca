import type { PoolTerms } from './terms.ts'

/**
 * Whether classes matter. In the calm everybody is served in the order of arrival under the same limits; pressure begins
 * when somebody has waited for a while or several wait at once, and ends when that has not been so for a while. It is told
 * by queueing, never by the time of day. Peak is what people are told: a pool that has been full for a while, and it is over
 * only when it has been quiet for longer.
 */
export type Pressure = {
  isOn: boolean
  isPeak: boolean
  /** Since when nobody has queued to speak of; undefined while somebody does. */
  calmSince: number | undefined
  /** Since when the pool has been full with somebody waiting. */
  fullSince: number | undefined
  /** Since when nobody has waited and the pool has been well below full. */
  quietSince: number | undefined
}

export type Load = {
  readonly waiting: number
  readonly oldestWaitMs: number
  readonly running: number
  /** What the open lane may fill. */
  readonly openLimit: number
  /** A backend said within this look that it is full. */
  readonly isRefusing: boolean
}

export function createPressure(now: number): Pressure {
  return { isOn: false, isPeak: false, calmSince: now, fullSince: undefined, quietSince: now }
}

export function feel(pressure: Pressure, load: Load, terms: PoolTerms, now: number): void {
  const several = Math.max(terms.pressure.waitingMin, terms.pressure.waitingShare * load.openLimit)
  const isQueueing = load.oldestWaitMs >= terms.pressure.waitMs || load.waiting >= several
  pressure.calmSince = isQueueing ? undefined : (pressure.calmSince ?? now)
  if (!pressure.isOn) pressure.isOn = isQueueing
  else if (lasted(pressure.calmSince, terms.pressure.overAfterMs, now)) pressure.isOn = false

  const isFull = load.waiting > 0 && (load.isRefusing || load.running >= load.openLimit)
  const isQuiet = load.waiting === 0 && load.running < terms.peak.quietShare * load.openLimit
  pressure.fullSince = isFull ? (pressure.fullSince ?? now) : undefined
  pressure.quietSince = isQuiet ? (pressure.quietSince ?? now) : undefined
  if (!pressure.isPeak) pressure.isPeak = lasted(pressure.fullSince, terms.peak.afterMs, now)
  else if (lasted(pressure.quietSince, terms.peak.overAfterMs, now)) pressure.isPeak = false
}

const lasted = (since: number | undefined, ms: number, now: number) => since !== undefined && now - since >= ms
