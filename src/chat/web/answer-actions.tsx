import { useLingui } from '@lingui/react/macro'
import { RotateCcw } from 'lucide-react'
import type { Answer } from '#chat/contract'
import { IconButton } from '#ui'
import { CopyButton } from './copy-button.tsx'
import { Versions } from './versions.tsx'

type ActionsProps = {
  readonly answers: readonly Answer[]
  readonly onAgain: (question: string) => void
  readonly onShow: (message: string) => Promise<boolean>
}

export function AnswerActions({ answers, onAgain, onShow }: ActionsProps) {
  const { t } = useLingui()
  const [first] = answers
  if (!first) return null
  const text = answers
    .map((answer) => answer.text)
    .filter((each) => each !== '')
    .join('\n\n')
  return (
    <div className="flex items-center gap-0.5">
      {text !== '' && <CopyButton text={text} />}
      <IconButton icon={RotateCcw} label={t`Ask again`} size="s" onClick={() => onAgain(first.parent)} />
      <Versions versions={first.versions} shown={first.id} onShow={onShow} />
    </div>
  )
}
