import { Trans, useLingui } from '@lingui/react/macro'
import { Link, Page, places, useViewer } from '#ui'
import { SignInForm } from './entry-forms.tsx'
import { SignedIn, useWayOn } from './way-on.tsx'

export function SignInPage() {
  const { t } = useLingui()
  const viewer = useViewer()
  const { to, goOn } = useWayOn()
  return (
    <Page title={t`Sign in`} width="narrow">
      {viewer ? (
        <SignedIn to={to} />
      ) : (
        <>
          <SignInForm action={<Trans>Sign in</Trans>} onEntered={goOn} />
          <div className="mt-6 flex flex-col gap-2 border-t border-hair pt-5 text-soft">
            <p>
              <Trans>
                New here?{' '}
                <Link className="link" to={places.signUp(to)}>
                  Make an account
                </Link>
              </Trans>
            </p>
            <p className="text-13 text-faint">
              <Trans>Forgot your password? The operator of this install can make you a link to set a new one.</Trans>
            </p>
          </div>
        </>
      )}
    </Page>
  )
}
