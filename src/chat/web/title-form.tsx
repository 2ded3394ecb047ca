import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { changeConversation, limits, listConversations, type ConversationCard } from '#chat/contract'
import { isRefusal } from '#kernel/contract'
import { Input, isComposing, useWrite } from '#ui'

type TitleProps = {
  readonly head: Pick<ConversationCard, 'id' | 'title'>
  readonly onTitle: (title: string) => void
  readonly onDone: () => void
}

/** The same function each time, so that the field is focused when it comes and not whenever it is drawn. */
const focusOnce = (input: HTMLInputElement | null) => input?.focus()

/** Renames in place: Enter keeps it, Esc leaves it, and both give the focus back. */
export function TitleForm({ head, onTitle, onDone }: TitleProps) {
  const { t } = useLingui()
  const [before] = useState(() => document.activeElement)
  const [title, setTitle] = useState(head.title)
  const change = useWrite(changeConversation, { refresh: [listConversations] })
  const giveBack = () => {
    // Not before the field has gone: leaving it would keep what Esc has left.
    setTimeout(() => before instanceof HTMLElement && before.focus())
  }
  /** False where the title is refused: then the field stays. */
  const keep = async (): Promise<boolean> => {
    if (title.trim() !== '' && title !== head.title) {
      const changed = await change.run({ params: { conversation: head.id }, body: { title } })
      if (changed === undefined || isRefusal(changed)) return false
      onTitle(changed.title)
    }
    onDone()
    return true
  }
  return (
    <form
      className="min-w-0 flex-1"
      onSubmit={(event) => {
        event.preventDefault()
        void keep().then((done) => done && giveBack())
      }}
    >
      <Input
        ref={focusOnce}
        aria-label={t`Title`}
        aria-invalid={change.refusal !== undefined || undefined}
        value={title}
        maxLength={limits.title}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setTitle(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || isComposing(event)) return
          onDone()
          giveBack()
        }}
        onBlur={() => void keep()}
        className="h-8!"
      />
    </form>
  )
}
