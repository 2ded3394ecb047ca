import { Trans } from '@lingui/react/macro'
import { lazy, Suspense, type ReactNode } from 'react'
import { Button } from './button.tsx'

export type DialogProps = {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  readonly hint?: ReactNode
  readonly actions?: ReactNode
  readonly size?: 's' | 'm' | 'l'
  /** `bare` leaves the head to its content, which then says how to close it; the title is only read aloud. */
  readonly head?: 'full' | 'bare'
  readonly children?: ReactNode
}

const Popup = lazy(async () => ({ default: (await import('./dialog-popup.tsx')).DialogPopup }))

/** Over the page on a desktop, a sheet from below on a phone. Esc and a press outside close it; focus goes back. */
export function Dialog(props: DialogProps) {
  if (!props.open) return null
  return (
    <Suspense fallback={null}>
      <Popup {...props} />
    </Suspense>
  )
}

type ConfirmProps = {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  /** The verb of what will be done, on the button. */
  readonly action: ReactNode
  readonly kind?: 'accent' | 'danger'
  readonly busy?: boolean
  readonly onConfirm: () => void
  readonly children: ReactNode
}

/** For money and deletion only: says exactly what will happen. All else is done at once and can be undone. */
export function Confirm({ action, kind = 'danger', busy = false, onConfirm, children, ...dialog }: ConfirmProps) {
  const actions = (
    <>
      <Button onClick={dialog.onClose}>
        <Trans>Cancel</Trans>
      </Button>
      <Button kind={kind} busy={busy} onClick={onConfirm}>
        {action}
      </Button>
    </>
  )
  return (
    <Dialog {...dialog} size="s" actions={actions}>
      {children}
    </Dialog>
  )
}
