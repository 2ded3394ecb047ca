import { Trans, useLingui } from '@lingui/react/macro'
import { Tag, useHouse } from '#ui'

/** Said on every screen of a demo: nothing here is real money. */
export function DemoTag() {
  const { mode } = useHouse()
  const { t } = useLingui()
  if (mode !== 'demo') return null
  return (
    <span title={t`Play money, on this machine alone. Nothing here can cost anything.`}>
      <Tag tone="amber">
        <Trans>Demo</Trans>
      </Tag>
    </span>
  )
}
