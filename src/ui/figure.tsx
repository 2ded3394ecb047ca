import { Plural, Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { cx } from './classes.ts'
import { useFormat } from './format.ts'

type PointsProps = {
  readonly value: bigint
  /** What they are worth in micro-dollars, drawn beside them. */
  readonly worth?: bigint
  /** `always` puts a plus before what comes in and colours both ways. */
  readonly sign?: 'none' | 'always'
  readonly unit?: 'words' | 'none'
  readonly className?: string | undefined
}

/** Points with their unit after a thin space, and the dollars beside them. */
export function Points({ value, worth, sign = 'none', unit = 'words', className }: PointsProps) {
  const format = useFormat()
  const figure = `${sign === 'always' && value > 0n ? '+' : ''}${format.points(value)}`
  return (
    <span className={cx('whitespace-nowrap', className)}>
      <span className={cx('figure', sign === 'always' && toneOf(value))}>{figure}</span>
      {unit === 'words' && (
        <span className="ml-px text-soft">
          {'\u2009'}
          <Plural value={Number(value)} one="point" other="points" />
        </span>
      )}
      {worth !== undefined && <span className="figure ml-2 text-faint">{format.dollars(worth)}</span>}
    </span>
  )
}

function toneOf(value: bigint): string {
  return value > 0n ? 'text-in' : 'text-ink'
}

type DollarsProps = { readonly micro: bigint; readonly sign?: 'none' | 'always'; readonly className?: string }

export function Dollars({ micro, sign = 'none', className }: DollarsProps) {
  const format = useFormat()
  const plus = sign === 'always' && micro > 0n ? '+' : ''
  return (
    <span className={cx('figure whitespace-nowrap', sign === 'always' && toneOf(micro), className)}>
      {plus}
      {format.dollars(micro)}
    </span>
  )
}

/** A bot's price as its creator sets it: micro-dollars for a thousand messages. Nothing is "Free". */
export function PricePerThousand({ micro, className }: { readonly micro: bigint; readonly className?: string }) {
  const format = useFormat()
  if (micro === 0n)
    return (
      <span className={className}>
        <Trans>No creator price</Trans>
      </span>
    )
  const price = format.dollars(micro)
  return (
    <span className={cx('whitespace-nowrap', className)}>
      <Trans>
        <span className="figure">{price}</span> <span className="text-soft">per 1,000 messages</span>
      </Trans>
    </span>
  )
}

export function Count({ value, className }: { readonly value: number | bigint; readonly className?: string }) {
  return <span className={cx('figure', className)}>{useFormat().count(value)}</span>
}

type TimeProps = { readonly at: string | Date; readonly className?: string }

export function Instant({ at, className }: TimeProps) {
  return <Time at={at} className={className} words={useFormat().instant(at)} />
}

export function Day({ at, className }: TimeProps) {
  return <Time at={at} className={className} words={useFormat().day(at)} />
}

/** Says how long ago; the instant itself is in its title. */
export function Ago({ at, className }: TimeProps) {
  const format = useFormat()
  return <Time at={at} className={className} words={format.ago(at)} title={format.instant(at)} />
}

function Time({
  at,
  words,
  ...rest
}: Omit<TimeProps, 'className'> & {
  readonly words: ReactNode
  readonly className?: string | undefined
  readonly title?: string
}) {
  return (
    <time dateTime={new Date(at).toISOString()} {...rest}>
      {words}
    </time>
  )
}
