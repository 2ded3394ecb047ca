import { useLingui } from '@lingui/react/macro'
import { searchBots, type BotCard } from '#bots/contract'
import { BotMark, cx, PricePerThousand, useRead } from '#ui'

type Mentionable = { readonly bots: readonly BotCard[]; readonly search: 'done' | 'looking' }

/** The bots that a half-written mention may mean. Until they are found, those found before stand as far as they fit. */
export function useMentionable(typed: string | undefined): Mentionable {
  const when = typed !== undefined
  const input = { query: { ...(typed ? { q: typed } : {}), sort: typed ? 'match' : 'use', limit: 6 } } as const
  const found = useRead(searchBots, input, { when })
  const shown = useRead(searchBots, input, { when, keep: true })
  const search = when && found.state === 'loading' ? 'looking' : 'done'
  if (!when || shown.state !== 'ready') return { bots: [], search }
  const { items } = shown.value
  return { bots: search === 'done' ? items : items.filter((bot) => isBeginningOf(bot, typed)), search }
}

function isBeginningOf({ handle, name }: BotCard, typed: string): boolean {
  const words = [handle, ...name.split(/\s+/)]
  return words.some((word) => word.toLowerCase().startsWith(typed.toLowerCase()))
}

type ListProps = {
  readonly id: string
  readonly bots: readonly BotCard[]
  readonly chosen: number
  readonly onChoose: (bot: BotCard) => void
}

export const optionId = (list: string, at: number) => `${list}-${at}`

/** Above the composer, within a thumb's reach; the focus stays in the text. */
export function MentionList({ id, bots, chosen, onChoose }: ListProps) {
  const { t } = useLingui()
  return (
    <div
      id={id}
      role="listbox"
      aria-label={t`Bots`}
      className="rise absolute inset-x-0 bottom-full z-20 mb-2 max-h-72 overflow-y-auto rounded-card bg-raised p-1 shadow-float"
    >
      {bots.map((bot, at) => (
        <div
          key={bot.id}
          id={optionId(id, at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === chosen}
          // A press would take the focus from the text. A finger that moves the list is cancelled and never lifted.
          onPointerDown={(event) => event.preventDefault()}
          onMouseDown={(event) => event.preventDefault()}
          onPointerUp={() => onChoose(bot)}
          className={cx(
            'flex cursor-pointer items-center gap-3 rounded-control px-2.5 py-1.5 pointer-coarse:py-2.5',
            at === chosen && 'bg-hover',
          )}
        >
          <BotMark handle={bot.handle} size={24} />
          <span className="flex min-w-0 flex-1 items-center gap-x-3 max-md:flex-col max-md:items-stretch">
            <span className="min-w-0 truncate md:flex-1">
              <span className="font-medium">{bot.name}</span> <span className="text-13 text-faint">@{bot.handle}</span>
            </span>
            <PricePerThousand micro={bot.usdPerThousand} className="text-13" />
          </span>
        </div>
      ))}
    </div>
  )
}
