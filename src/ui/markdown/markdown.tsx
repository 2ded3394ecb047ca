import { memo, use, useState } from 'react'
import { cx } from '../classes.ts'
import type { Block, BlockReader } from './blocks.ts'

type Engine = {
  readonly createBlockReader: () => BlockReader
  readonly BlockView: (props: { readonly block: Block; readonly growing: boolean }) => React.ReactNode
}

let engine: Engine | undefined
let loading: Promise<Engine> | undefined

async function load(): Promise<Engine> {
  const [{ createBlockReader, expressions }, { BlockView }, { warmUp }] = await Promise.all([
    import('./blocks.ts'),
    import('./block-view.tsx'),
    import('./warm-up.ts'),
  ])
  engine = { createBlockReader, BlockView: memo(BlockView) }
  warmUp(expressions())
  return engine
}

/** Fetches what reads Markdown, so that the first text of a screen is not shown twice, plain and read. */
export const loadMarkdown = (): Promise<Engine> => (loading ??= load())

type MarkdownProps = {
  readonly text: string
  /** The text is still being written: what is half-finished is shown as what it will become. */
  readonly growing?: boolean
  readonly className?: string | undefined
}

/**
 * Text of bots and people as React elements of our own: there is no way from it into HTML. Links show where they lead,
 * pictures are not fetched, code is coloured once it stands.
 */
export function Markdown({ text, growing = false, className }: MarkdownProps) {
  const { createBlockReader, BlockView } = engine ?? use(loadMarkdown())
  const [read] = useState(createBlockReader)
  const blocks = read(text, growing ? 'growing' : 'whole')
  return (
    <div className={cx('markdown', className)}>
      {blocks.map((block, at) => (
        <BlockView key={block.at} block={block} growing={growing && at === blocks.length - 1} />
      ))}
    </div>
  )
}
