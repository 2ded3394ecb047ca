import type { PoolTerms } from './terms.ts'

/**
 * Whether classes matter. In the calm everybody is served in the order of arrival under the same limits; pressure begins
 * when somebody has waited for a while, and ends when nobody has waited for a while. It is told by queueing, never by the
 * clock. Peak is what people are told: pressure that has lasted, and is over only when it has been quiet for longer.
 */
export type Pressure = {
  isOn: boolean
  isPeak: boolean
  /** Since when the queue has been empty; undefined while somebody waits. */
  emptySince: number | undefined
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
  return { isOn: false, isPeak: false, emptySince: now, fullSince: undefined, quietSince: now }
}

export function feel(pressure: Pressure, load: Load, terms: PoolTerms, now: number): void {
  pressure.emptySince = load.waiting === 0 ? (pressure.emptySince ?? now) : undefined
  if (!pressure.isOn) pressure.isOn = load.oldestWaitMs >= terms.pressure.afterMs
  else if (lasted(pressure.emptySince, terms.pressure.overAfterMs, now)) pressure.isOn = false

  const isFull = load.waiting > 0 && (load.isRefusing || load.running >= load.openLimit)
  const isQuiet = load.waiting === 0 && load.running < terms.peak.quietShare * load.openLimit
  pressure.fullSince = isFull ? (pressure.fullSince ?? now) : undefined
  pressure.quietSince = isQuiet ? (pressure.quietSince ?? now) : undefined
  if (!pressure.isPeak) pressure.isPeak = lasted(pressure.fullSince, terms.peak.afterMs, now)
  else if (lasted(pressure.quietSince, terms.peak.overAfterMs, now)) pressure.isPeak = false
}

const lasted = (since: number | undefined, ms: number, now: number) => since !== undefined && now - since >= ms
