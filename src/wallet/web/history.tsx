import { useLingui as useCatalogue } from '@lingui/react'
import { Trans, useLingui } from '@lingui/react/macro'
import { getHistory, type HistoryLine } from '#wallet/contract'
import { EmptyState, Link, places, Read, ReadMore, SkeletonRows, useFormat, useReadPages } from '#ui'
import { journalWords } from './words.ts'

/** Every journal that moved the points, newest first, with what was there after it. */
export function History() {
  const { t } = useLingui()
  const pages = useReadPages(getHistory, (after) => ({ query: after === undefined ? {} : { before: BigInt(after) } }), {
    next: ({ lines, more }) => (more ? String(lines.at(-1)?.at) : null),
    items: ({ lines }) => lines,
  })
  return (
    <Read of={pages.of} loading={<SkeletonRows count={6} className="h-11" />}>
      {(lines) =>
        lines.length === 0 ? (
          <EmptyState title={<Trans>Nothing yet</Trans>}>
            <Trans>Every point that comes or goes is written here, with what is left after it.</Trans>
          </EmptyState>
        ) : (
          <>
            <ol aria-label={t`History`} className="flex flex-col">
              {days(lines).map(([day, those]) => (
                <li key={day}>
                  <DayLines day={day} lines={those} />
                </li>
              ))}
            </ol>
            <ReadMore of={pages} end={<Trans>The beginning</Trans>} />
          </>
        )
      }
    </Read>
  )
}

/** By the day where the reader is. */
function days(lines: readonly HistoryLine[]): readonly (readonly [string, readonly HistoryLine[]])[] {
  return [...Map.groupBy(lines, ({ postedAt }) => new Date(postedAt).toDateString())]
}

function DayLines({ day, lines }: { readonly day: string; readonly lines: readonly HistoryLine[] }) {
  const format = useFormat()
  return (
    <section className="pb-4">
      <header className="flex items-baseline justify-between border-b border-hair pb-1.5 text-12 text-faint">
        <h3 className="font-medium">{format.day(new Date(day))}</h3>
        <span className="max-md:hidden">
          <Trans>left after it</Trans>
        </span>
      </header>
      <ol>
        {lines.map((line) => (
          <Line key={line.journal} line={line} />
        ))}
      </ol>
    </section>
  )
}

function Line({ line }: { readonly line: HistoryLine }) {
  const { i18n } = useCatalogue()
  const format = useFormat()
  const words = i18n._(journalWords(line.template, line.points))
  const about = line.bots.map(({ handle, name }) => name ?? `@${handle}`).join(', ')
  const came = line.points > 0n
  return (
    <li className="flex items-baseline gap-3 border-b border-hair py-2.5 last:border-0">
      <time dateTime={line.postedAt} className="figure w-16 shrink-0 text-12 text-faint">
        {format.time(line.postedAt)}
      </time>
      <span className="min-w-0 flex-1 truncate">
        {line.turn === null ? (
          words
        ) : (
          <Link to={places.receipt(line.turn)} className="underline decoration-dots underline-offset-3">
            {about || words}
          </Link>
        )}
      </span>
      <span className={`figure text-right ${came ? 'text-in' : ''}`}>
        {came ? '+' : '−'}
        {format.points(came ? line.points : -line.points)}
      </span>
      <span className="figure w-28 text-right text-faint max-md:hidden">{format.points(line.balance)}</span>
    </li>
  )
}
