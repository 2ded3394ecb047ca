import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { EmptyState, isFor, LinkButton, Page, places, useAddress, useViewer, type Audience } from '#ui'

type GateProps = { readonly audience: Audience; readonly children: ReactNode }

/** Lets in whom a screen is for, and tells everybody else how to come in. */
export function Gate({ audience, children }: GateProps) {
  const viewer = useViewer()
  const { path, search } = useAddress()
  const { t } = useLingui()
  if (isFor(audience, viewer) || audience === 'guests') return children
  const here = search.size === 0 ? path : `${path}?${search.toString()}`
  if (audience === 'operator' && viewer)
    return (
      <Page title={t`The operator’s desk`} width="text">
        <EmptyState
          title={<Trans>This desk is the operator’s</Trans>}
          action={
            <LinkButton to={places.home}>
              <Trans>Back to the bots</Trans>
            </LinkButton>
          }
        >
          <Trans>Whoever opens the claim link in the server’s terminal becomes the operator.</Trans>
        </EmptyState>
      </Page>
    )
  return (
    <Page title={t`Sign in first`} width="text">
      <EmptyState
        title={<Trans>This page is yours alone</Trans>}
        action={
          <>
            <LinkButton kind="accent" to={places.signIn(here)}>
              <Trans>Sign in</Trans>
            </LinkButton>
            <LinkButton to={places.signUp(here)}>
              <Trans>Make an account</Trans>
            </LinkButton>
          </>
        }
      >
        <Trans>Sign in, and you come straight back here.</Trans>
      </EmptyState>
    </Page>
  )
}
