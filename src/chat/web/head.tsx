import { Trans, useLingui } from '@lingui/react/macro'
import { ArrowLeft, MessageSquarePlus } from 'lucide-react'
import { memo, useState } from 'react'
import type { BotName, Conversation } from '#chat/contract'
import { BotMark, LinkButton, Link, places, useIsPhone, useSlot } from '#ui'
import { ConversationMenu } from './conversation-menu.tsx'
import { TitleForm } from './title-form.tsx'

type HeadProps = {
  readonly head?: Conversation
  readonly bots?: readonly BotName[]
  readonly changeHead?: (head: Partial<Conversation>) => void
}

const marksMax = 4

/** On top of a conversation: the way back, what it is about, with whom, and what one may do with it. */
export const ChatHead = memo(function ChatHead({ head, bots = [], changeHead }: HeadProps) {
  const { t } = useLingui()
  const isPhone = useIsPhone()
  const PointsCorner = useSlot('points')
  const [renaming, setRenaming] = useState(false)
  const change = changeHead ?? (() => undefined)
  return (
    <header className="flex h-13 shrink-0 items-center gap-2 border-b border-hair px-2 md:px-4">
      <Link
        to={places.chats}
        aria-label={t`All chats`}
        className="grid size-9 place-items-center rounded-control text-soft hover:bg-hover hover:text-ink"
      >
        <ArrowLeft size={18} strokeWidth={1.75} aria-hidden />
      </Link>
      <span className="flex -space-x-1.5">
        {bots.slice(0, marksMax).map(({ id, handle }) => (
          <BotMark key={id} handle={handle} size={24} />
        ))}
      </span>
      {head && renaming ? (
        <TitleForm head={head} onDone={() => setRenaming(false)} onTitle={(title) => change({ title })} />
      ) : (
        <h1 className="min-w-0 flex-1 truncate font-semibold">
          {head ? head.title : bots.map(({ name }) => name).join(', ') || <Trans>New chat</Trans>}
        </h1>
      )}
      {isPhone && PointsCorner && <PointsCorner compact />}
      {head && (
        <LinkButton
          kind="quiet"
          icon={MessageSquarePlus}
          to={places.newChat(bots.map(({ handle }) => handle))}
          className="max-md:hidden"
        >
          <Trans>New chat</Trans>
        </LinkButton>
      )}
      {head && (
        <ConversationMenu card={head} onRename={() => setRenaming(true)} onPinned={(pinned) => change({ pinned })} />
      )}
    </header>
  )
})
