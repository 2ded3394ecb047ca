import { Trans } from '@lingui/react/macro'
import { cx } from '#ui'

const dotted = 'flex-1 border-t-[1.5px] border-dotted border-dots'

/** The oldest messages are left out first, and that is said where it happens. */
export function MemoryLine() {
  return (
    <p className="mb-6 flex items-center gap-3 text-13 text-faint">
      <span className={cx(dotted)} aria-hidden />
      <Trans>Bots no longer read what stands above</Trans>
      <span className={cx(dotted)} aria-hidden />
    </p>
  )
}
