import { useLingui as useCatalogue } from '@lingui/react'
import { Trans, useLingui } from '@lingui/react/macro'
import { listMyBots } from '#bots/contract'
import type { EarningsView } from '#earnings/contract'
import { BotMark, Count, Day, Link, places, Table, useRead, type Column } from '#ui'
import { columnFormat, earnedOf } from './series.ts'

type Sums = Pick<EarningsView['days'][number], 'messages' | 'paid' | 'free' | 'unfunded'>

/** The columns of figures that days and bots have alike, with the decimals of the longest in all. */
function useFigures<Row extends Sums>(rows: readonly Row[]): readonly Column<Row>[] {
  const { i18n } = useCatalogue()
  const dollars = columnFormat(
    i18n.locale,
    rows.flatMap((row) => [row.free, earnedOf(row)]),
  )
  return [
    {
      key: 'messages',
      head: <Trans>Messages</Trans>,
      align: 'right',
      cell: ({ messages }) => <Count value={messages} />,
    },
    {
      key: 'free',
      head: <Trans>of free points</Trans>,
      align: 'right',
      hideOnPhone: true,
      cell: ({ free }) => <span className="figure text-soft">{dollars(free)}</span>,
    },
    {
      key: 'earned',
      head: <Trans>Earned</Trans>,
      align: 'right',
      cell: (row) => <span className="figure">{dollars(earnedOf(row))}</span>,
    },
  ]
}

export function DayTable({ days }: { readonly days: EarningsView['days'] }) {
  const { t } = useLingui()
  const columns: readonly Column<EarningsView['days'][number]>[] = [
    { key: 'day', head: <Trans>Day</Trans>, cell: ({ day }) => <Day at={day} /> },
    ...useFigures(days),
  ]
  return <Table label={t`Earnings by day`} columns={columns} rows={days} rowKey={({ day }) => day} empty={<None />} />
}

/** Bots are known here by their ids; the studio has their names. */
export function BotTable({ bots }: { readonly bots: EarningsView['bots'] }) {
  const { t } = useLingui()
  const mine = useRead(listMyBots, {})
  const cards = new Map((mine.state === 'ready' ? mine.value.items : []).map((card) => [card.id, card]))
  const nameOf = (bot: string) => {
    const card = cards.get(bot)
    if (!card) return <span className="text-faint">{bot.slice(0, 8)}</span>
    return (
      <Link to={places.studioBot(bot)} className="inline-flex items-baseline gap-2.5">
        <span className="self-center">
          <BotMark handle={card.handle} size={24} />
        </span>
        <span className="truncate underline decoration-dots underline-offset-3">{card.name}</span>
      </Link>
    )
  }
  const columns: readonly Column<EarningsView['bots'][number]>[] = [
    { key: 'bot', head: <Trans>Bot</Trans>, cell: ({ bot }) => nameOf(bot) },
    ...useFigures(bots),
  ]
  return <Table label={t`Earnings by bot`} columns={columns} rows={bots} rowKey={({ bot }) => bot} empty={<None />} />
}

function None() {
  return (
    <p className="py-3 text-faint">
      <Trans>Nothing in these days.</Trans>
    </p>
  )
}
