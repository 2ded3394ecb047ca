import { Trans, useLingui } from '@lingui/react/macro'
import type { Provider, Trial } from '#models/contract'
import { LinkButton, places, Receipt, ReceiptHead, ReceiptLine, ReceiptRule, useFormat } from '#ui'

type AnswerProps = { readonly provider: Provider; readonly trial: Trial }

/** The proof that a key works: what the model said, and how fast. */
export function FirstAnswer({ provider, trial }: AnswerProps) {
  const { t } = useLingui()
  const format = useFormat()
  const offered = provider.models.filter((model) => model.offered).length
  return (
    <Receipt label={t`First answer`} size="sheet" className="rise">
      <ReceiptHead title={<Trans>{provider.name} answers</Trans>}>{trial.model}</ReceiptHead>
      <p className="py-2 text-18 text-pretty">“{trial.words}”</p>
      <ReceiptRule />
      {trial.firstTokenMs !== null && (
        <ReceiptLine label={<Trans>First word after</Trans>}>{format.duration(trial.firstTokenMs)}</ReceiptLine>
      )}
      <ReceiptLine label={<Trans>Models it lists</Trans>}>{provider.models.length}</ReceiptLine>
      <ReceiptLine label={<Trans>Offered to creators</Trans>}>{offered}</ReceiptLine>
      <p className="flex flex-wrap gap-2 pt-4">
        <LinkButton to={places.newBot}>
          <Trans>Make a bot on it</Trans>
        </LinkButton>
        <LinkButton kind="quiet" to={places.studio}>
          <Trans>Add the house’s bots</Trans>
        </LinkButton>
      </p>
    </Receipt>
  )
}
