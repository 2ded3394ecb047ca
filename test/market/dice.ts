import { seeded } from '../world.ts'

/** Draws that are the same for the same seed. */
export type Dice = {
  /** A whole number from 0 up to, but not, `count`. */
  below(count: number): number
  chance(share: number): boolean
  pick<Item>(list: readonly Item[]): Item
  /** One of the later ones, most likely the last. */
  pickLate<Item>(list: readonly Item[]): Item | undefined
  /** From 1 to `most`, small ones as likely as large ones by order of magnitude. */
  amount(most: number): bigint
}

export function createDice(seed: number): Dice {
  const random = seeded(seed)
  const below = (count: number): number => Math.floor(random() * count)
  return {
    below,
    chance: (share) => random() < share,
    pick: <Item>(list: readonly Item[]) => list[below(list.length)] as Item,
    pickLate: (list) => list[list.length - 1 - Math.floor(random() ** 2 * list.length)],
    amount: (most) => BigInt(Math.max(1, Math.round(Math.exp(random() * Math.log(most))))),
  }
}
