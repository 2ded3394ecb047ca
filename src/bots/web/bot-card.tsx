import { Trans } from '@lingui/react/macro'
import type { BotCard as Bot } from '#bots/contract'
import { BotMark, Card, places, Points, Skeleton } from '#ui'
import { pointsAMessage } from './price.ts'

/** A bot in the catalogue, with its price tag. */
export function BotCard({ bot }: { readonly bot: Bot }) {
  return (
    <Card to={places.bot(bot.handle)} className="flex h-full flex-col p-4">
      <div className="flex items-start gap-3">
        <BotMark handle={bot.handle} size={40} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-15 font-semibold">{bot.name}</h2>
          <p className="truncate text-13 text-faint">
            <Maker bot={bot} />
          </p>
        </div>
      </div>
      <p className="mt-3 mb-4 line-clamp-3 text-13 text-soft text-pretty">{bot.tagline}</p>
      <p className="mt-auto flex items-baseline gap-2 border-t-[1.5px] border-dotted border-dots pt-2.5 text-13">
        <PriceTag bot={bot} />
      </p>
    </Card>
  )
}

export function Maker({ bot }: { readonly bot: Pick<Bot, 'creator'> }) {
  const name = bot.creator?.name
  return name === undefined ? <Trans>by the house</Trans> : <Trans>by {name}</Trans>
}

/** What one message costs, as far as it can be said before anything is written. */
export function PriceTag({ bot }: { readonly bot: Pick<Bot, 'usdPerThousand' | 'model'> }) {
  const points = pointsAMessage(bot.usdPerThousand)
  if (points === 0n && bot.model === null)
    return (
      <span className="font-medium text-in">
        <Trans>Free</Trans>
      </span>
    )
  if (points === 0n)
    return (
      <span className="text-soft">
        <Trans>What the model costs</Trans>
      </span>
    )
  return (
    <>
      <Points value={points} />
      <span className="text-faint">{bot.model === null ? <Trans>a message</Trans> : <Trans>and the model</Trans>}</span>
    </>
  )
}

export function BotCardSkeleton() {
  return <Skeleton className="h-44 rounded-card" />
}
