import { microUsdPerPoint } from '#wallet/contract'

const microPerCent = 10_000n

/** What points are worth, in micro-dollars: to the cent below, where it is a cent at all. */
export function worthOf(points: bigint): bigint {
  const micro = points * microUsdPerPoint
  return micro < microPerCent ? micro : micro - (micro % microPerCent)
}

/** Whole points as people type them: "1,000", "1 000", "1.000" are all a thousand. Undefined: no whole number. */
export function readPoints(text: string): bigint | undefined {
  const digits = text.replaceAll(/[\s,.'’_]/g, '')
  return /^\d{1,12}$/.test(digits) ? BigInt(digits) : undefined
}

/** Dollars as people type them, in cents: "12", "12.5", "12,50", "$1,250.00". Undefined: no amount of whole cents. */
export function readCents(text: string): bigint | undefined {
  const bare = text
    .replaceAll(/[\s$]/g, '')
    .replace(/^(\d{1,3}(?:,\d{3})+)(?=$|\.)/, (whole) => whole.replaceAll(',', ''))
  const found = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(bare)
  if (!found) return undefined
  return BigInt(found[1] ?? '0') * 100n + BigInt((found[2] ?? '').padEnd(2, '0'))
}
