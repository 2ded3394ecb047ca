export type DaySums = {
  readonly day: string
  readonly messages: number
  readonly paid: bigint
  readonly free: bigint
  readonly unfunded: bigint
}

/** The `length` UTC days that end with `today`, oldest first, those without a message included. */
export function everyDay(days: readonly DaySums[], length: number, today: string): readonly DaySums[] {
  const known = new Map(days.map((each) => [each.day, each]))
  return Array.from({ length }, (_, at) => {
    const day = new Date(Date.parse(today) - (length - 1 - at) * 86_400_000).toISOString().slice(0, 10)
    return known.get(day) ?? { day, messages: 0, paid: 0n, free: 0n, unfunded: 0n }
  })
}

export const earnedOf = ({ paid, free }: Pick<DaySums, 'paid' | 'free'>): bigint => paid + free

/** Micro-dollars as text, every amount of a column with as many decimals as its longest needs: at least two. */
export function columnFormat(locale: string, column: readonly bigint[]): (micro: bigint) => string {
  const decimals = Math.max(2, ...column.map((micro) => fractionOf(micro).replace(/0+$/, '').length))
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: decimals,
  })
  return (micro) => format.format(`${micro / 1_000_000n}.${fractionOf(micro)}` as never)
}

const fractionOf = (micro: bigint) => String(micro % 1_000_000n).padStart(6, '0')
