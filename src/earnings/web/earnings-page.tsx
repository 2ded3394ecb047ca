import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Hammer } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { getEarnings, pendingDays, type EarningsView } from '#earnings/contract'
import {
  Day,
  Dollars,
  EmptyState,
  LinkButton,
  Notice,
  Page,
  places,
  Read,
  Section,
  Segments,
  SkeletonRows,
  Sparkline,
  useFormat,
  useRead,
} from '#ui'
import { BotTable, DayTable } from './tables.tsx'
import { earnedOf, everyDay } from './series.ts'

const spans = ['7', '30', '90'] as const

export function EarningsPage() {
  const { t } = useLingui()
  const [span, setSpan] = useState('30')
  const earnings = useRead(getEarnings, { query: { days: Number(span) } }, { refreshMs: 10_000, keep: true })
  return (
    <Page
      title={t`Earnings`}
      width="wide"
      hint={<Trans>What your bots have earned, to the millionth of a dollar. Days are UTC.</Trans>}
      actions={
        <Segments
          label={t`Days shown`}
          value={span}
          onChange={setSpan}
          options={spans.map((value) => ({ value, label: t`${value} days` }))}
        />
      }
    >
      <Read of={earnings} loading={<SkeletonRows count={4} className="h-28" />}>
        {(view) => <Dashboard view={view} length={Number(span)} />}
      </Read>
    </Page>
  )
}

function Dashboard({ view, length }: { readonly view: EarningsView; readonly length: number }) {
  const { pendingPaid, pendingFree, available, days, bots } = view
  if (available + pendingPaid + pendingFree === 0n && days.length === 0) return <Nothing />
  return (
    <div className="flex flex-col gap-10">
      <Figures view={view} />
      <Unfunded days={days} />
      <Course view={view} length={length} />
      <div className="grid gap-x-12 gap-y-10 lg:grid-cols-2">
        <Section title={<Trans>By bot</Trans>}>
          <BotTable bots={bots} />
        </Section>
        <Section title={<Trans>By day</Trans>}>
          <DayTable days={days} />
        </Section>
      </div>
    </div>
  )
}

function Nothing() {
  return (
    <EmptyState
      title={<Trans>Your bots have not earned anything yet</Trans>}
      action={
        <LinkButton kind="accent" icon={Hammer} to={places.studio}>
          <Trans>To the studio</Trans>
        </LinkButton>
      }
    >
      <Trans>
        Make a bot, put a price on a thousand messages, and share it. Each answer shows up here within a second.
      </Trans>
    </EmptyState>
  )
}

function Figures({ view }: { readonly view: EarningsView }) {
  const { available, pendingPaid, pendingFree, next } = view
  return (
    <div className="grid gap-px overflow-hidden rounded-card border border-hair bg-hair md:grid-cols-3">
      <Figure label={<Trans>Available</Trans>} micro={available}>
        {next ? (
          <Trans>
            <Dollars micro={next.microUsd} /> more on <Day at={next.day} />
          </Trans>
        ) : (
          <Trans>Waits to be paid out</Trans>
        )}
      </Figure>
      <Figure label={<Trans>Pending</Trans>} micro={pendingPaid}>
        <Trans>From bought points, for {pendingDays.paid} days</Trans>
      </Figure>
      <Figure label={<Trans>Pending, from free points</Trans>} micro={pendingFree}>
        <Trans>Out of the operator’s budget, for {pendingDays.free} days</Trans>
      </Figure>
    </div>
  )
}

type FigureProps = { readonly label: ReactNode; readonly micro: bigint; readonly children: ReactNode }

function Figure({ label, micro, children }: FigureProps) {
  return (
    <div className="bg-paper p-5">
      <p className="text-13 text-soft">{label}</p>
      <p className="pt-1 text-24">
        <Dollars micro={micro} />
      </p>
      <p className="text-13 text-faint text-pretty">{children}</p>
    </div>
  )
}

function Unfunded({ days }: { readonly days: EarningsView['days'] }) {
  const format = useFormat()
  const unfunded = days.reduce((sum, day) => sum + day.unfunded, 0n)
  if (unfunded === 0n) return null
  return (
    <Notice>
      <Trans>
        {format.dollars(unfunded)} were not earned: they came from free points while the operator’s budget for them was
        empty.
      </Trans>
    </Notice>
  )
}

function Course({ view, length }: { readonly view: EarningsView; readonly length: number }) {
  const { t } = useLingui()
  const format = useFormat()
  const series = everyDay(view.days, length, view.today)
  const total = series.reduce((sum, day) => sum + earnedOf(day), 0n)
  const messages = series.reduce((sum, day) => sum + day.messages, 0)
  return (
    <Section
      title={<Trans>Earned in {length} days</Trans>}
      hint={<Plural value={messages} one="# paid message" other="# paid messages" />}
      actions={<Dollars micro={total} className="text-18" />}
    >
      <Sparkline
        className="**:[svg]:h-24"
        values={series.map((day) => Number(earnedOf(day)) / 1_000_000)}
        label={t`Earned by day`}
        format={(_, at) => {
          const day = series[at]
          return day ? `${format.day(day.day)}: ${format.dollars(earnedOf(day))}` : ''
        }}
      />
      <p className="flex justify-between text-12 text-faint">
        {series[0] && <Day at={series[0].day} />}
        <Trans>today</Trans>
      </p>
    </Section>
  )
}
