/** Chinese, Japanese and Korean are written without spaces, or with few: any two signs in a row are a word to find. */
const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]+/u
const runs = /[\p{L}\p{N}\p{M}]+/gu
const wordMax = 40
const queryWordsMax = 24
/** PostgreSQL keeps no position beyond this. */
const positionMax = 16_383

type Word = { readonly text: string; readonly dense: boolean }

function wordsOf(text: string): Word[] {
  const found = text.normalize('NFKC').toLowerCase().match(runs) ?? []
  return found.flatMap((run) =>
    run
      .split(new RegExp(`(${dense.source})`, 'u'))
      .filter((part) => part !== '')
      .map((part) => (dense.test(part) ? { text: part, dense: true } : { text: plain(part), dense: false })),
  )
}

/** Without accents, so that "resume" finds "résumé". */
const plain = (word: string) => word.normalize('NFD').replaceAll(/\p{M}/gu, '').slice(0, wordMax)

function pairsOf(text: string): string[] {
  const signs = Array.from(text)
  return signs.slice(1).map((sign, at) => `${signs[at]}${sign}`)
}

export type Indexed = {
  readonly handle: string
  readonly name: string
  readonly tagline: string
  readonly tags: readonly string[]
  readonly description: string
}

/** A tsvector as text. It is made here and not by PostgreSQL, whose own idea of a word depends on the server's locale. */
export function searchVector({ handle, name, tagline, tags, description }: Indexed): string {
  const weighted = [
    ...indexed(`${name} ${handle}`, 'A'),
    ...indexed(`${tags.join(' ')} ${tagline}`, 'B'),
    ...indexed(description, 'D'),
  ]
  return weighted.map(({ word, weight }, at) => `'${word}':${Math.min(at + 1, positionMax)}${weight}`).join(' ')
}

function indexed(text: string, weight: 'A' | 'B' | 'D') {
  const words = wordsOf(text).flatMap((word) =>
    word.dense ? [...Array.from(word.text), ...pairsOf(word.text)] : [word.text],
  )
  return words.filter((word) => word !== '').map((word) => ({ word, weight }))
}

/** A tsquery as text: every word by its beginning, every pair of dense signs. Undefined where there is no word in it. */
export function searchQuery(text: string): string | undefined {
  const terms = wordsOf(text).flatMap((word) => {
    if (!word.dense) return word.text === '' ? [] : [`'${word.text}':*`]
    const pairs = pairsOf(word.text)
    return (pairs.length > 0 ? pairs : [word.text]).map((pair) => `'${pair}'`)
  })
  return terms.length === 0 ? undefined : [...new Set(terms)].slice(0, queryWordsMax).join(' & ')
}
