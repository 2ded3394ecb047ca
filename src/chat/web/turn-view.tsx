import { memo, useDeferredValue } from 'react'
import type { Answer } from '#chat/contract'
import { Button, useSlot } from '#ui'
import { AnswerView } from './answer-view.tsx'
import type { LiveTurn } from './live-turn.ts'
import { AnswerActions } from './answer-actions.tsx'

type TurnProps = {
  readonly answers: readonly Answer[]
  readonly live: LiveTurn | undefined
  readonly isLast: boolean
  readonly onAgain: (question: string) => void
  readonly onShow: (message: string) => Promise<boolean>
  readonly onSuggestion: (text: string) => void
}

/** All answers of one turn, and the one receipt for them. */
export const TurnView = memo(function TurnView(props: TurnProps) {
  const { answers, live, isLast, onAgain, onShow, onSuggestion } = props
  const Receipt = useSlot('receipt')
  const [first] = answers
  // The end of an answer is drawn first, and what stands below it then: its place is kept.
  const running = useDeferredValue(answers.some(({ ending }) => ending === null))
  if (!first) return null
  const suggestions = isLast && !running ? [...new Set(answers.flatMap((answer) => answer.suggestions))] : []
  return (
    <div className="group flex flex-col gap-6">
      {answers.map((answer) => (
        <AnswerView
          key={answer.id}
          answer={answer}
          live={answer.ending === null ? live : undefined}
          onAgain={running ? undefined : onAgain}
        />
      ))}
      <footer className="-mt-4 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        {Receipt && <Receipt turn={first.turn} running={running} />}
        {!running && <AnswerActions answers={answers} onAgain={onAgain} onShow={onShow} />}
      </footer>
      {suggestions.length > 0 && (
        <ul className="-mt-3 flex flex-wrap gap-2">
          {suggestions.map((text) => (
            <li key={text}>
              <Button size="s" className="h-auto! py-1 text-left whitespace-normal!" onClick={() => onSuggestion(text)}>
                {text}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
})
