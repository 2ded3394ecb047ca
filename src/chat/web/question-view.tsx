import { Trans, useLingui } from '@lingui/react/macro'
import { Pencil } from 'lucide-react'
import { memo, useState } from 'react'
import type { Question } from '#chat/contract'
import { Button, cx, IconButton } from '#ui'
import { CopyButton } from './copy-button.tsx'
import { Versions } from './versions.tsx'

type QuestionProps = {
  readonly question: Question
  readonly onEdit: (question: Question) => void
  readonly onShow: (message: string) => Promise<boolean>
}

/** Longer than this a question is folded, so that its answer is in sight. */
const foldedAbove = 1_200

/** What was asked, as it was written: nothing in it is read as markup. */
export const QuestionView = memo(function QuestionView({ question, onEdit, onShow }: QuestionProps) {
  const { t } = useLingui()
  const [open, setOpen] = useState(false)
  const { text, versions, id } = question
  const isLong = text.length > foldedAbove
  return (
    <article aria-label={t`You`} className="group flex flex-col items-end">
      <div className="max-w-[85%] rounded-card rounded-br-[3px] bg-accent-wash px-4 py-2.5">
        <p
          dir="auto"
          className={cx(
            'wrap-anywhere whitespace-pre-wrap',
            isLong && !open && 'max-h-60 overflow-hidden mask-b-from-60%',
          )}
        >
          {text}
        </p>
        {isLong && (
          <Button kind="quiet" size="s" className="-ml-2.5 mt-1" onClick={() => setOpen(!open)}>
            {open ? <Trans>Show less</Trans> : <Trans>Show all</Trans>}
          </Button>
        )}
      </div>
      <div className="mt-0.5 -mb-4 flex h-8 items-center gap-0.5">
        <Versions versions={versions} shown={id} onShow={onShow} />
        <span className="flex opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100">
          <CopyButton text={text} />
          <IconButton icon={Pencil} label={t`Edit`} size="s" onClick={() => onEdit(question)} />
        </span>
      </div>
    </article>
  )
})
