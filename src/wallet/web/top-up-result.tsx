import { useLingui as useCatalogue } from '@lingui/react'
import { Trans, useLingui } from '@lingui/react/macro'
import { isRefusal } from '#kernel/contract'
import { answerTopUp, getHistory, getWallet, type TopUpView } from '#wallet/contract'
import {
  Button,
  LinkButton,
  Notice,
  OutsideLink,
  places,
  Receipt,
  ReceiptHead,
  ReceiptLine,
  ReceiptNote,
  ReceiptTotal,
  Refused,
  useFormat,
  useWrite,
} from '#ui'
import { topUpWords } from './words.ts'

type ResultProps = {
  readonly topUp: TopUpView
  readonly onChange: (topUp: TopUpView) => void
  readonly onAgain: () => void
}

/** What has become of a top-up, and what to do next. */
export function TopUpResult({ topUp, onChange, onAgain }: ResultProps) {
  const answering = useWrite(answerTopUp, { refresh: [getWallet, getHistory] })
  const say = async (answer: 'approve' | 'decline' | 'look') => {
    const answered = await answering.run({ params: { topUp: topUp.id }, body: { answer } })
    if (answered && !isRefusal(answered)) onChange(answered)
  }
  const look = (
    <Button busy={answering.running} onClick={() => void say('look')}>
      <Trans>Look again</Trans>
    </Button>
  )
  const again = (
    <Button kind="accent" onClick={onAgain}>
      <Trans>Try another card</Trans>
    </Button>
  )
  return (
    <div className="flex flex-col gap-5">
      {topUp.state === 'failed' && <Notice kind="bad">{topUp.failure}</Notice>}
      {topUp.ask && <Notice>{topUp.ask.words}</Notice>}
      <Slip topUp={topUp} />
      <Refused refusal={answering.refusal} />
      <div className="flex flex-wrap gap-2">
        {topUp.state === 'asks' && topUp.ask?.open === null && (
          <>
            <Button kind="accent" busy={answering.running} onClick={() => void say('approve')}>
              <Trans>Yes, it is mine</Trans>
            </Button>
            <Button busy={answering.running} onClick={() => void say('decline')}>
              <Trans>No</Trans>
            </Button>
          </>
        )}
        {topUp.ask?.open && (
          <OutsideLink href={topUp.ask.open}>
            <Trans>Go to your bank</Trans>
          </OutsideLink>
        )}
        {(topUp.state === 'started' || topUp.ask?.open) && look}
        {topUp.state === 'failed' && again}
        {topUp.state === 'succeeded' && (
          <LinkButton kind="accent" to={places.home}>
            <Trans>Find a bot to talk to</Trans>
          </LinkButton>
        )}
        <LinkButton to={places.wallet}>
          <Trans>To the wallet</Trans>
        </LinkButton>
      </div>
    </div>
  )
}

function Slip({ topUp }: { readonly topUp: TopUpView }) {
  const { t } = useLingui()
  const { i18n } = useCatalogue()
  const format = useFormat()
  const { state, cents, points, repaid, method, startedAt } = topUp
  const isPaid = state === 'succeeded'
  return (
    <Receipt label={t`Receipt of the top-up`} size="sheet" torn={isPaid ? 'both' : 'bottom'}>
      <ReceiptHead title={i18n._(topUpWords[state])}>{format.instant(startedAt)}</ReceiptHead>
      <ReceiptLine label={<Trans>Points</Trans>} tone={isPaid ? 'in' : 'plain'}>
        {isPaid ? '+' : ''}
        {format.points(points)}
      </ReceiptLine>
      {repaid > 0n && (
        <ReceiptLine label={<Trans>of which repaid what you owed</Trans>}>{format.points(repaid)}</ReceiptLine>
      )}
      <ReceiptTotal label={isPaid ? <Trans>You paid</Trans> : <Trans>Amount</Trans>}>
        {format.dollars(cents * 10_000n)}
      </ReceiptTotal>
      {method && <ReceiptNote>{method}</ReceiptNote>}
    </Receipt>
  )
}
