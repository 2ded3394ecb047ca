import { Trans, useLingui } from '@lingui/react/macro'
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '../button.tsx'
import { useCopy } from '../copy.ts'
import type { Colored } from './highlight.ts'

type CodeProps = { readonly code: string; readonly lang: string | undefined; readonly growing: boolean }

/** What is longer stays in one colour: nobody reads it here. */
const coloredMax = 60_000

export function CodeBlock({ code, lang, growing }: CodeProps) {
  const { t } = useLingui()
  const name = /^[\w+#.-]{1,24}/.exec(lang ?? '')?.[0] ?? ''
  const colored = useColored({ code, lang: name, growing })
  return (
    <figure className="code-block">
      <figcaption>
        <span>{name === '' ? <Trans>Text</Trans> : name}</span>
        <CopyCode code={code} />
      </figcaption>
      <pre dir="ltr" aria-label={name === '' ? t`Text` : t`Code in ${name}`}>
        <code>{colored ? colored.map(draw) : code}</code>
      </pre>
    </figure>
  )
}

function draw(piece: Colored, key: number) {
  if (typeof piece === 'string') return piece
  return (
    <span key={key} className={piece.className}>
      {piece.children.map(draw)}
    </span>
  )
}

/** Colours change nothing in the layout, so they may come late. While code is being written it has none. */
function useColored({ code, lang, growing }: { code: string; lang: string; growing: boolean }) {
  const [colored, setColored] = useState<{ readonly code: string; readonly pieces: readonly Colored[] }>()
  const wanted = !growing && lang !== '' && code.length <= coloredMax
  useEffect(() => {
    if (!wanted) return
    let left = false
    const color = async () => {
      const { highlight } = await import('./highlight.ts')
      const pieces = highlight(code, lang)
      if (!left && pieces) setColored({ code, pieces })
    }
    color().catch(() => undefined)
    return () => {
      left = true
    }
  }, [wanted, code, lang])
  return colored?.code === code ? colored.pieces : undefined
}

function CopyCode({ code }: { readonly code: string }) {
  const { copied, copy } = useCopy()
  return (
    <Button kind="quiet" size="s" icon={copied ? Check : Copy} onClick={() => void copy(code)}>
      {copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
    </Button>
  )
}
