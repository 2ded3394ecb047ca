import { Trans } from '@lingui/react/macro'
import { EmptyState, LinkButton, places, useAddress, useGo, useViewer } from '#ui'
import { isOfThisHouse } from './of-this-house.ts'

type WayOn = {
  /** Where somebody wanted to go before they had to sign in, if that is in this house. */
  readonly to: string | undefined
  readonly goOn: () => void
}

export function useWayOn(): WayOn {
  const { search } = useAddress()
  const go = useGo()
  const asked = search.get('to') ?? undefined
  const to = asked !== undefined && isOfThisHouse(asked) ? asked : undefined
  return { to, goOn: () => go(to ?? places.home, 'replace') }
}

/** For whoever comes to sign in and need not. */
export function SignedIn({ to }: Pick<WayOn, 'to'>) {
  const viewer = useViewer()
  const name = viewer?.name ?? ''
  return (
    <EmptyState
      title={<Trans>You are signed in as {name}</Trans>}
      action={
        <LinkButton kind="accent" to={to ?? places.home}>
          <Trans>Go on</Trans>
        </LinkButton>
      }
    >
      <Trans>To come in as somebody else, sign out first.</Trans>
    </EmptyState>
  )
}
