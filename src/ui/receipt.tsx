import type { ReactNode } from 'react'
import { cx } from './classes.ts'
import { Link } from './link.tsx'

type ReceiptProps = {
  readonly label: string
  readonly torn?: 'bottom' | 'both' | 'none'
  readonly size?: 'slip' | 'sheet'
  readonly className?: string | undefined
  readonly children: ReactNode
}

const edges = { bottom: 'torn-bottom rounded-t-[4px]', both: 'torn-both', none: 'rounded-[4px]' } as const

/** Who got what for what: the one shape in which value is shown, before it moves and after. */
export function Receipt({ label, torn = 'bottom', size = 'slip', className, children }: ReceiptProps) {
  return (
    <section aria-label={label} className={cx('slip', className)}>
      <div className={cx('bg-paper', edges[torn], size === 'slip' ? 'px-4 py-3 text-13' : 'px-6 py-5 text-15')}>
        {children}
      </div>
    </section>
  )
}

type HeadProps = { readonly title: ReactNode; readonly children?: ReactNode }

/** What this is the receipt of, and on the right when or by which number. */
export function ReceiptHead({ title, children }: HeadProps) {
  return (
    <header className="mb-1 flex items-baseline justify-between gap-4 border-b border-hair pb-2">
      <h3 className="font-semibold">{title}</h3>
      {children && <span className="figure text-12 text-faint">{children}</span>}
    </header>
  )
}

const tones = { plain: '', in: 'text-in', out: 'text-out', sponsored: 'text-amber', gift: 'text-coral' } as const

type LineProps = {
  readonly label: ReactNode
  /** The address of whom or what the line names. */
  readonly to?: string
  readonly hint?: ReactNode
  readonly tone?: keyof typeof tones
  /** What stands on the right, a figure unless said. */
  readonly value?: 'figure' | 'words'
  readonly children: ReactNode
}

export function ReceiptLine({ label, to, hint, tone = 'plain', value = 'figure', children }: LineProps) {
  return (
    <dl className="py-1">
      <div className="flex items-baseline gap-2">
        <dt className="min-w-0">
          {to === undefined ? (
            label
          ) : (
            <Link to={to} className="underline decoration-dots underline-offset-3 hover:decoration-current">
              {label}
            </Link>
          )}
        </dt>
        <span className="leader" aria-hidden />
        <dd className={cx(value === 'figure' ? 'figure' : 'font-medium', 'shrink-0 text-right', tones[tone])}>
          {children}
        </dd>
      </div>
      {hint && <dd className="text-12 text-faint">{hint}</dd>}
    </dl>
  )
}

export function ReceiptRule() {
  return <hr className="my-1.5 border-0 border-t-[1.5px] border-dotted border-dots" />
}

type TotalProps = { readonly label: ReactNode; readonly children: ReactNode; readonly beside?: ReactNode }

/** The sum, and beside it what that is in the other money. */
export function ReceiptTotal({ label, children, beside }: TotalProps) {
  return (
    <dl className="mt-1 flex items-baseline gap-3 border-t border-hair pt-2.5 font-semibold">
      <dt className="flex-1">{label}</dt>
      {beside && <dd className="figure font-normal text-faint">{beside}</dd>}
      <dd className="figure text-right font-semibold">{children}</dd>
    </dl>
  )
}

export function ReceiptNote({ children }: { readonly children: ReactNode }) {
  return <p className="pt-2 text-12 text-faint text-pretty">{children}</p>
}
