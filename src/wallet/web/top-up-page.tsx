import { Trans, useLingui } from '@lingui/react/macro'
import { useEffect, useState, type FormEvent } from 'react'
import { isRefusal, type Refusal } from '#kernel/contract'
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
  newId,
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
  const { topUp, unread, begin, change, again } = useUnfinished()
  return (
    <Page title={t`Top up`} width="narrow" back={{ to: places.wallet, label: t`Wallet` }}>
      <Read of={form} loading={<Loading />}>
        {(how) =>
          unread ? (
            <Read of={unread} loading={<Loading />}>
              {nothing}
            </Read>
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

const nothing = () => null

const Loading = () => <SkeletonRows count={4} className="h-16" />

const isUnfinished = ({ state }: TopUpView) => state === 'started' || state === 'asks'

/**
 * The top-up of this visit. One whose end was never shown is found again after a reload, and when one comes back; while that
 * cannot be read nobody pays anew.
 */
function useUnfinished() {
  const [kept, keep] = useStored('wallet.top-up', '')
  const [former] = useState(kept)
  const known = useRead(getTopUp, { params: { topUp: former } }, { when: former !== '' })
  const [made, setMade] = useState<TopUpView>()
  const [isOver, setOver] = useState(false)
  const found = known.state === 'ready' ? known.value : undefined
  const isTold = kept === former && found !== undefined && !isUnfinished(found)
  useEffect(() => {
    if (isTold) keep('')
  }, [isTold, keep])
  return {
    topUp: isOver ? undefined : (made ?? found),
    unread: former !== '' && (known.state === 'loading' || known.state === 'failed') ? known : undefined,
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

/**
 * What is known of the order: nobody was asked yet, it is not known whether it was paid, or it was never heard of. From the
 * first lost answer on, amount and id stay as they are: that order may still arrive, and a second id would pay twice.
 */
type Standing = 'open' | 'unknown' | 'unheard'

/** One id for one intent: pressed twice, or again after a lost answer, it pays once. */
function useOrder({ onBegin, onStarted }: Pick<FormProps, 'onBegin' | 'onStarted'>) {
  const starting = useWrite(startTopUp, { refresh: [getWallet, getHistory] })
  const [text, setText] = useState('10')
  const [id, setId] = useState(newId)
  const [standing, setStanding] = useState<Standing>('open')
  return {
    id,
    text,
    standing,
    running: starting.running,
    refusal: starting.refusal,
    change: (next: string) => {
      setText(next)
      setId(newId())
      starting.reset()
    },
    pay: async (cents: bigint, card: string) => {
      onBegin(id)
      const answer = await starting.run({ body: { id, cents, card } })
      if (!answer || (isRefusal(answer) && answer.refused === 'provider_unavailable')) setStanding('unknown')
      else if (!isRefusal(answer)) onStarted(answer)
    },
    unheard: () => {
      setStanding('unheard')
      starting.reset()
    },
  }
}

function TopUpForm({ form, onBegin, onStarted }: FormProps) {
  const order = useOrder({ onBegin, onStarted })
  const { text, standing } = order
  const [unit, setUnit] = useState('dollars')
  const [card, setCard] = useState(form.samples[0]?.card ?? '')
  const cents = centsOf(unit, text)
  const isPayable = cents !== undefined && cents >= topUpCents.min && cents <= topUpCents.max
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isPayable && card !== '' && standing !== 'unknown') void order.pay(cents, card)
  }
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-7">
      <fieldset disabled={order.running || standing !== 'open'} className="flex flex-col gap-3">
        <Amount unit={unit} text={text} isPayable={isPayable} onUnit={setUnit} onText={order.change} />
      </fieldset>
      <CardChoice form={form} value={card} onChange={setCard} />
      {isPayable && <Terms cents={cents} />}
      <Refused refusal={order.refusal} />
      {standing === 'unknown' ? (
        <LookAgain topUp={order.id} refusal={order.refusal} onFound={onStarted} onUnheard={order.unheard} />
      ) : (
        <>
          {standing === 'unheard' && (
            <Notice>
              <Trans>Nothing of it arrived, so nothing was paid. Press again: however often, it is paid once.</Trans>
            </Notice>
          )}
          <PayButton cents={isPayable ? cents : undefined} busy={order.running} disabled={card === ''} />
        </>
      )}
      {form.sandbox && (
        <Notice kind="amber">
          <Trans>This is a demo. No card is charged, and the points are worth nothing outside it.</Trans>
        </Notice>
      )}
    </form>
  )
}

type AmountProps = {
  readonly unit: string
  readonly text: string
  readonly isPayable: boolean
  readonly onUnit: (unit: string) => void
  readonly onText: (text: string) => void
}

function Amount({ unit, text, isPayable, onUnit, onText }: AmountProps) {
  const { t } = useLingui()
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Segments
          label={t`Amount in`}
          value={unit}
          onChange={(next) => {
            onUnit(next)
            onText(next === 'dollars' ? '10' : '100000')
          }}
          options={[
            { value: 'dollars', label: <Trans>In dollars</Trans> },
            { value: 'points', label: <Trans>In points</Trans> },
          ]}
        />
        {unit === 'dollars' && <QuickAmounts chosen={text} onChoose={onText} />}
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
          onChange={(event) => onText(event.target.value)}
        />
      </Field>
    </>
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

type LookProps = {
  readonly topUp: string
  /** What was said of it already; nothing where the answer was lost. */
  readonly refusal: Refusal | undefined
  readonly onFound: (topUp: TopUpView) => void
  readonly onUnheard: () => void
}

/** Whether it was paid is not known yet: that is asked before anybody may pay anew. */
function LookAgain({ topUp, refusal, onFound, onUnheard }: LookProps) {
  const looking = useWrite(answerTopUp, { refresh: [getWallet, getHistory] })
  const look = async () => {
    const answer = await looking.run({ params: { topUp }, body: { answer: 'look' } })
    if (!answer) return
    if (!isRefusal(answer)) onFound(answer)
    else if (answer.refused === 'unknown_top_up') onUnheard()
  }
  return (
    <>
      {!refusal && (
        <Notice>
          <Trans>The answer was lost, so it is not known yet whether this was paid. Look again before you pay.</Trans>
        </Notice>
      )}
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
