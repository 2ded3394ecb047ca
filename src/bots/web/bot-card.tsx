import { Plural, Trans } from '@lingui/react/macro'
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
            {bot.uses > 0n && (
              <>
                {' · '}
                <Plural value={Number(bot.uses)} one="# answer" other="# answers" />
              </>
            )}
          </p>
        </div>
      </div>
      <p className="mt-3 mb-4 line-clamp-3 text-13 text-soft text-pretty">{bot.tagline}</p>
      <PriceTag bot={bot} />
    </Card>
  )
}

export function Maker({ bot }: { readonly bot: Pick<Bot, 'creator'> }) {
  const name = bot.creator?.name
  return name === undefined ? <Trans>by the house</Trans> : <Trans>by {name}</Trans>
}

/** The foot of a card: what one message costs, as far as it can be said before anything is written. */
export function PriceTag({ bot }: { readonly bot: Pick<Bot, 'usdPerThousand' | 'model'> }) {
  return (
    <p className="mt-auto flex items-baseline gap-2 border-t border-hair pt-2.5 text-13">
      <span className="text-faint">
        <Trans>A message</Trans>
      </span>
      <span className="leader" aria-hidden />
      <Price bot={bot} />
    </p>
  )
}

function Price({ bot }: { readonly bot: Pick<Bot, 'usdPerThousand' | 'model'> }) {
  const points = pointsAMessage(bot.usdPerThousand)
  if (points === 0n && bot.model === null)
    return (
      <span className="font-medium text-in">
        <Trans>free</Trans>
      </span>
    )
  if (points === 0n)
    return (
      <span className="text-soft">
        <Trans>what its model costs</Trans>
      </span>
    )
  return (
    <span>
      <Points value={points} />
      {bot.model !== null && (
        <span className="text-soft">
          {' '}
          <Trans>+ model</Trans>
        </span>
      )}
    </span>
  )
}

export function BotCardSkeleton() {
  return <Skeleton className="h-44 rounded-card" />
}
