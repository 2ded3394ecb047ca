import { Plural, Trans, useLingui } from '@lingui/react/macro'
import type { BotCard } from '#bots/contract'
import { Dollars, Receipt, ReceiptHead, ReceiptLine, ReceiptNote, ReceiptRule, useFormat } from '#ui'
import { pointsAMessage } from './price.ts'

type Priced = Pick<BotCard, 'usdPerThousand' | 'model' | 'creator'>

/** The price of one message by its parts, in the shape of the receipt it will become. */
export function PriceSlip({ bot }: { readonly bot: Priced }) {
  const { t } = useLingui()
  const format = useFormat()
  const points = pointsAMessage(bot.usdPerThousand)
  const free = points === 0n && bot.model === null
  return (
    <Receipt label={t`What a message costs`}>
      <ReceiptHead title={<Trans>A message costs</Trans>}>{bot.creator ? undefined : t`house`}</ReceiptHead>
      {bot.creator && (
        <ReceiptLine
          label={bot.creator.name}
          hint={
            <Trans>
              <Dollars micro={bot.usdPerThousand} /> for 1,000 messages
            </Trans>
          }
        >
          <Plural
            value={Number(points)}
            one={`${format.points(points)} point`}
            other={`${format.points(points)} points`}
          />
        </ReceiptLine>
      )}
      {bot.model !== null && (
        <ReceiptLine label={<Trans>The model</Trans>} hint={bot.model} value="words">
          <Trans>by length</Trans>
        </ReceiptLine>
      )}
      <ReceiptLine label={<Trans>The house</Trans>} value="words">
        {free ? t`nothing` : t`a tenth of it`}
      </ReceiptLine>
      <ReceiptRule />
      <ReceiptNote>
        {free ? (
          <Trans>This bot answers without a model and costs nothing.</Trans>
        ) : (
          <Trans>The composer shows the whole price before you send. You never pay more than it says.</Trans>
        )}
      </ReceiptNote>
    </Receipt>
  )
}
