import { Trans, useLingui } from '@lingui/react/macro'
import { Dollars, Link, Page, places, Receipt, ReceiptHead, ReceiptLine, ReceiptNote, useViewer } from '#ui'
import { SignUpForm } from './entry-forms.tsx'
import { SignedIn, useWayOn } from './way-on.tsx'

export function SignUpPage() {
  const { t } = useLingui()
  const viewer = useViewer()
  const { to, goOn } = useWayOn()
  return (
    <Page title={t`Make an account`} width="narrow">
      {viewer ? (
        <SignedIn to={to} />
      ) : (
        <>
          <SignUpForm action={<Trans>Make the account</Trans>} onEntered={goOn} />
          <p className="mt-6 border-t border-hair pt-5 text-soft">
            <Trans>
              Have one already?{' '}
              <Link className="link" to={places.signIn(to)}>
                Sign in
              </Link>
            </Trans>
          </p>
          <CostOfAnAccount />
        </>
      )}
    </Page>
  )
}

/** The first receipt anybody sees here. */
function CostOfAnAccount() {
  const { t } = useLingui()
  return (
    <Receipt label={t`What an account costs`} className="mt-8">
      <ReceiptHead title={<Trans>What this costs</Trans>} />
      <ReceiptLine label={<Trans>The account</Trans>}>
        <Dollars micro={0n} />
      </ReceiptLine>
      <ReceiptLine label={<Trans>A card</Trans>} value="words">
        <Trans>not asked</Trans>
      </ReceiptLine>
      <ReceiptLine label={<Trans>Each message</Trans>} value="words">
        <Trans>said before you send</Trans>
      </ReceiptLine>
      <ReceiptNote>
        <Trans>You can take everything with you, and close the account, at any time.</Trans>
      </ReceiptNote>
    </Receipt>
  )
}
