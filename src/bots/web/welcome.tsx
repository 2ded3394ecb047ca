import { Trans, useLingui } from '@lingui/react/macro'
import { Dollars, LinkButton, places, Points, Receipt, ReceiptHead, ReceiptLine, ReceiptNote, ReceiptTotal } from '#ui'

const example = { creator: 134n, model: 9n, house: 15n, microUsd: 4_740n }

/** For whoever comes for the first time: what this is, and the one thing that it does unlike others. */
export function Welcome() {
  const { t } = useLingui()
  const { creator, model, house, microUsd } = example
  return (
    <section className="mx-auto grid w-full max-w-280 items-center gap-8 px-4 pt-8 md:px-8 md:pt-14 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div>
        <p className="max-w-120 text-36 font-semibold text-balance max-md:text-24">
          <Trans>Bots that show their price tags</Trans>
        </p>
        <p className="mt-3 max-w-128 text-18 text-soft text-pretty max-md:text-15">
          <Trans>
            You see what a message costs before you send it, and afterwards a receipt that says who got how much. There
            are free points every day, and whoever makes a bot earns by it.
          </Trans>
        </p>
        <div className="mt-6 flex flex-wrap gap-2">
          <LinkButton kind="accent" size="l" to={places.signUp()}>
            <Trans>Make an account</Trans>
          </LinkButton>
          <LinkButton size="l" to={places.bot('guide')}>
            <Trans>Meet the Guide</Trans>
          </LinkButton>
        </div>
      </div>
      <Receipt label={t`A receipt, for instance`} size="sheet" className="max-md:hidden">
        <ReceiptHead title={<Trans>Receipt</Trans>}>{t`for instance`}</ReceiptHead>
        <ReceiptLine label={<Trans>The creator</Trans>}>
          <Points value={creator} unit="none" />
        </ReceiptLine>
        <ReceiptLine label={<Trans>The model</Trans>} hint={<Trans>as long as the answer was</Trans>}>
          <Points value={model} unit="none" />
        </ReceiptLine>
        <ReceiptLine label={<Trans>The house</Trans>}>
          <Points value={house} unit="none" />
        </ReceiptLine>
        <ReceiptTotal label={<Trans>Message</Trans>} beside={<Dollars micro={microUsd} />}>
          <Points value={creator + model + house} />
        </ReceiptTotal>
        <ReceiptNote>
          <Trans>Never more than the composer said before.</Trans>
        </ReceiptNote>
      </Receipt>
    </section>
  )
}
