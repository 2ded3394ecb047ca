import { Plural, Trans } from '@lingui/react/macro'
import { memo } from 'react'
import type { Answer } from '#chat/contract'
import { BotMark, Button, Link, Markdown, Notice, places, SkeletonText } from '#ui'
import type { LiveAnswer, LiveTurn } from './live-turn.ts'
import { useLiveAnswer } from './use-live-turn.ts'

type AnswerProps = {
  readonly answer: Answer
  readonly live: LiveTurn | undefined
  /** Asks the question again, at the price that is shown then; undefined while the turn runs. */
  readonly onAgain: ((question: string) => void) | undefined
}

/** One bot's answer: as it is kept, or as far as it has come. */
export const AnswerView = memo(function AnswerView({ answer, live, onAgain }: AnswerProps) {
  const { bot, ending } = answer
  const coming = useLiveAnswer(live, answer.id)
  const growing = ending === null
  // What broke off ends anywhere, as what still grows does.
  const isCut = growing ? coming?.state !== 'ended' : ending !== 'finished'
  const text = growing ? (coming?.text ?? '') : answer.text
  return (
    <article aria-label={bot.name} aria-busy={growing}>
      <header className="mb-1.5 flex items-center gap-2">
        <BotMark handle={bot.handle} size={20} />
        <Link to={places.bot(bot.handle)} className="text-13 font-semibold hover:underline">
          {bot.name}
        </Link>
        {growing && <Progress coming={coming} />}
      </header>
      {text !== '' && <Markdown text={text} growing={isCut} />}
      {growing && text === '' && coming?.state !== 'waiting' && (
        <div aria-hidden>
          <SkeletonText lines={2} />
        </div>
      )}
      <Words answer={answer} coming={growing ? coming : undefined} onAgain={onAgain} />
    </article>
  )
})

/** A line has a place and a time; what just runs says no more than that it does. */
function Progress({ coming }: { readonly coming: LiveAnswer | undefined }) {
  if (coming?.state === 'ended') return null
  if (coming?.state !== 'waiting' || !coming.waiting)
    return <span aria-hidden className="waiting size-1.5 rounded-full bg-accent" />
  const { position, estimateMs } = coming.waiting
  const seconds = estimateMs === null ? undefined : Math.max(1, Math.round(estimateMs / 1000))
  return (
    <span className="text-13 text-faint">
      {seconds === undefined ? (
        <Trans>Place {position} in line</Trans>
      ) : (
        <Trans>
          Place {position} in line, <Plural value={seconds} one="about # second" other="about # seconds" />
        </Trans>
      )}
    </span>
  )
}

/** What failed by no doing of the reader's, so that the same question may be answered the next time. */
const mayGoBetter: readonly Answer['ending'][] = [
  'provider_failed_before',
  'provider_failed_after',
  'empty',
  'timed_out',
  'expired_waiting',
  'hold_expired',
  'shutdown',
  'killed',
]

type WordsProps = Pick<AnswerProps, 'answer' | 'onAgain'> & { readonly coming: LiveAnswer | undefined }

/** How it ended, where that needs words; they say what to do, and what can be done at once has its button. */
function Words({ answer, coming, onAgain }: WordsProps) {
  const words = coming ? coming.words : answer.words
  if (words === null) return null
  if (answer.ending === 'stopped' || answer.ending === 'cancelled_waiting')
    return <p className="mt-2 text-13 text-faint">{words}</p>
  const isFailed = mayGoBetter.includes(answer.ending)
  const again = isFailed && onAgain && (
    <Button size="s" onClick={() => onAgain(answer.parent)}>
      <Trans>Ask again</Trans>
    </Button>
  )
  return (
    <Notice kind={isFailed ? 'amber' : 'info'} action={again} className="mt-3">
      {words}
    </Notice>
  )
}
