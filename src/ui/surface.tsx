import type { ReactNode } from 'react'
import { cx } from './classes.ts'
import { Link } from './link.tsx'

type CardProps = { readonly to?: string; readonly className?: string; readonly children: ReactNode }

/** A sheet of paper with a hairline; with `to` the whole of it is one link. */
export function Card({ to, className, children }: CardProps) {
  const look = cx('block rounded-card border border-hair bg-paper p-5', className)
  if (to === undefined) return <div className={look}>{children}</div>
  return (
    <Link to={to} className={cx(look, 'transition-colors hover:border-dots hover:bg-raised')}>
      {children}
    </Link>
  )
}

type SectionProps = {
  readonly title: ReactNode
  readonly hint?: ReactNode
  readonly actions?: ReactNode
  readonly className?: string | undefined
  readonly children: ReactNode
}

export function Section({ title, hint, actions, className, children }: SectionProps) {
  return (
    <section className={cx('flex flex-col gap-4', className)}>
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div className="min-w-0">
          <h2 className="text-18 font-semibold">{title}</h2>
          {hint && <p className="text-13 text-faint">{hint}</p>}
        </div>
        {actions && <div className="flex gap-2">{actions}</div>}
      </header>
      {children}
    </section>
  )
}

export function Rule() {
  return <hr className="border-0 border-t border-hair" />
}

const tones = {
  plain: 'border-edge text-soft',
  accent: 'border-transparent bg-accent-wash text-accent',
  amber: 'border-transparent bg-amber-wash text-amber',
  good: 'border-transparent bg-in-wash text-in',
  bad: 'border-transparent bg-out-wash text-out',
  coral: 'border-transparent bg-coral-wash text-coral',
} as const

type TagProps = { readonly tone?: keyof typeof tones; readonly children: ReactNode }

/** One word about a thing: sponsored, generated, paid and the like are said by it, not only coloured. */
export function Tag({ tone = 'plain', children }: TagProps) {
  return (
    <span
      className={cx(
        'inline-flex h-5 items-center rounded-[4px] border px-1.5 text-12 font-medium whitespace-nowrap',
        tones[tone],
      )}
    >
      {children}
    </span>
  )
}

export function Key({ children }: { readonly children: ReactNode }) {
  return (
    <kbd className="inline-grid h-5 min-w-5 place-items-center rounded-[4px] border border-edge px-1 font-sans text-12 text-faint">
      {children}
    </kbd>
  )
}
