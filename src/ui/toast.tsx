import { Trans, useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from 'react'
import { Button, IconButton } from './button.tsx'
import { cx } from './classes.ts'
import { RequestId } from './request-id.tsx'

export type ToastOptions = {
  readonly words: ReactNode
  readonly kind?: 'plain' | 'good' | 'bad'
  readonly undo?: { readonly label?: ReactNode; readonly run: () => unknown }
  readonly requestId?: string | undefined
}

type Shown = ToastOptions & { readonly key: number }

const ToastContext = createContext<(options: ToastOptions) => void>(() => undefined)

const shownMax = 3
const shownForMs = 7000

/** Says what was done, and offers to take it back. */
export function useToast(): (options: ToastOptions) => void {
  return useContext(ToastContext)
}

let keys = 0

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<readonly Shown[]>([])
  const show = useCallback((options: ToastOptions) => {
    const added = { ...options, key: ++keys }
    setShown((before) => [...before, added].slice(-shownMax))
  }, [])
  const close = useCallback((key: number) => setShown((before) => before.filter((each) => each.key !== key)), [])
  return (
    <ToastContext value={show}>
      {children}
      <div
        role="status"
        className={cx(
          'pointer-events-none fixed inset-x-0 bottom-[calc(env(safe-area-inset-bottom)+72px)] z-60 flex flex-col',
          'items-center gap-2 px-4 md:bottom-6',
          // What a screen keeps at its foot, to write and send or to save, stays in sight.
          '[:root:has([data-foot])_&]:bottom-[calc(env(safe-area-inset-bottom)+136px)]',
        )}
      >
        {shown.map((toast) => (
          <Toast key={toast.key} toast={toast} close={close} />
        ))}
      </div>
    </ToastContext>
  )
}

/** Stays while a pointer is on it or the focus in it, so that nobody has to be quick. */
function Toast({ toast, close }: { readonly toast: Shown; readonly close: (key: number) => void }) {
  const { t } = useLingui()
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (held || toast.kind === 'bad') return
    const timer = setTimeout(() => close(toast.key), shownForMs)
    return () => clearTimeout(timer)
  }, [held, toast, close])
  return (
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="rise pointer-events-auto flex max-w-120 items-center gap-3 rounded-card bg-raised py-2 pr-2 pl-4 text-15 shadow-float"
    >
      <span
        className={cx(
          'size-2 shrink-0 rounded-full',
          toast.kind === 'bad' ? 'bg-out' : toast.kind === 'good' ? 'bg-in' : 'bg-dots',
        )}
        aria-hidden
      />
      <div className="min-w-0 py-1">
        {toast.words}
        {toast.requestId && <RequestId id={toast.requestId} />}
      </div>
      {toast.undo && (
        <Button
          size="s"
          onClick={() => {
            void toast.undo?.run()
            close(toast.key)
          }}
        >
          {toast.undo.label ?? <Trans>Undo</Trans>}
        </Button>
      )}
      <IconButton icon={X} label={t`Dismiss`} size="s" onClick={() => close(toast.key)} />
    </div>
  )
}
