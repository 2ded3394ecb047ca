import { Trans, useLingui } from '@lingui/react/macro'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Question } from '#chat/contract'
import { cx, IconButton, useAddress } from '#ui'
import { rowsOf, type Row } from './branch.ts'
import type { ReadyThread } from './conversation.tsx'
import type { LiveTurn } from './live-turn.ts'
import { QuestionView } from './question-view.tsx'
import { TurnView } from './turn-view.tsx'

export type ThreadViewProps = {
  readonly thread: ReadyThread
  readonly live: LiveTurn | undefined
  readonly onEdit: (question: Question) => void
  readonly onAgain: (question: string) => void
  readonly onSuggestion: (text: string) => void
}

/** A question is a line or two, answers are longer; each is measured once it is drawn. */
const estimates = { question: 88, turn: 280 } as const
/** So close to what is loaded the next older page is fetched. */
const loadWithin = 6

/** The branch. Only what is near the window is drawn; what is read stands still when older messages come above it. */
export function ThreadView({ thread, live, onEdit, onAgain, onSuggestion }: ThreadViewProps) {
  const { t } = useLingui()
  const { messages, before, loadOlder, loadingOlder, show, head } = thread
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => rowsOf(messages), [messages])
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => estimates[rows[at]?.kind ?? 'turn'],
    getItemKey: (at) => rows[at]?.key ?? at,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 64,
    overscan: 4,
    paddingStart: 32,
    paddingEnd: 24,
    useCachedMeasurements: true,
  })
  const items = virtualizer.getVirtualItems()
  const first = items[0]?.index ?? 0
  const atEnd = useIsAtEnd(scroller)

  useLayoutEffect(() => virtualizer.scrollToEnd(), [virtualizer])
  const lastQuestion = messages.findLast(({ kind }) => kind === 'question')?.id
  const shownQuestion = useRef(lastQuestion)
  useEffect(() => {
    if (shownQuestion.current === lastQuestion) return
    shownQuestion.current = lastQuestion
    virtualizer.scrollToEnd()
  }, [lastQuestion, virtualizer])
  useEffect(() => {
    if (first <= loadWithin && before !== null && !loadingOlder) void loadOlder()
  }, [first, before, loadingOlder, loadOlder])
  const sought = useSought(thread, rows, (at) => virtualizer.scrollToIndex(at, { align: 'center' }))

  return (
    <div className="relative min-h-0 flex-1">
      {loadingOlder && first <= 1 && (
        <div className="waiting absolute inset-x-0 top-0 z-10 h-0.5 bg-accent" role="status" aria-label={t`Loading`} />
      )}
      <div ref={scroller} className="h-full overflow-y-auto [overflow-anchor:none]" data-thread>
        <ol aria-label={t`Messages`} className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]
            return (
              row && (
                <li
                  key={item.key}
                  ref={virtualizer.measureElement}
                  data-index={item.index}
                  aria-setsize={-1}
                  aria-posinset={item.index + 1}
                  className={cx('absolute inset-x-0 top-0', row.key === sought && 'bg-accent-wash')}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <div className="mx-auto w-full max-w-180 px-4 pb-6 md:px-8">
                    {isMemoryEdge(row, head.context.from) && <MemoryLine />}
                    {row.kind === 'question' ? (
                      <QuestionView question={row.question} onEdit={onEdit} onShow={show} />
                    ) : (
                      <TurnView
                        conversation={head.id}
                        answers={row.answers}
                        live={live}
                        isLast={item.index === rows.length - 1}
                        onAgain={onAgain}
                        onShow={show}
                        onSuggestion={onSuggestion}
                      />
                    )}
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
          onClick={() => virtualizer.scrollToEnd({ behavior: 'smooth' })}
        />
      )}
    </div>
  )
}

const isMemoryEdge = (row: Row, from: string | null) =>
  from !== null &&
  (row.kind === 'question' ? row.question.id === from : row.answers.some((answer) => answer.id === from))

/** The oldest is left out first, and that is said where it happens. */
function MemoryLine() {
  return (
    <p className="mb-6 flex items-center gap-3 text-13 text-faint before:flex-1 before:border-t-[1.5px] before:border-dotted before:border-dots after:flex-1 after:border-t-[1.5px] after:border-dotted after:border-dots">
      <Trans>Bots no longer read what stands above</Trans>
    </p>
  )
}

const nearEnd = 120

function useIsAtEnd(scroller: React.RefObject<HTMLDivElement | null>): boolean {
  const [atEnd, setAtEnd] = useState(true)
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const look = () => setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd)
    element.addEventListener('scroll', look, { passive: true })
    return () => element.removeEventListener('scroll', look)
  }, [scroller])
  return atEnd
}

/** `?m=…` names a message that was found: its branch is shown, older pages are fetched until it is here, and it is lit up. */
function useSought(thread: ReadyThread, rows: readonly Row[], reach: (at: number) => void): string | undefined {
  const { search } = useAddress()
  const wanted = search.get('m') ?? undefined
  const [done, setDone] = useState<string>()
  const [asked, setAsked] = useState<string>()
  const at = rows.findIndex((row) =>
    row.kind === 'question' ? row.question.id === wanted : row.answers.some(({ id }) => id === wanted),
  )
  const { before, loadingOlder, loadOlder, show } = thread
  useEffect(() => {
    if (wanted === undefined || done === wanted) return
    if (at >= 0) {
      reach(at)
      setDone(wanted)
    } else if (asked !== wanted) {
      setAsked(wanted)
      void show(wanted)
    } else if (before !== null && !loadingOlder) void loadOlder()
  }, [wanted, done, asked, at, before, loadingOlder, loadOlder, show, reach])
  return wanted !== undefined && at >= 0 ? rows[at]?.key : undefined
}
