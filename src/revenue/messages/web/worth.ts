import { microUsdPerPoint } from '#wallet/contract'

/** What points are worth, in micro-dollars. */
export const microOf = (points: bigint): bigint => points * microUsdPerPoint
