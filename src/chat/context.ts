import { limits } from './contract.ts'

/** What joins two neighbours of one role: a blank line. */
export const joinBytes = 2

/**
 * Which messages fit into a context: the latest ones, as many as there is room for, and always the last. Sizes are in bytes,
 * oldest first. The composer counts by the same function as the server, so that the quote is of what is sent.
 */
export function contextOf(sizes: readonly number[]): { readonly kept: readonly number[]; readonly bytes: number } {
  let bytes = sizes.at(-1) ?? 0
  let first = Math.max(sizes.length - 1, 0)
  while (first > 0) {
    const next = bytes + (sizes[first - 1] ?? 0)
    if (next > limits.contextBytes) break
    bytes = next
    first--
  }
  return { kept: sizes.slice(first), bytes }
}
