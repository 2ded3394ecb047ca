import type { CSSProperties } from 'react'
import { cx } from './classes.ts'
import { masonMark } from './mason.ts'

type BotMarkProps = {
  readonly handle: string
  readonly size?: 20 | 24 | 32 | 40 | 64 | 96
  readonly className?: string | undefined
}

/** A bot's mark, cut from its handle as masons signed their stones. Its name stands beside it, so it is silent. */
export function BotMark({ handle, size = 40, className }: BotMarkProps) {
  const { paths, hue } = masonMark(handle)
  return (
    <svg
      viewBox="0 0 32 32"
      width={size}
      height={size}
      aria-hidden
      className={cx('mason shrink-0', className)}
      style={{ '--hue': hue } as CSSProperties}
    >
      <rect width="32" height="32" rx="7" className="mason-stone" />
      <path d={paths.join('')} className="mason-strokes" transform="translate(3.2 3.2) scale(0.8)" />
    </svg>
  )
}

type PersonMarkProps = { readonly name: string; readonly size?: 20 | 24 | 32 | 40 }

/** People are round and have their first letter; bots are stones. */
export function PersonMark({ name, size = 24 }: PersonMarkProps) {
  const [first = '?'] =
    new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name.trim())[Symbol.iterator]().next().value
      ?.segment ?? '?'
  return (
    <span
      aria-hidden
      style={{ width: size, height: size, fontSize: size * 0.46 }}
      className="inline-grid shrink-0 place-items-center rounded-full bg-accent-wash font-semibold text-accent"
    >
      {first.toUpperCase()}
    </span>
  )
}

/** The house's own sign: a receipt, torn off. */
export function HouseMark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg viewBox="0 0 24 28" width={size} height={(size * 28) / 24} aria-hidden className="shrink-0">
      <path d="M2 1h20v25.5l-3.3-3-3.4 3-3.3-3-3.3 3-3.4-3-3.3 3z" className="fill-accent" />
      <path d="M6.5 8h11M6.5 13h6" className="stroke-accent-ink" strokeWidth="2" fill="none" />
      <path d="M15.5 13h2" className="stroke-accent-ink" strokeWidth="2" />
    </svg>
  )
}
