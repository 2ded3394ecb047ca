import { useLingui } from '@lingui/react/macro'
import { getReceipt } from '#revenue/messages/contract'
import { Page, places, Read, Skeleton, useRead, type ScreenProps } from '#ui'
import { ReceiptSheet } from './receipt-sheet.tsx'

export function ReceiptPage({ params }: ScreenProps<'/receipts/$turn'>) {
  const { t } = useLingui()
  const receipt = useRead(getReceipt, { params: { turn: params.turn } })
  return (
    <Page title={t`Receipt`} width="narrow" back={{ to: places.wallet, label: t`Wallet` }}>
      <Read of={receipt} loading={<Skeleton className="h-96 rounded-card" />}>
        {(found) => <ReceiptSheet receipt={found} />}
      </Read>
    </Page>
  )
}
