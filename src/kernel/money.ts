import { assert } from './assert.ts'
import { type Refusal, refuse } from './refusal.ts'

/**
 * Digits after the point of each unit's minor unit. Money is kept at scale 6 inside, since a message may cost
 * $0.0004, and rounded to what can be paid only where it leaves the house. Points are whole.
 */
export const scales = { POINTS: 0, USD: 6, EUR: 6, CNY: 6, JPY: 6, GBP: 6 } as const

export type Unit = keyof typeof scales

export const units = Object.keys(scales) as readonly Unit[]

declare const moneyBrand: unique symbol

/** A whole number of minor units of one unit. Made only by the functions here; there is no float anywhere in it. */
export type Money<U extends Unit = Unit> = {
  readonly unit: U
  readonly minor: bigint
  readonly [moneyBrand]: true
}

export function money<const U extends Unit>(unit: U, minor: bigint): Money<U> {
  return { unit, minor } as Money<U>
}

const decimal = /^(-?)(\d{1,13})(?:\.(\d{1,9}))?$/

/** Reads "12.5" as an exact amount. Refuses what is not a decimal, or has more digits than the unit keeps. */
export function parseMoney<const U extends Unit>(unit: U, text: string): Money<U> | Refusal<'invalid_amount'> {
  const match = decimal.exec(text)
  const fraction = match?.[3] ?? ''
  if (!match || fraction.length > scales[unit]) {
    return refuse(
      'invalid_amount',
      `"${text.slice(0, 40)}" is not an amount of ${unit} with at most ${scales[unit]} decimals.`,
    )
  }
  const minor = BigInt(`${match[2]}${fraction.padEnd(scales[unit], '0')}`)
  return money(unit, match[1] ? -minor : minor)
}

/** The exact decimal, every digit kept: "12.500000". For records and exports; screens round for people. */
export function formatDecimal({ unit, minor }: Money): string {
  const scale = scales[unit]
  const digits = (minor < 0n ? -minor : minor).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  return `${minor < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`
}

export function add<U extends Unit>(a: Money<U>, b: Money<NoInfer<U>>): Money<U> {
  assert(a.unit === b.unit, `${a.unit} is never added to ${b.unit}`)
  return money(a.unit, a.minor + b.minor)
}

export function subtract<U extends Unit>(a: Money<U>, b: Money<NoInfer<U>>): Money<U> {
  assert(a.unit === b.unit, `${b.unit} is never taken from ${a.unit}`)
  return money(a.unit, a.minor - b.minor)
}

/** An exact fraction. A rate, a share and a spread are ratios; none is ever a float. */
export type Ratio = { readonly numerator: bigint; readonly denominator: bigint }

function floorDivide(numerator: bigint, denominator: bigint): bigint {
  assert(denominator > 0n, 'a denominator is positive')
  const quotient = numerator / denominator
  return numerator % denominator < 0n ? quotient - 1n : quotient
}

/** The payee's share, rounded down; `rest` is what stays with the payer, so that both together are the whole. */
export function shareDown<U extends Unit>(whole: Money<U>, share: Ratio): { part: Money<U>; rest: Money<U> } {
  const part = money(whole.unit, floorDivide(whole.minor * share.numerator, share.denominator))
  return { part, rest: subtract(whole, part) }
}

/**
 * Changes units at a stated rate (units of `to` per unit of `whole`), rounded down in favour of the exchange.
 * `remainder` is what rounding kept back, in minor units of `to`, as an exact fraction.
 */
export function convertDown<const U extends Unit>(
  whole: Money,
  rate: Ratio,
  to: U,
): { amount: Money<U>; remainder: Ratio } {
  const numerator = whole.minor * rate.numerator * 10n ** BigInt(scales[to])
  const denominator = rate.denominator * 10n ** BigInt(scales[whole.unit])
  const minor = floorDivide(numerator, denominator)
  return { amount: money(to, minor), remainder: { numerator: numerator - minor * denominator, denominator } }
}

/** Rounds down to what a bank can move (two decimals, none for JPY); `dust` stays where it was. */
export function payableDown<U extends Unit>(amount: Money<U>): { payable: Money<U>; dust: Money<U> } {
  const step = 10n ** BigInt(scales[amount.unit] - payableDecimals(amount.unit))
  const payable = money(amount.unit, floorDivide(amount.minor, step) * step)
  return { payable, dust: subtract(amount, payable) }
}

function payableDecimals(unit: Unit): number {
  return unit === 'POINTS' || unit === 'JPY' ? 0 : 2
}

/**
 * Splits by weights so that the parts add up to the whole: each gets its floor, and what is left over goes one minor
 * unit each to those with the largest remainders, earlier ones first. Weights are whole and not all zero.
 */
export function splitByWeight<U extends Unit>(whole: Money<U>, weights: readonly bigint[]): Money<U>[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  assert(total > 0n && weights.every((weight) => weight >= 0n), 'weights are whole, not negative and not all zero')
  const shares = weights.map((weight, place) => {
    const floor = floorDivide(whole.minor * weight, total)
    return { place, floor, remainder: whole.minor * weight - floor * total }
  })
  const left = whole.minor - shares.reduce((sum, share) => sum + share.floor, 0n)
  const byRemainder = shares.toSorted(
    (a, b) => Number(b.remainder > a.remainder) - Number(b.remainder < a.remainder) || a.place - b.place,
  )
  const lucky = new Set(byRemainder.slice(0, Number(left)).map((share) => share.place))
  return shares.map((share) => money(whole.unit, share.floor + (lucky.has(share.place) ? 1n : 0n)))
}
