import { Lexer, type Token } from 'marked'
import { closeInline, heldBack } from './half-finished.ts'

/** One block of a text, and where in it the block begins. Equal blocks stay the same object from one reading to the next. */
export type Block = { readonly at: number; readonly raw: string; readonly token: Token }

/** Reads a text that may grow: what was settled is not read again. */
export type BlockReader = (text: string, state: 'whole' | 'growing') => readonly Block[]

/** The lexer's time grows with the square of a paragraph, and what is longer is hardly meant as one. */
const paragraphMax = 40_000

export function createBlockReader(): BlockReader {
  let settled: readonly Block[] = []
  /** The settled blocks' text; the next one begins behind it. */
  let settledText = ''
  let whole: { readonly text: string; readonly blocks: readonly Block[] } | undefined

  function grow(text: string): readonly Block[] {
    if (!text.startsWith(settledText)) [settled, settledText] = [[], '']
    const blocks = blocksOf(heldBack(text.slice(settledText.length)), settledText.length)
    const last = blocks.at(-1)
    if (!last) return settled
    settled = [...settled, ...blocks.slice(0, -1)]
    settledText = text.slice(0, last.at)
    return [...settled, ...blocksOf(closeInline(last.raw), last.at).slice(0, 1)]
  }

  return (given, state) => {
    const text = given.replaceAll('\r\n', '\n')
    if (state === 'growing') return grow(text)
    if (whole?.text !== text) whole = { text, blocks: sameAs(settled, blocksOf(text, 0)) }
    return whole.blocks
  }
}

function sameAs(known: readonly Block[], blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block, at) => (known[at]?.raw === block.raw ? known[at] : block))
}

function blocksOf(text: string, from: number): readonly Block[] {
  let at = from
  const blocks: Block[] = []
  for (const token of tokensOf(text)) {
    if (token.type !== 'space' && token.type !== 'def') blocks.push({ at, raw: token.raw, token })
    at += token.raw.length
  }
  return blocks
}

/** A text that the lexer cannot bear, such as one of ten thousand nested quotations, is shown as it was written. */
function tokensOf(text: string): readonly Token[] {
  const plain: Token = { type: 'paragraph', raw: text, text, tokens: [{ type: 'text', raw: text, text }] }
  if (text.split('\n\n').some(({ length }) => length > paragraphMax)) return [plain]
  try {
    return Lexer.lex(text, { gfm: true, breaks: true })
  } catch {
    return [plain]
  }
}
