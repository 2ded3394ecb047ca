import { microUsdPerPoint } from '#wallet/contract'

/** What a creator's price takes from a reader for one message: whole points, rounded up as the quote does. */
export function pointsAMessage(usdPerThousand: bigint): bigint {
  const micro = usdPerThousand / 1000n
  return (micro + microUsdPerPoint - 1n) / microUsdPerPoint
}

/** "12.5" as micro-dollars; undefined where it is no price with at most three decimals. A comma may stand for the point. */
export function readPrice(text: string): bigint | undefined {
  const match = /^(\d{1,5})(?:[.,](\d{0,3}))?$/.exec(text.trim().replace(/^\$\s*/, ''))
  const [, whole, fraction = ''] = match ?? []
  return whole === undefined ? undefined : BigInt(`${whole}${fraction.padEnd(6, '0')}`)
}

/** Micro-dollars as one types them: "12.50", or "12" where there are no cents. */
export function writePrice(micro: bigint): string {
  const whole = micro / 1_000_000n
  const fraction = (micro % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '')
  return fraction === '' ? `${whole}` : `${whole}.${fraction.padEnd(2, '0')}`
}
