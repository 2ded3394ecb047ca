import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { isRefusal } from '#kernel/contract'
import { claim, getClaimState, getMe } from '#people/contract'
import {
  Button,
  EmptyState,
  LinkButton,
  Page,
  places,
  Read,
  Receipt,
  ReceiptHead,
  ReceiptLine,
  Refused,
  Segments,
  SkeletonRows,
  useGo,
  useHouse,
  useRead,
  useViewer,
  useWrite,
  type ScreenProps,
} from '#ui'
import { SignInForm, SignUpForm } from './entry-forms.tsx'

/** Where the link leads that the terminal prints: whoever opens it first runs this install. */
export function ClaimPage({ params }: ScreenProps<'/claim/$token'>) {
  const { t } = useLingui()
  const state = useRead(getClaimState, {})
  return (
    <Page
      title={t`Run this install`}
      hint={t`The operator sees who is here, connects models, and opens or closes what costs money.`}
      width="narrow"
    >
      <Read of={state} loading={<SkeletonRows count={3} />}>
        {({ claimed }) => (claimed ? <Claimed /> : <Claim token={params.token} />)}
      </Read>
    </Page>
  )
}

function Claimed() {
  const viewer = useViewer()
  if (viewer?.role === 'operator')
    return (
      <EmptyState
        title={<Trans>You are the operator</Trans>}
        action={
          <LinkButton kind="accent" to={places.desk}>
            <Trans>To the desk</Trans>
          </LinkButton>
        }
      >
        <Trans>This link has done its work.</Trans>
      </EmptyState>
    )
  return (
    <EmptyState
      title={<Trans>This install has its operator</Trans>}
      action={
        <LinkButton to={places.home}>
          <Trans>To the catalogue</Trans>
        </LinkButton>
      }
    >
      <Trans>The link works once. Another operator is made on the desk.</Trans>
    </EmptyState>
  )
}

function Claim({ token }: { readonly token: string }) {
  const viewer = useViewer()
  const go = useGo()
  const claiming = useWrite(claim, { refresh: [getMe, getClaimState] })
  const take = async () => {
    const answer = await claiming.run({ body: { token } })
    if (answer && !isRefusal(answer)) go(places.desk, 'replace')
  }
  return (
    <div className="flex flex-col gap-5">
      {viewer ? (
        <>
          <p className="text-soft">
            <Trans>You are signed in as {viewer.name}.</Trans>
          </p>
          <Button kind="accent" size="l" busy={claiming.running} onClick={() => void take()}>
            <Trans>Become the operator</Trans>
          </Button>
        </>
      ) : (
        <EnterAndTake take={take} />
      )}
      <Refused refusal={claiming.refusal} />
      <ThisInstall />
    </div>
  )
}

function ThisInstall() {
  const { t } = useLingui()
  const { mode } = useHouse()
  return (
    <Receipt label={t`This install`} className="mt-3">
      <ReceiptHead title={<Trans>This install</Trans>} />
      <ReceiptLine label={<Trans>Money in it</Trans>} value="words">
        {mode === 'demo' ? <Trans>play money</Trans> : <Trans>real money</Trans>}
      </ReceiptLine>
      <ReceiptLine label={<Trans>Operator</Trans>} value="words">
        <Trans>nobody yet</Trans>
      </ReceiptLine>
      <ReceiptLine label={<Trans>This link works</Trans>} value="words">
        <Trans>once</Trans>
      </ReceiptLine>
    </Receipt>
  )
}

function EnterAndTake({ take }: { readonly take: () => Promise<void> }) {
  const { t } = useLingui()
  const [way, setWay] = useState('new')
  const entry = { action: <Trans>Become the operator</Trans>, onEntered: () => void take() }
  return (
    <>
      <Segments
        label={t`With which account`}
        value={way}
        onChange={setWay}
        className="self-start"
        options={[
          { value: 'new', label: t`New account` },
          { value: 'known', label: t`I have one` },
        ]}
      />
      {way === 'new' ? <SignUpForm {...entry} /> : <SignInForm {...entry} />}
    </>
  )
}
