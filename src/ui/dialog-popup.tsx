import { Dialog as Base } from '@base-ui/react/dialog'
import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from './button.tsx'
import { cx } from './classes.ts'
import type { DialogProps } from './dialog.tsx'

const widths = { s: 'md:max-w-104', m: 'md:max-w-140', l: 'md:max-w-200' } as const

/** The half of Dialog that is fetched when the first one opens. */
export function DialogPopup({ onClose, title, hint, actions, size = 'm', head = 'full', children }: DialogProps) {
  // Asked for before anything inside takes the focus.
  const [before] = useState(() => document.activeElement)
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[oklch(0.16_0.02_268/0.42)]" />
        <Base.Popup
          finalFocus={() => (before instanceof HTMLElement && before.isConnected ? before : true)}
          className={cx(
            'rise fixed z-50 flex max-h-[88dvh] flex-col bg-ground shadow-float outline-none',
            'inset-x-0 bottom-0 rounded-t-[14px] pb-[env(safe-area-inset-bottom)]',
            'md:inset-x-4 md:top-[12vh] md:bottom-auto md:mx-auto md:max-h-[76vh] md:rounded-card md:pb-0',
            widths[size],
          )}
        >
          <span className="mx-auto mt-2 h-1 w-9 rounded-full bg-edge md:hidden" aria-hidden />
          {head === 'bare' ? (
            <Base.Title className="sr-only">{title}</Base.Title>
          ) : (
            <Head title={title} hint={hint} onClose={onClose} />
          )}
          <div
            className={cx(
              'min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 pb-5 md:px-6',
              head === 'bare' ? 'pt-4' : 'pt-1',
            )}
          >
            {children}
          </div>
          {actions && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-hair px-5 py-3 max-md:*:flex-1 md:px-6">
              {actions}
            </footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

function Head({ title, hint, onClose }: Pick<DialogProps, 'title' | 'hint' | 'onClose'>) {
  const { t } = useLingui()
  return (
    <header className="flex items-start justify-between gap-4 px-5 pt-3 pb-2 md:px-6 md:pt-5">
      <div className="min-w-0 pt-1">
        <Base.Title className="text-18 font-semibold">{title}</Base.Title>
        {hint && <Base.Description className="text-13 text-soft">{hint}</Base.Description>}
      </div>
      <IconButton icon={X} label={t`Close`} size="s" onClick={onClose} />
    </header>
  )
}
