import { useLingui } from '@lingui/react/macro'
import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './classes.ts'
import { Link } from './link.tsx'

const widths = { wide: 'max-w-280', text: 'max-w-180', narrow: 'max-w-104' } as const

type PageProps = {
  readonly title: string
  readonly hint?: ReactNode
  readonly actions?: ReactNode
  readonly width?: keyof typeof widths
  readonly back?: { readonly to: string; readonly label: string }
  readonly children: ReactNode
}

/** One screen: its name, what can be done here, and the rest. */
export function Page({ title, hint, actions, width = 'text', back, children }: PageProps) {
  const { t } = useLingui()
  return (
    <div className={cx('mx-auto w-full px-4 pt-6 pb-16 md:px-8 md:pt-10', widths[width])}>
      <title>{t`${title} · Bottega`}</title>
      {back && (
        <Link to={back.to} className="mb-3 inline-flex items-center gap-1.5 text-13 text-soft hover:text-ink">
          <ArrowLeft size={14} aria-hidden />
          {back.label}
        </Link>
      )}
      <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3 md:mb-8">
        <div className="min-w-0">
          <h1 className="text-24 font-semibold text-balance">{title}</h1>
          {hint && <p className="mt-1 max-w-140 text-soft text-pretty">{hint}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  )
}
