import { Trans, useLingui } from '@lingui/react/macro'
import { ArrowDown } from 'lucide-react'
import { memo, useMemo, useRef } from 'react'
import type { Question } from '#chat/contract'
import { Button, cx, IconButton, Notice } from '#ui'
import { rowsOf, type Row } from './branch.ts'
import type { LiveTurn } from './live-turn.ts'
import { MemoryLine } from './memory-line.tsx'
import { QuestionView } from './question-view.tsx'
import type { Opened, ThreadStore } from './thread-store.ts'
import { TurnView } from './turn-view.tsx'
import { useSought } from './use-sought.ts'
import { useThreadScroll } from './use-thread-scroll.ts'

type ThreadViewProps = RowActions & {
  readonly loaded: Opened
  readonly store: ThreadStore
  readonly live: LiveTurn | undefined
}

type RowActions = {
  readonly onEdit: (question: Question) => void
  readonly onAgain: (question: string) => void
  readonly onSuggestion: (text: string) => void
}

/** The branch. Only what is near the window is drawn; what is read stands still when older messages come above it. */
export function ThreadView({ loaded, store, live, ...actions }: ThreadViewProps) {
  const { t } = useLingui()
  const { messages, older, head } = loaded
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => rowsOf(messages), [messages])
  const { virtualizer, list, atEnd } = useThreadScroll({ scroller, rows, loaded, store })
  const sought = useSought({ rows, loaded, store }, (at) => virtualizer.scrollToIndex(at, { align: 'center' }))
  const items = virtualizer.getVirtualItems()
  const isAtBeginning = (items[0]?.index ?? 0) <= 1
  return (
    <div className="relative min-h-0 flex-1">
      {older === 'loading' && isAtBeginning && (
        <div className="waiting absolute inset-x-0 top-0 z-10 h-0.5 bg-accent" role="status" aria-label={t`Loading`} />
      )}
      {older === 'failed' && (isAtBeginning || sought.isMissing) && (
        <OlderFailed onRetry={() => void store.loadOlder()} />
      )}
      <div ref={scroller} className="h-full overflow-y-auto [overflow-anchor:none]">
        <ol ref={list} aria-label={t`Messages`} className="relative">
          {items.map(({ key, index }) => {
            const row = rows[index]
            return (
              row && (
                <li
                  key={key}
                  ref={virtualizer.measureElement}
                  data-index={index}
                  className={cx('absolute inset-x-0 top-0', row.key === sought.key && 'bg-accent-wash')}
                >
                  <div className="mx-auto w-full max-w-180 px-4 pb-6 md:px-8">
                    {isEdge(row, head.context.from) && <MemoryLine />}
                    <RowView
                      row={row}
                      live={isRunning(row) ? live : undefined}
                      isLast={index === rows.length - 1}
                      show={store.show}
                      {...actions}
                    />
                  </div>
                </li>
              )
            )
          })}
        </ol>
      </div>
      {!atEnd && (
        <IconButton
          icon={ArrowDown}
          label={t`To the latest message`}
          kind="plain"
          className="absolute right-4 bottom-3 rounded-full! shadow-float md:right-8"
          onClick={() => virtualizer.scrollToEnd({ behavior: movesLittle() ? 'auto' : 'smooth' })}
        />
      )}
    </div>
  )
}

/** A style sheet cannot say this of a scroll that a script asks for. */
const movesLittle = () => matchMedia('(prefers-reduced-motion: reduce)').matches

function OlderFailed({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <div className="absolute inset-x-0 top-0 z-10 mx-auto w-full max-w-180 px-4 pt-2 md:px-8">
      <Notice
        kind="bad"
        className="shadow-float"
        action={
          <Button size="s" onClick={onRetry}>
            <Trans>Try again</Trans>
          </Button>
        }
      >
        <Trans>Older messages could not be read.</Trans>
      </Notice>
    </div>
  )
}

type RowProps = RowActions & {
  readonly row: Row
  readonly live: LiveTurn | undefined
  readonly isLast: boolean
  readonly show: (message: string) => Promise<boolean>
}

const RowView = memo(function RowView(props: RowProps) {
  const { row, live, isLast, show, onEdit, onAgain, onSuggestion } = props
  if (row.kind === 'question') return <QuestionView question={row.question} onEdit={onEdit} onShow={show} />
  return (
    <TurnView
      answers={row.answers}
      live={live}
      isLast={isLast}
      onAgain={onAgain}
      onShow={show}
      onSuggestion={onSuggestion}
    />
  )
})

const isRunning = (row: Row) => row.kind === 'turn' && row.answers.some(({ ending }) => ending === null)

/** Above this row a bot's memory ends. */
const isEdge = (row: Row, from: string | null) =>
  from !== null &&
  (row.kind === 'question' ? row.question.id === from : row.answers.some((answer) => answer.id === from))
