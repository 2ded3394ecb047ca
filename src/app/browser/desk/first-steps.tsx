import { Trans } from '@lingui/react/macro'
import { CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { listProviders } from '#models/contract'
import { getFreeBudget } from '#revenue/messages/contract'
import { Button, cx, LinkButton, places, Section, useHouse, useRead, useStored } from '#ui'

type Step = {
  readonly key: 'model' | 'budget' | 'catalogue'
  readonly done: boolean
  readonly title: ReactNode
  readonly hint: ReactNode
  readonly to: string
  readonly action: ReactNode
}

/** What an operator does before anything else. It goes away once that is done, or put away. */
export function FirstSteps() {
  const providers = useRead(listProviders, {})
  const budget = useRead(getFreeBudget, {})
  const { mode } = useHouse()
  const [seen, setSeen] = useStored('desk:catalogue', '')
  const [away, setAway] = useStored('desk:first-steps', '')
  if (away !== '' || providers.state !== 'ready' || budget.state !== 'ready') return null
  const steps: readonly Step[] = [
    {
      key: 'model',
      done: providers.value.items.some(({ origin, enabled }) => origin !== 'demo' && enabled),
      title: <Trans>Connect a model</Trans>,
      hint:
        mode === 'demo' ? (
          <Trans>Until then a script answers. A key or an engine on this machine is all it takes.</Trans>
        ) : (
          <Trans>Until then no bot can answer. A key or an engine on this machine is all it takes.</Trans>
        ),
      to: places.deskModels,
      action: <Trans>Choose one</Trans>,
    },
    {
      key: 'budget',
      done: budget.value.left > 0n,
      title: <Trans>Fund the free points</Trans>,
      hint: <Trans>Everybody has free points each day. They earn creators something only out of this budget.</Trans>,
      to: places.deskMoney,
      action: <Trans>Put something in</Trans>,
    },
    {
      key: 'catalogue',
      done: seen !== '',
      title: <Trans>Look at the catalogue</Trans>,
      hint: <Trans>What people find when they come: the bots, and what a message to each costs.</Trans>,
      to: places.home,
      action: <Trans>Look at the bots</Trans>,
    },
  ]
  const next = steps.find(({ done }) => !done)
  if (!next) return null
  return (
    <div className="mb-10">
      <Section
        title={<Trans>What to do first</Trans>}
        actions={
          <Button kind="quiet" size="s" onClick={() => setAway('away')}>
            <Trans>Put this away</Trans>
          </Button>
        }
      >
        <ol className="border-t border-hair">
          {steps.map((step, at) => (
            <StepRow
              key={step.key}
              step={step}
              place={at + 1}
              isNext={step === next}
              onFollow={() => step.key === 'catalogue' && setSeen('seen')}
            />
          ))}
        </ol>
      </Section>
    </div>
  )
}

type RowProps = {
  readonly step: Step
  readonly place: number
  readonly isNext: boolean
  readonly onFollow: () => void
}

function StepRow({ step, place, isNext, onFollow }: RowProps) {
  const { done, title, hint, to, action } = step
  return (
    <li className="flex items-start gap-3 border-b border-hair py-3">
      <span className="grid h-6 w-5 shrink-0 place-items-center">
        {done ? (
          <CircleCheck size={16} className="text-in" aria-hidden />
        ) : (
          <span className="figure text-13 text-faint">{place}</span>
        )}
      </span>
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h3 className={cx('font-medium', done && 'text-soft')}>{title}</h3>
          {!done && <p className="text-13 text-soft text-pretty">{hint}</p>}
        </div>
        {done ? (
          <span className="text-13 text-faint">
            <Trans>Done</Trans>
          </span>
        ) : (
          // The link is followed as ever; that it was is all that is known of this step.
          <span onClickCapture={onFollow}>
            <LinkButton to={to} kind={isNext ? 'accent' : 'plain'} size="s">
              {action}
            </LinkButton>
          </span>
        )}
      </div>
    </li>
  )
}
