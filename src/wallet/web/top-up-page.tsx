import { Trans, useLingui } from '@lingui/react/macro'
import { useState, type FormEvent } from 'react'
import { isRefusal } from '#kernel/contract'
import {
  answerTopUp,
  centsFor,
  getCardForm,
  getHistory,
  getTopUp,
  getWallet,
  microUsdPerPoint,
  pointsFor,
  startTopUp,
  topUpCents,
  type TopUpView,
} from '#wallet/contract'
import {
  Button,
  EmptyState,
  Field,
  Input,
  Notice,
  Page,
  places,
  Read,
  Receipt,
  ReceiptHead,
  ReceiptLine,
  ReceiptTotal,
  Refused,
  Segments,
  SkeletonRows,
  useFormat,
  useRead,
  useStored,
  useWrite,
} from '#ui'
import { readCents, readPoints } from './amounts.ts'
import { CardChoice, type CardForm } from './card-choice.tsx'
import { TopUpResult } from './top-up-result.tsx'

export function TopUpPage() {
  const { t } = useLingui()
  const form = useRead(getCardForm, {})
  const { topUp, looking, begin, change, again } = useUnfinished()
  return (
    <Page title={t`Top up`} width="narrow" back={{ to: places.wallet, label: t`Wallet` }}>
      <Read of={form} loading={<Loading />}>
        {(how) =>
          looking ? (
            <Loading />
          ) : how.provider === null ? (
            <EmptyState title={<Trans>This house takes no cards yet</Trans>}>
              <Trans>Ask its operator for points.</Trans>
            </EmptyState>
          ) : topUp ? (
            <TopUpResult topUp={topUp} onChange={change} onAgain={again} />
          ) : (
            <TopUpForm form={how} onBegin={begin} onStarted={change} />
          )
        }
      </Read>
    </Page>
  )
}

const Loading = () => <SkeletonRows count={4} className="h-16" />

const isUnfinished = ({ state }: TopUpView) => state === 'started' || state === 'asks'

/** The top-up of this visit. One that is not finished is found again after a reload, and when one comes back. */
function useUnfinished() {
  const [kept, keep] = useStored('wallet.top-up', '')
  const [former] = useState(kept)
  const known = useRead(getTopUp, { params: { topUp: former } }, { when: former !== '' })
  const [made, setMade] = useState<TopUpView>()
  const [isOver, setOver] = useState(false)
  const found = known.state === 'ready' && isUnfinished(known.value) ? known.value : undefined
  return {
    topUp: isOver ? undefined : (made ?? found),
    looking: former !== '' && known.state === 'loading',
    begin: keep,
    change: (topUp: TopUpView) => {
      setMade(topUp)
      setOver(false)
      keep(isUnfinished(topUp) ? topUp.id : '')
    },
    again: () => {
      setMade(undefined)
      setOver(true)
      keep('')
    },
  }
}

const amounts = ['3', '10', '25', '100'] as const

type FormProps = {
  readonly form: CardForm
  /** Told the id before anybody is asked for money. */
  readonly onBegin: (id: string) => void
  readonly onStarted: (topUp: TopUpView) => void
}

function TopUpForm({ form, onBegin, onStarted }: FormProps) {
  const { t } = useLingui()
  const starting = useWrite(startTopUp, { refresh: [getWallet, getHistory] })
  const [unit, setUnit] = useState('dollars')
  const [text, setText] = useState('10')
  const [card, setCard] = useState(form.samples[0]?.card ?? '')
  // One id for one intent: pressed twice, or again after a lost answer, it pays once.
  const [id, setId] = useState(() => crypto.randomUUID())
  const cents = centsOf(unit, text)
  const isPayable = cents !== undefined && cents >= topUpCents.min && cents <= topUpCents.max
  // Until it is known whether it was paid, nothing else is.
  const isUnknown = starting.refusal?.refused === 'provider_unavailable'
  const change = (next: string) => {
    setText(next)
    setId(crypto.randomUUID())
    starting.reset()
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!isPayable || card === '') return
    onBegin(id)
    const answer = await starting.run({ body: { id, cents, card } })
    if (answer && !isRefusal(answer)) onStarted(answer)
  }
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-7">
      <fieldset disabled={isUnknown} className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Segments
            label={t`Amount in`}
            value={unit}
            onChange={(next) => {
              setUnit(next)
              change(next === 'dollars' ? '10' : '100000')
            }}
            options={[
              { value: 'dollars', label: <Trans>In dollars</Trans> },
              { value: 'points', label: <Trans>In points</Trans> },
            ]}
          />
          {unit === 'dollars' && <QuickAmounts chosen={text} onChoose={change} />}
        </div>
        <Field
          label={unit === 'dollars' ? <Trans>Amount, in US dollars</Trans> : <Trans>Points you want at least</Trans>}
          refusal={!isPayable && <Trans>Between $0.50 and $5,000.00, to the cent.</Trans>}
        >
          <Input
            inputMode="decimal"
            autoComplete="off"
            className="figure h-12 text-18"
            value={text}
            onChange={(event) => change(event.target.value)}
          />
        </Field>
      </fieldset>
      <CardChoice form={form} value={card} onChange={setCard} />
      {isPayable && <Terms cents={cents} />}
      <Refused refusal={starting.refusal} />
      {isUnknown ? (
        <LookAgain topUp={id} onFound={onStarted} />
      ) : (
        <PayButton cents={isPayable ? cents : undefined} busy={starting.running} disabled={card === ''} />
      )}
      {form.sandbox && (
        <Notice kind="amber">
          <Trans>This is a demo. No card is charged, and the points are worth nothing outside it.</Trans>
        </Notice>
      )}
    </form>
  )
}

type PayProps = {
  /** Undefined while the amount cannot be paid. */
  readonly cents: bigint | undefined
  readonly busy: boolean
  readonly disabled: boolean
}

function PayButton({ cents, busy, disabled }: PayProps) {
  const format = useFormat()
  return (
    <Button type="submit" kind="accent" size="l" busy={busy} disabled={disabled || cents === undefined}>
      {cents === undefined ? <Trans>Pay</Trans> : <Trans>Pay {format.dollars(cents * 10_000n)}</Trans>}
    </Button>
  )
}

type LookProps = { readonly topUp: string; readonly onFound: (topUp: TopUpView) => void }

/** Whether it was paid is not known yet: that is asked before anybody may pay anew. */
function LookAgain({ topUp, onFound }: LookProps) {
  const looking = useWrite(answerTopUp, { refresh: [getWallet, getHistory] })
  const look = async () => {
    const answer = await looking.run({ params: { topUp }, body: { answer: 'look' } })
    if (answer && !isRefusal(answer)) onFound(answer)
  }
  return (
    <>
      {looking.refusal?.refused !== 'provider_unavailable' && <Refused refusal={looking.refusal} />}
      <Button kind="accent" size="l" busy={looking.running} onClick={() => void look()}>
        <Trans>Look again</Trans>
      </Button>
    </>
  )
}

function centsOf(unit: string, text: string): bigint | undefined {
  if (unit === 'dollars') return readCents(text)
  const points = readPoints(text)
  return points === undefined ? undefined : centsFor(points)
}

type QuickProps = { readonly chosen: string; readonly onChoose: (amount: string) => void }

function QuickAmounts({ chosen, onChoose }: QuickProps) {
  return (
    <div className="flex gap-1.5">
      {amounts.map((amount) => (
        <Button
          key={amount}
          size="s"
          kind={amount === chosen ? 'plain' : 'quiet'}
          aria-pressed={amount === chosen}
          className="figure"
          onClick={() => onChoose(amount)}
        >
          ${amount}
        </Button>
      ))}
    </div>
  )
}

/** What is about to be bought, in the shape of the receipt that follows. */
function Terms({ cents }: { readonly cents: bigint }) {
  const { t } = useLingui()
  const format = useFormat()
  const points = pointsFor(cents)
  return (
    <Receipt label={t`What you buy`}>
      <ReceiptHead title={<Trans>What you buy</Trans>} />
      <ReceiptLine label={<Trans>Points</Trans>} hint={<Trans>They never expire.</Trans>}>
        {format.points(points)}
      </ReceiptLine>
      <ReceiptLine label={<Trans>Price of a point</Trans>}>{format.dollars(microUsdPerPoint)}</ReceiptLine>
      <ReceiptTotal label={<Trans>You pay</Trans>}>{format.dollars(cents * 10_000n)}</ReceiptTotal>
    </Receipt>
  )
}
