import type { MarkedToken, Token, Tokens } from 'marked'
import { Fragment, type ReactNode } from 'react'
import type { Block } from './blocks.ts'
import { CodeBlock } from './code-block.tsx'
import { InlineText } from './inline-text.tsx'

type Depth = { readonly growing: boolean; readonly depth: number }

/** Deeper than this nothing is laid out any more, only written. */
const depthMax = 12

export function BlockView({ block, growing }: { readonly block: Block; readonly growing: boolean }) {
  return blockOf(block.token as MarkedToken, { growing, depth: 0 })
}

/** Each block of a text runs the way its first words do, and all that stands in it runs with it. */
const directionOf = ({ depth }: Depth) => (depth === 0 ? 'auto' : undefined)

function blocksIn(tokens: readonly Token[], at: Depth): ReactNode {
  const next = { ...at, depth: at.depth + 1 }
  return tokens.map((token, key) => <Fragment key={key}>{blockOf(token as MarkedToken, next)}</Fragment>)
}

function blockOf(token: MarkedToken, at: Depth): ReactNode {
  if (at.depth > depthMax) return token.raw
  switch (token.type) {
    case 'paragraph':
      return (
        <p dir={directionOf(at)}>
          <InlineText tokens={token.tokens} />
        </p>
      )
    case 'text':
      return token.tokens ? <InlineText tokens={token.tokens} /> : <InlineText tokens={[token]} />
    case 'heading':
      return <Heading token={token} at={at} />
    case 'code':
      return <CodeBlock code={token.text} lang={token.lang} growing={at.growing} />
    case 'blockquote':
      return <blockquote dir={directionOf(at)}>{blocksIn(token.tokens, at)}</blockquote>
    case 'list':
      return <List token={token} at={at} />
    case 'table':
      return <MarkdownTable token={token} at={at} />
    case 'hr':
      return <hr />
    case 'html':
      // HTML is shown, never read.
      return (
        <p dir={directionOf(at)} className="whitespace-pre-wrap">
          {token.raw.trimEnd()}
        </p>
      )
    case 'space':
    case 'def':
    case 'checkbox':
      return null
    case 'list_item':
    case 'br':
    case 'codespan':
    case 'del':
    case 'em':
    case 'escape':
    case 'image':
    case 'link':
    case 'strong':
      return <InlineText tokens={[token]} />
  }
}

/** A text's headings stand below those of the screen. */
function Heading({ token: { depth, tokens }, at }: { readonly token: Tokens.Heading; readonly at: Depth }) {
  const Level = (['h3', 'h4', 'h5', 'h6'] as const)[Math.min(depth, 4) - 1] ?? 'h6'
  return (
    <Level dir={directionOf(at)}>
      <InlineText tokens={tokens} />
    </Level>
  )
}

function List({ token, at }: { readonly token: Tokens.List; readonly at: Depth }) {
  const items = token.items.map((item, key) => (
    <li key={key} className={item.task ? 'task' : undefined}>
      {item.task && <input type="checkbox" checked={item.checked === true} readOnly disabled />}
      {blocksIn(item.tokens, at)}
    </li>
  ))
  const dir = directionOf(at)
  return token.ordered ? (
    <ol dir={dir} start={Number(token.start) || 1}>
      {items}
    </ol>
  ) : (
    <ul dir={dir}>{items}</ul>
  )
}

function MarkdownTable({ token: { header, rows }, at }: { readonly token: Tokens.Table; readonly at: Depth }) {
  return (
    <div dir={directionOf(at)} className="table-frame">
      <table>
        <thead>
          <tr>
            {header.map((cell, key) => (
              <th key={key} scope="col" style={alignOf(cell)}>
                <InlineText tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, key) => (
            <tr key={key}>
              {row.map((cell, column) => (
                <td key={column} style={alignOf(cell)}>
                  <InlineText tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const alignOf = ({ align }: Tokens.TableCell) => (align ? { textAlign: align } : undefined)
