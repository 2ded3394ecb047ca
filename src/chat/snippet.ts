import type { Snippet } from './contract.ts'
import { wordsOf, type Word } from './words.ts'

/** Units of UTF-16 that are looked through for the words; a hit far below shows the text's beginning. */
const lookedThroughMax = 60_000
const before = 48
const after = 160
const marksMax = 40

/** A text as it is compared, and where each of its units came from. */
type Folded = { readonly text: string; readonly origin: readonly number[] }

function fold(text: string): Folded {
  let folded = ''
  const origin: number[] = []
  let at = 0
  for (const sign of text) {
    const code = sign.charCodeAt(0)
    const bare =
      code < 128
        ? sign.toLowerCase()
        : sign.normalize('NFKC').toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '').normalize('NFC')
    folded += bare
    for (let unit = 0; unit < bare.length; unit++) origin.push(at)
    at += sign.length
  }
  origin.push(at)
  return { text: folded, origin }
}

const isWordSign = (sign: string | undefined) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign)

/** Where the words begin in the text: dense ones anywhere, others at a word's beginning. */
function marksIn(folded: Folded, words: readonly Word[]): [number, number][] {
  const marks: [number, number][] = []
  for (const { text, dense } of words) {
    const sought = text.normalize('NFC')
    for (let at = folded.text.indexOf(sought); at >= 0 && marks.length < marksMax;) {
      const end = at + sought.length
      if (dense || !isWordSign(folded.text[at - 1])) {
        marks.push([folded.origin[at] ?? 0, endOf(folded, end)])
      }
      at = folded.text.indexOf(sought, end)
    }
  }
  return joined(marks.toSorted(([a], [b]) => a - b))
}

/** Where the sign ends that the unit before `end` came from. */
function endOf({ origin }: Folded, end: number): number {
  let next = end
  while (next < origin.length - 1 && origin[next] === origin[next - 1]) next++
  return origin[next] ?? 0
}

function joined(marks: readonly [number, number][]): [number, number][] {
  const result: [number, number][] = []
  for (const [from, to] of marks) {
    const last = result.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}

/** A piece of the text around the first hit, with every hit in it marked. */
export function snippetOf(text: string, query: string): Snippet {
  const looked = text.slice(0, lookedThroughMax)
  const words = wordsOf(query).filter((word) => word.text !== '')
  const hits = marksIn(fold(looked), words)
  const first = hits[0]?.[0] ?? 0
  const from = wholeSign(looked, first <= before ? 0 : boundary(looked, first - before))
  const to = wholeSign(looked, Math.min(looked.length, Math.max(from + before, first) + after))
  const head = from > 0 ? '…' : ''
  const piece = looked.slice(from, to).replaceAll(/\s/g, ' ')
  const marks = hits
    .filter(([start, end]) => start >= from && end <= to)
    .map(([start, end]): [number, number] => [start - from + head.length, end - from + head.length])
  return { text: `${head}${piece}${to < text.length ? '…' : ''}`, marks }
}

/** The next beginning of a word, if one is near. */
function boundary(text: string, at: number): number {
  const space = text.slice(at, at + 20).search(/\s/)
  return space < 0 ? at : at + space + 1
}

/** Not in the middle of a surrogate pair. */
function wholeSign(text: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) && at > 0 ? at - 1 : at
}
