import { Trans } from '@lingui/react/macro'
import { CallFault } from '#kernel/contract'
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { cx } from './classes.ts'
import { RequestId } from './request-id.tsx'

type StateProps = { readonly title: ReactNode; readonly children?: ReactNode; readonly action?: ReactNode }

/** What this is and how to begin. A dotted outline: the place is kept for what will come. */
export function EmptyState({ title, children, action }: StateProps) {
  return (
    <div className="flex flex-col items-center rounded-card border border-dashed border-edge px-6 py-12 text-center">
      <h2 className="text-18 font-semibold">{title}</h2>
      {children && <div className="mt-1 max-w-112 text-soft text-pretty">{children}</div>}
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}

type ErrorProps = {
  readonly title?: ReactNode
  readonly fault?: unknown
  readonly retry?: (() => void) | undefined
  readonly children?: ReactNode
}

/** What happened, what to do, and what was saved. */
export function ErrorState({ title, fault, retry, children }: ErrorProps) {
  const offline = isUnreachable(fault)
  const requestId = fault instanceof CallFault ? fault.requestId : undefined
  return (
    <div
      role="alert"
      className="flex flex-col items-center rounded-card border border-hair bg-paper px-6 py-10 text-center"
    >
      <h2 className="text-18 font-semibold">
        {title ?? (offline ? <Trans>Bottega did not answer</Trans> : <Trans>Something broke on our side</Trans>)}
      </h2>
      <div className="mt-1 max-w-112 text-soft text-pretty">
        {children ??
          (offline ? (
            <Trans>Check that it is still running and that you are online. Nothing you wrote is lost.</Trans>
          ) : (
            <Trans>
              It is not your doing and nothing was charged twice. Try again; if it stays, tell the operator.
            </Trans>
          ))}
      </div>
      {retry && (
        <Button className="mt-5" onClick={retry}>
          <Trans>Try again</Trans>
        </Button>
      )}
      {requestId && (
        <div className="mt-4">
          <RequestId id={requestId} />
        </div>
      )}
    </div>
  )
}

/** The request never came to an answer: fetch throws a TypeError then. */
export function isUnreachable(fault: unknown): boolean {
  return fault instanceof TypeError
}

const notices = {
  info: { icon: Info, look: 'bg-accent-wash text-ink', sign: 'text-accent' },
  amber: { icon: TriangleAlert, look: 'bg-amber-wash text-ink', sign: 'text-amber' },
  bad: { icon: CircleAlert, look: 'bg-out-wash text-ink', sign: 'text-out' },
  good: { icon: CircleCheck, look: 'bg-in-wash text-ink', sign: 'text-in' },
} as const

type NoticeProps = {
  readonly kind?: keyof typeof notices
  readonly action?: ReactNode
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** A few words that belong to what stands beside them. */
export function Notice({ kind = 'info', action, className, children }: NoticeProps) {
  const { icon: Icon, look, sign } = notices[kind]
  return (
    <div
      role={kind === 'bad' ? 'alert' : 'note'}
      className={cx('flex items-start gap-3 rounded-control px-3.5 py-2.5 text-15', look, className)}
    >
      <Icon size={16} className={cx('mt-1 shrink-0', sign)} aria-hidden />
      <div className="flex min-w-0 flex-1 flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-56 text-pretty">{children}</div>
        {action}
      </div>
    </div>
  )
}

/** The end of a list, so that nobody waits for more. */
export function EndOfList({ children }: { readonly children?: ReactNode }) {
  return (
    <p className="flex items-center gap-3 py-6 text-13 text-faint before:h-px before:flex-1 before:bg-hair after:h-px after:flex-1 after:bg-hair">
      {children ?? <Trans>That is all</Trans>}
    </p>
  )
}

/** As large as what comes: size it by className. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden className={cx('waiting block rounded-control bg-hair', className ?? 'h-4 w-full')} />
}

export function SkeletonText({ lines = 3 }: { readonly lines?: number }) {
  const widths = ['w-full', 'w-11/12', 'w-4/5', 'w-2/3']
  return (
    <Waiting className="flex flex-col gap-3 py-1">
      {Array.from({ length: lines }, (_, at) => (
        <Skeleton key={at} className={cx('h-3.5', widths[at % widths.length])} />
      ))}
    </Waiting>
  )
}

type RowsProps = { readonly count?: number; readonly className?: string }

export function SkeletonRows({ count = 5, className = 'h-14' }: RowsProps) {
  return (
    <Waiting className="flex flex-col gap-2">
      {Array.from({ length: count }, (_, at) => (
        <Skeleton key={at} className={cx('rounded-card', className)} />
      ))}
    </Waiting>
  )
}

function Waiting({ className, children }: { readonly className: string; readonly children: ReactNode }) {
  return (
    <div className={className} role="status">
      <span className="sr-only">
        <Trans>Loading</Trans>
      </span>
      {children}
    </div>
  )
}
