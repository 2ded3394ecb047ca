/** Who was let into a line lately: with how much of a claim above its level, and with how much work. */
export type Newcomers = { readonly ring: { readonly above: number; readonly cost: number }[]; next: number }

const newcomersMax = 64

export function createNewcomers(): Newcomers {
  return { ring: [], next: 0 }
}

export function noteNewcomer(newcomers: Newcomers, above: number, cost: number): void {
  newcomers.ring[newcomers.next++ % newcomersMax] = { above, cost }
}

/** Of the work that newcomers bring, the part that comes with less than so much above the level. */
export function shareBelow({ ring }: Newcomers, above: number): number {
  let all = 0
  let below = 0
  for (const each of ring) {
    all += each.cost
    if (each.above < above) below += each.cost
  }
  return all === 0 ? 0 : below / all
}
