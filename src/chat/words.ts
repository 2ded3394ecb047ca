/** Scripts written without spaces whose every sign is indexed by itself, so that any part of a text is found. */
const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })
/** A tsvector ends at about a megabyte and at 16,383 positions; a text beyond that is found by its beginning. */
const charsMax = 60_000
const wordsMax = 15_000
const wordCharsMax = 100

/** The same word however it is typed: full-width letters, ligatures and capitals fall together. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** The words of a text in order; a run of dense script becomes its signs. Used alike when writing and when searching. */
export function wordsOf(text: string): readonly (readonly string[])[] {
  const found: string[][] = []
  let count = 0
  for (const { segment, isWordLike } of segmenter.segment(fold(text.slice(0, charsMax)))) {
    if (!isWordLike) continue
    const parts = dense.test(segment) ? [...segment] : [segment.slice(0, wordCharsMax)]
    count += parts.length
    if (count > wordsMax) break
    found.push(parts)
  }
  return found
}

/** The text as `to_tsvector('simple', …)` takes it: words between spaces. */
export function indexText(text: string): string {
  return wordsOf(text).flat().join(' ')
}

/**
 * What to look for, as `to_tsquery('simple', …)` takes it: every word must be there, signs of one word side by side, and the
 * last may be only begun. Undefined where there is no word in it.
 */
export function queryText(typed: string): string | undefined {
  const words = wordsOf(typed)
  if (words.length === 0) return undefined
  return words
    .map((signs, at) => {
      const last = at === words.length - 1 && signs.length === 1 && !dense.test(signs[0] ?? '')
      return `(${signs.map(quoted).join(' <-> ')}${last ? ':*' : ''})`
    })
    .join(' & ')
}

function quoted(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

export type Piece = { readonly text: string; readonly found: boolean }

const before = 60
const after = 140

/** A piece of the text around the first place where something typed is found, the found parts apart. */
export function snippetOf(text: string, typed: string): readonly Piece[] {
  const plain = text.replaceAll(/\s+/g, ' ')
  // Folding may change lengths (ß, ligatures): then places would be wrong, and the plain lower case is searched instead.
  const folded = fold(plain).length === plain.length ? fold(plain) : plain.toLowerCase()
  const needles = wordsOf(typed).map((signs) => signs.join(''))
  const places = needles.map((needle) => folded.indexOf(needle)).filter((at) => at >= 0)
  const first = places.length > 0 ? Math.min(...places) : 0
  const [from, to] = [Math.max(0, first - before), Math.min(plain.length, first + after)]
  const pieces: Piece[] = []
  let at = from
  while (at < to) {
    const next = nextFound(folded, needles, at, to)
    if (!next) break
    if (next.at > at) pieces.push({ text: plain.slice(at, next.at), found: false })
    pieces.push({ text: plain.slice(next.at, next.at + next.length), found: true })
    at = next.at + next.length
  }
  if (at < to) pieces.push({ text: plain.slice(at, to), found: false })
  return dotted(pieces, from > 0, to < plain.length)
}

function nextFound(text: string, needles: readonly string[], from: number, to: number) {
  const found = needles
    .map((needle) => ({ at: text.indexOf(needle, from), length: needle.length }))
    .filter(({ at, length }) => at >= 0 && at < to && length > 0)
  return found.toSorted((a, b) => a.at - b.at || b.length - a.length)[0]
}

function dotted(pieces: readonly Piece[], cutBefore: boolean, cutAfter: boolean): readonly Piece[] {
  const dots = { text: '…', found: false }
  return [...(cutBefore ? [dots] : []), ...pieces, ...(cutAfter ? [dots] : [])]
}
