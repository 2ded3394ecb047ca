import { Trans, useLingui } from '@lingui/react/macro'
import { LinkButton, Page, places, Receipt, ReceiptHead, ReceiptLine, ReceiptTotal, useAddress } from '#ui'

/** An address that no room has. */
export function NotFound() {
  const { path } = useAddress()
  const { t } = useLingui()
  return (
    <Page title={t`There is nothing at this address`} width="narrow">
      <Receipt label={t`What was looked for`} torn="both" size="sheet">
        <ReceiptHead title={<Trans>Looked for</Trans>}>404</ReceiptHead>
        <ReceiptLine label={<Trans>Address</Trans>}>
          <span className="break-all whitespace-normal">{path.slice(0, 80)}</span>
        </ReceiptLine>
        <ReceiptLine label={<Trans>Found</Trans>}>0</ReceiptLine>
        <ReceiptTotal label={<Trans>Charged</Trans>}>0</ReceiptTotal>
      </Receipt>
      <div className="mt-8 flex gap-2">
        <LinkButton kind="accent" to={places.home}>
          <Trans>Go to the bots</Trans>
        </LinkButton>
      </div>
    </Page>
  )
}
