import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { listLines } from '#app/contract'
import { getTakings } from '#revenue/messages/contract'
import { Read, Receipt, ReceiptLine, ReceiptNote, Section, Skeleton, useFormat, useRead } from '#ui'

const refreshMs = 10_000

/** What messages brought since the beginning, where this install has that line of revenue. */
export function TakingsSection() {
  const lines = useRead(listLines, {})
  const isSold =
    lines.state === 'ready' && lines.value.lines.some(({ name, state }) => name === 'messages' && state !== 'absent')
  return isSold ? <Takings /> : null
}

function Takings() {
  const { t } = useLingui()
  const format = useFormat()
  const read = useRead(getTakings, {}, { refreshMs })
  return (
    <Section title={<Trans>What messages brought</Trans>} hint={<Trans>Since this install began.</Trans>}>
      <Read of={read} loading={<Skeleton className="h-64 rounded-card" />}>
        {({ consumed, earned, earnedFree, rounding }) => (
          <Receipt label={t`What messages brought`} size="sheet">
            <ReceiptLine
              label={<Trans>Taken for answers</Trans>}
              hint={<Trans>Bought points and free ones alike</Trans>}
            >
              <Plural
                value={Number(consumed)}
                one={`${format.points(consumed)} point`}
                other={`${format.points(consumed)} points`}
              />
            </ReceiptLine>
            <ReceiptLine
              label={<Trans>Earned by creators</Trans>}
              hint={<Trans>By bought points; you owe it to them</Trans>}
            >
              {format.dollars(earned)}
            </ReceiptLine>
            <ReceiptLine
              label={<Trans>Earned by creators, of free points</Trans>}
              hint={<Trans>Out of the budget that you funded</Trans>}
            >
              {format.dollars(earnedFree)}
            </ReceiptLine>
            <ReceiptLine
              label={<Trans>Remainder of rounding</Trans>}
              hint={<Trans>What whole points were worth beyond the exact prices; it stays with the house</Trans>}
            >
              {format.dollars(rounding)}
            </ReceiptLine>
            <ReceiptNote>
              <Trans>
                None of this is a profit: what the models cost you is not in it. That is on the bills of their
                providers.
              </Trans>
            </ReceiptNote>
          </Receipt>
        )}
      </Read>
    </Section>
  )
}
