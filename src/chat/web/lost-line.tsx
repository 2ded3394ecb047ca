import { Trans } from '@lingui/react/macro'

/** The answer goes on without us, and will be here when the connection is. */
export function LostLine() {
  return (
    <p role="status" className="mx-auto w-full max-w-180 px-4 pb-2 text-13 text-amber md:px-8">
      <Trans>The connection is lost. The answer goes on without you; it is shown as soon as you are back.</Trans>
    </p>
  )
}
