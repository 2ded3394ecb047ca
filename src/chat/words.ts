/** Scripts whose words are found by any two signs in a row, since dictionaries cut them one way here and another way there. */
const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]/u
/** Scripts that are written without spaces, or with few: here the segmenter says what a word is. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const runs = /[\p{L}\p{N}\p{M}ー]+/gu
/** Korean hangs its endings on words of other scripts and on figures, where no segmenter cuts: `Python은`, `2026년`. */
const hangulApart = /\p{Script=Hangul}[\p{Script=Hangul}\p{M}]*|\P{Script=Hangul}+/gu
const segmenter = new Intl.Segmenter('und', { granularity: 'word' })

const wordMax = 40
const queryWordsMax = 16
/** Shorter beginnings are those of a good part of all words, and PostgreSQL reads where each of them stands, of all owners. */
const prefixLettersMin = 3
/** PostgreSQL takes a vector of 1 MB; beyond this the rest of a text is not found. */
const vectorBytesMax = 400_000

export type Word = {
  readonly text: string
  readonly dense: boolean
  /** Nothing stands between it and the word before. */
  readonly follows: boolean
}

/** Words as they are compared: NFKC, lower case, without accents, so that "resume" finds "Résumé". */
export function wordsOf(text: string): Word[] {
  const found = text.normalize('NFKC').toLowerCase().match(runs) ?? []
  return found.flatMap((run) => Array.from(run.matchAll(hangulApart), ([piece], at) => wordsIn(piece, at)).flat())
}

/** The words of a piece of a run; `before` pieces of the run stand before it. */
function wordsIn(piece: string, before: number): Word[] {
  if (!unspaced.test(piece)) return [wordOf(piece, before)]
  return Array.from(segmenter.segment(piece), ({ segment, index }) => wordOf(segment, before + index))
}

function wordOf(text: string, before: number): Word {
  const follows = before > 0
  if (dense.test(text)) return { text, dense: true, follows }
  return { text: cutAt(text.normalize('NFD').replaceAll(/\p{M}/gu, '')), dense: false, follows }
}

const cutAt = (word: string) => word.slice(0, wordMax).replace(/[\uD800-\uDBFF]$/, '')

function pairsOf(signs: readonly string[]): string[] {
  return signs.slice(1).map((sign, at) => `${signs[at]}${sign}`)
}

/**
 * A tsvector as text, without positions. It is made here and not by PostgreSQL, which knows no words without spaces. Runs of
 * dense signs go in by sign and by pair, across the segmenter's cuts; all else by word. `marks` go in as they are.
 */
export function searchVector(text: string, marks: readonly string[]): string {
  const lexemes = new Set(marks)
  let bytes = 0
  const add = (lexeme: string) => {
    if (lexeme === '' || lexemes.has(lexeme)) return
    lexemes.add(lexeme)
    bytes += Buffer.byteLength(lexeme) + 4
  }
  let before: string | undefined
  for (const word of wordsOf(text)) {
    if (bytes > vectorBytesMax) break
    if (!word.dense || !word.follows) before = undefined
    if (!word.dense) add(word.text)
    else {
      for (const sign of word.text) {
        add(sign)
        if (before !== undefined) add(before + sign)
        before = sign
      }
    }
  }
  return [...lexemes].map((lexeme) => `'${lexeme}'`).join(' ')
}

/**
 * A tsquery as text: each word by its beginning, a short one whole, each dense word by its pairs. Undefined where there is no
 * word in it.
 */
export function searchQuery(text: string, marks: readonly string[]): string | undefined {
  const words = wordsOf(text).slice(0, queryWordsMax)
  const terms = words.flatMap((word) => {
    if (!word.dense) return word.text === '' ? [] : [`'${word.text}'${isPrefix(word.text) ? ':*' : ''}`]
    const signs = Array.from(word.text)
    return (signs.length > 1 ? pairsOf(signs) : signs).map((lexeme) => `'${lexeme}'`)
  })
  if (terms.length === 0) return undefined
  return [...marks.map((mark) => `'${mark}'`), ...new Set(terms)].join(' & ')
}

const isPrefix = (word: string) => Array.from(word).length >= prefixLettersMin
