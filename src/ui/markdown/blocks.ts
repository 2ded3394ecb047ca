import { Lexer, Tokenizer, type Token } from 'marked'
import { closeInline, heldBack } from './half-finished.ts'

/** One block of a text, and where in it the block begins. Equal blocks stay the same object from one reading to the next. */
export type Block = { readonly at: number; readonly raw: string; readonly token: Token }

/** Reads a text that may grow: what was settled is not read again. */
export type BlockReader = (text: string, state: 'whole' | 'growing') => readonly Block[]

/** The lexer's time grows with the square of a paragraph, and what is longer is hardly meant as one. */
const paragraphMax = 40_000

const syntax = { gfm: true, breaks: true } as const

export function createBlockReader(): BlockReader {
  let settled: readonly Block[] = []
  /** The settled blocks' text; the next one begins behind it. */
  let settledText = ''
  let whole: { readonly text: string; readonly blocks: readonly Block[] } | undefined

  function grow(text: string): readonly Block[] {
    if (!text.startsWith(settledText)) [settled, settledText] = [[], '']
    const rest = heldBack(text.slice(settledText.length))
    // Mostly there is one block, and its inside is read below.
    let last = blocksOf(rest, { from: settledText.length, inside: 'unread' }).at(-1)
    if (!last) return settled
    if (last.at > settledText.length) {
      const blocks = blocksOf(rest, { from: settledText.length, inside: 'read' })
      last = blocks.at(-1) ?? last
      settled = [...settled, ...blocks.slice(0, -1)]
      settledText = text.slice(0, last.at)
    }
    return [...settled, ...blocksOf(closeInline(last.raw), { from: last.at, inside: 'read' }).slice(0, 1)]
  }

  return (given, state) => {
    const text = given.replaceAll(/\r\n?/g, '\n')
    if (state === 'growing') return grow(text)
    if (whole?.text !== text) whole = { text, blocks: sameAs(settled, blocksOf(text, { from: 0, inside: 'read' })) }
    return whole.blocks
  }
}

function sameAs(known: readonly Block[], blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block, at) => (known[at]?.raw === block.raw ? known[at] : block))
}

type Inside = 'read' | 'unread'

function blocksOf(
  text: string,
  { from, inside }: { readonly from: number; readonly inside: Inside },
): readonly Block[] {
  let at = from
  const blocks: Block[] = []
  for (const token of tokensOf(text, inside)) {
    if (token.type !== 'space' && token.type !== 'def') blocks.push({ at, raw: token.raw, token })
    at += token.raw.length
  }
  return blocks
}

/** A text that the lexer cannot bear, such as one of ten thousand nested quotations, is shown as it was written. */
function tokensOf(text: string, inside: Inside): readonly Token[] {
  const plain: Token = { type: 'paragraph', raw: text, text, tokens: [{ type: 'text', raw: text, text }] }
  if (text.split('\n\n').some(({ length }) => length > paragraphMax)) return [plain]
  try {
    const lexer = new Lexer({ ...syntax })
    return inside === 'read' ? lexer.lex(text) : lexer.blockTokens(text)
  } catch {
    return [plain]
  }
}

/** The expressions that the lexer reads by. */
export function expressions(): readonly RegExp[] {
  const tokenizer = new Tokenizer()
  // It takes them from its lexer.
  void new Lexer({ ...syntax, tokenizer })
  const { block, inline, other } = tokenizer.rules
  return [block, inline, other]
    .flatMap((each): unknown[] => Object.values(each))
    .filter((rule) => rule instanceof RegExp)
}
