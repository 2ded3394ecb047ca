const microMax = 1_000_000_000_000n

/** Dollars as people type them, in micro-dollars; undefined where it is no amount above zero, to the cent. */
export function readDollars(text: string): bigint | undefined {
  const found = /^(\d{1,7})(?:[.,](\d{1,2}))?$/.exec(text.replaceAll(/[\s$]/g, ''))
  if (!found) return undefined
  const micro = BigInt(found[1] ?? '0') * 1_000_000n + BigInt((found[2] ?? '').padEnd(2, '0')) * 10_000n
  return micro > 0n && micro <= microMax ? micro : undefined
}
