/** A mason's mark: strokes on a 32 × 32 block, and the hue of its stone. */
export type MasonMark = { readonly paths: readonly string[]; readonly hue: number }

const spines = [
  'M16 26V17M8 7v2a8 8 0 0 0 16 0V7',
  'M8 24 16 8l8 16',
  'M8 8l8 16 8-16',
  'M9 9h14v14H9z',
  'M16 8a8 8 0 1 1 0 16 8 8 0 0 1 0-16z',
  'M16 6.5 25.5 16 16 25.5 6.5 16z',
  'M9 25V15a7 7 0 0 1 14 0v10',
  'M9 8h14L9 24h14z',
  'M8 8l16 16M24 8 8 24',
  'M11 7v18M21 7v18',
  'M8 20a8 8 0 0 1 16 0M16 7v18',
  'M10 7v12a6 6 0 0 0 12 0V7',
] as const

const crossings = [
  'M7 16h18',
  'M10 11h12',
  'M10 21h12',
  'M16 16h.01',
  'M13 16a3 3 0 1 0 6 0 3 3 0 0 0-6 0',
  'M12 14l4-4 4 4',
  'M12 18l4 4 4-4',
  'M7 27h18',
  'M11 5h10',
  'M7 16h.01M25 16h.01',
] as const

const flourishes = ['M25 7v4', 'M7 7v4', 'M25 21v4', 'M7 21v4', '', '', '', ''] as const

/** Hues that stay apart from one another at one lightness. */
const hues = [18, 42, 68, 98, 132, 160, 190, 222, 252, 278, 304, 338] as const

/** The same handle has the same mark on every machine; a few thousand marks before two handles may share one. */
export function masonMark(handle: string): MasonMark {
  const next = dice(handle.toLowerCase())
  const pick = <Item>(from: readonly Item[]): Item => from[next() % from.length] as Item
  const hue = pick(hues)
  const first = pick(crossings)
  const others = crossings.filter((each) => each !== first)
  const strokes = [pick(spines), first, next() % 3 === 0 ? '' : pick(others), pick(flourishes)]
  return { paths: strokes.filter((stroke) => stroke !== ''), hue }
}

/** FNV-1a seeds it, a xorshift goes on. */
function dice(text: string): () => number {
  let state = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193) >>> 0
  state ||= 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state >>> 4
  }
}
