export type DaySums = {
  readonly day: string
  readonly messages: number
  readonly paid: bigint
  readonly free: bigint
  readonly unfunded: bigint
}

/** The last `length` UTC days, oldest first, those without a message included. */
export function everyDay(days: readonly DaySums[], length: number, today: Date): readonly DaySums[] {
  const known = new Map(days.map((each) => [each.day, each]))
  return Array.from({ length }, (_, at) => {
    const day = new Date(today.getTime() - (length - 1 - at) * 86_400_000).toISOString().slice(0, 10)
    return known.get(day) ?? { day, messages: 0, paid: 0n, free: 0n, unfunded: 0n }
  })
}

export const earnedOf = ({ paid, free }: Pick<DaySums, 'paid' | 'free'>): bigint => paid + free
