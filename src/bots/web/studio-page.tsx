import { Trans, useLingui } from '@lingui/react/macro'
import { Plus } from 'lucide-react'
import { listMyBots, type BotCard } from '#bots/contract'
import {
  BotMark,
  Count,
  EmptyState,
  Link,
  LinkButton,
  Page,
  places,
  PricePerThousand,
  Read,
  Section,
  SkeletonRows,
  Table,
  useRead,
  useViewer,
  type Column,
} from '#ui'
import { HouseBots } from './house-bots.tsx'
import { VisibilityTag } from './visibility.tsx'

/** One's own bots; for operators the house's as well. */
export function StudioPage() {
  const { t } = useLingui()
  const viewer = useViewer()
  const read = useRead(listMyBots, {})
  return (
    <Page
      title={t`Studio`}
      hint={<Trans>Bots that you made, what they cost, and who may use them.</Trans>}
      width="wide"
      actions={
        <LinkButton kind="accent" icon={Plus} to={places.newBot}>
          <Trans>Make a bot</Trans>
        </LinkButton>
      }
    >
      <Read of={read} loading={<SkeletonRows count={5} className="h-14" />}>
        {({ items }) => (
          <div className="flex flex-col gap-12">
            <OwnBots bots={items.filter(({ creator }) => creator !== null)} />
            {viewer?.role === 'operator' && <HouseSection bots={items.filter(({ creator }) => creator === null)} />}
          </div>
        )}
      </Read>
    </Page>
  )
}

function OwnBots({ bots }: { readonly bots: readonly BotCard[] }) {
  if (bots.length > 0) return <BotTable bots={bots} />
  return (
    <EmptyState
      title={<Trans>Your first bot takes two minutes</Trans>}
      action={
        <LinkButton kind="accent" to={places.newBot}>
          <Trans>Make a bot</Trans>
        </LinkButton>
      }
    >
      <Trans>
        A name, a prompt, a price if you like. Talk to it before anybody else does; then publish it, or share it by a
        link.
      </Trans>
    </EmptyState>
  )
}

function HouseSection({ bots }: { readonly bots: readonly BotCard[] }) {
  return (
    <Section
      title={<Trans>The house’s bots</Trans>}
      hint={<Trans>They earn nobody anything; readers pay what their model costs.</Trans>}
    >
      {bots.length > 0 && <BotTable bots={bots} />}
      <HouseBots present={bots.map(({ handle }) => handle)} />
    </Section>
  )
}

function BotTable({ bots }: { readonly bots: readonly BotCard[] }) {
  const { t } = useLingui()
  const columns: readonly Column<BotCard>[] = [
    { key: 'name', head: <Trans>Bot</Trans>, cell: (bot) => <Name bot={bot} /> },
    {
      key: 'visibility',
      head: <Trans>Seen by</Trans>,
      cell: ({ visibility }) => <VisibilityTag visibility={visibility} />,
    },
    {
      key: 'price',
      head: <Trans>Price</Trans>,
      cell: ({ usdPerThousand }) => <PricePerThousand micro={usdPerThousand} />,
      hideOnPhone: true,
    },
    {
      key: 'uses',
      head: <Trans>Answers</Trans>,
      align: 'right',
      cell: ({ uses }) => <Count value={uses} />,
      hideOnPhone: true,
    },
  ]
  return (
    <Table
      label={t`Bots`}
      columns={columns}
      rows={bots}
      rowKey={({ id }) => id}
      rowTo={({ id }) => places.studioBot(id)}
    />
  )
}

function Name({ bot }: { readonly bot: BotCard }) {
  return (
    <span className="flex items-center gap-3 py-1">
      <BotMark handle={bot.handle} size={32} />
      <span className="min-w-0 self-baseline">
        <Link
          to={places.studioBot(bot.id)}
          className="block truncate text-15 font-medium hover:text-accent max-md:max-w-44"
        >
          {bot.name}
        </Link>
        <span className="block truncate font-mono text-12 text-faint">@{bot.handle}</span>
      </span>
    </span>
  )
}
