import { useLingui } from '@lingui/react'

const microPerDollar = 1_000_000n

/** Figures as text, in the reader's language. */
export type Format = {
  /** "1,240" */
  points(value: bigint): string
  /** Micro-dollars: "$12.50", and what is below a cent with every digit it has, "$0.00045". */
  dollars(micro: bigint): string
  count(value: number | bigint): string
  /** "240 ms", "1.2 sec" */
  duration(ms: number): string
  instant(iso: string | Date): string
  /** A date without a time, "2026-11-24", is the same day wherever the reader is. */
  day(iso: string | Date): string
  time(iso: string | Date): string
  /** "3 minutes ago", "yesterday" */
  ago(iso: string | Date, now?: Date): string
}

export function useFormat(): Format {
  const { i18n } = useLingui()
  return formatFor(i18n.locale)
}

const made = new Map<string, Format>()

/** Each language's is made once, and each of its parts when it is first used: one takes a browser a millisecond and more. */
export function formatFor(locale: string): Format {
  const format = made.get(locale) ?? makeFormat(locale)
  made.set(locale, format)
  return format
}

function makeFormat(locale: string): Format {
  const whole = once(() => new Intl.NumberFormat(locale))
  const milliseconds = once(() => unitsOf(locale, 'millisecond', 0))
  const seconds = once(() => unitsOf(locale, 'second', 1))
  const relative = once(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }))
  const instants = once(() => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }))
  const days = once(() => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }))
  const dates = once(() => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }))
  const times = once(() => new Intl.DateTimeFormat(locale, { timeStyle: 'short' }))
  const dollars = Array.from({ length: 7 }, (_, decimals) => once(() => dollarsWith(locale, decimals)))
  return {
    points: (value) => whole().format(value),
    dollars: (micro) => dollars[decimalsOf(micro)]?.().format(decimalText(micro) as never) ?? '',
    count: (value) => whole().format(value),
    duration: (ms) => (ms < 1000 ? milliseconds().format(ms) : seconds().format(ms / 1000)),
    instant: (iso) => instants().format(new Date(iso)),
    day: (iso) => (isBareDate(iso) ? dates() : days()).format(new Date(iso)),
    time: (iso) => times().format(new Date(iso)),
    ago: (iso, now = new Date()) => agoText(relative(), new Date(iso).getTime() - now.getTime()),
  }
}

function once<Value>(make: () => Value): () => Value {
  let value: Value | undefined
  return () => (value ??= make())
}

const unitsOf = (locale: string, unit: string, decimals: number) =>
  new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })

/** JavaScript reads these as midnight UTC. */
const isBareDate = (iso: string | Date) => typeof iso === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(iso)

/** Exact, whatever the size: cents as people write them, and six decimals where a message costs less than one. */
function decimalsOf(micro: bigint): number {
  const fraction = (micro < 0n ? -micro : micro) % microPerDollar
  const digits = fraction.toString().padStart(6, '0').replace(/0+$/, '')
  return Math.max(2, digits.length)
}

const dollarsWith = (locale: string, decimals: number) =>
  new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })

/** Intl reads decimal text exactly, which a number would not be. */
function decimalText(micro: bigint): string {
  const size = micro < 0n ? -micro : micro
  const fraction = (size % microPerDollar).toString().padStart(6, '0')
  return `${micro < 0n ? '-' : ''}${size / microPerDollar}.${fraction}`
}

const steps = [
  ['second', 1000, 60],
  ['minute', 60_000, 60],
  ['hour', 3_600_000, 24],
  ['day', 86_400_000, 7],
  ['week', 604_800_000, 5],
  ['month', 2_629_800_000, 12],
  ['year', 31_557_600_000, Infinity],
] as const

function agoText(relative: Intl.RelativeTimeFormat, ms: number): string {
  for (const [unit, size, limit] of steps) {
    const amount = Math.round(ms / size)
    if (Math.abs(amount) < limit) return relative.format(amount, unit)
  }
  return relative.format(0, 'second')
}
