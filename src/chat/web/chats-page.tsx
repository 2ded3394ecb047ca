import { Trans, useLingui } from '@lingui/react/macro'
import { MessageSquarePlus, Pin } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { listConversations, searchMessages, type ConversationCard, type FoundMessage } from '#chat/contract'
import {
  Ago,
  BotMark,
  EmptyState,
  Link,
  LinkButton,
  Page,
  places,
  Read,
  ReadMore,
  SearchInput,
  useReadPages,
  useSearchText,
} from '#ui'
import { ConversationMenu } from './conversation-menu.tsx'
import { MarkedText } from './marked-text.tsx'
import { plainSnippet } from './plain-snippet.ts'
import { TitleForm } from './title-form.tsx'
import { useFreshWhileRunning } from './use-fresh-while-running.ts'

export function ChatsPage() {
  const { t } = useLingui()
  const [text, setText] = useSearchText('q')
  const sought = useDeferredValue(text.trim())
  return (
    <Page
      title={t`Chats`}
      actions={
        <LinkButton kind="accent" icon={MessageSquarePlus} to={places.newChat()}>
          <Trans>New chat</Trans>
        </LinkButton>
      }
    >
      <SearchInput
        label={t`Search in all you wrote and read`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="mb-6"
      />
      {sought === '' ? <AllChats /> : <Found sought={sought} />}
    </Page>
  )
}

function AllChats() {
  const pages = useReadPages(listConversations, (after) => ({ query: { limit: 30, ...(after ? { after } : {}) } }), {
    next: (page) => page.next,
    items: (page) => page.items,
  })
  useFreshWhileRunning(pages.items)
  return (
    <Read of={pages.of}>
      {(items) =>
        items.length === 0 ? (
          <NoChats />
        ) : (
          <>
            <ul className="flex flex-col">
              {items.map((card) => (
                <ChatRow key={card.id} card={card} />
              ))}
            </ul>
            <ReadMore of={pages} end={<Trans>That is the first of your chats</Trans>} />
          </>
        )
      }
    </Read>
  )
}

function NoChats() {
  return (
    <EmptyState
      title={<Trans>No chats yet</Trans>}
      action={
        <LinkButton kind="accent" to={places.home}>
          <Trans>Find a bot</Trans>
        </LinkButton>
      }
    >
      <Trans>Choose a bot and write to it. You see what a message costs before you send it.</Trans>
    </EmptyState>
  )
}

function ChatRow({ card }: { readonly card: ConversationCard }) {
  const [renaming, setRenaming] = useState(false)
  const { id, title, pinned, running, bots, activeAt } = card
  const names = bots.map(({ name }) => name).join(', ')
  return (
    <li className="group relative flex items-center gap-3 border-b border-hair py-3">
      <BotMark handle={bots[0]?.handle ?? ''} size={32} />
      {renaming ? (
        <TitleForm head={card} onTitle={() => undefined} onDone={() => setRenaming(false)} />
      ) : (
        <Link to={places.chat(id)} className="min-w-0 flex-1 after:absolute after:inset-0">
          <span className="flex items-center gap-2">
            <span className="truncate font-medium group-hover:text-accent">{title}</span>
            {pinned && <Pin size={13} className="shrink-0 text-faint" aria-hidden />}
            {running && <span className="waiting size-1.5 shrink-0 rounded-full bg-accent" aria-hidden />}
          </span>
          <span className="block truncate text-13 text-faint">{names}</span>
        </Link>
      )}
      <Ago at={activeAt} className="shrink-0 text-13 text-faint" />
      <span className="relative z-1">
        <ConversationMenu card={card} onRename={() => setRenaming(true)} />
      </span>
    </li>
  )
}

function Found({ sought }: { readonly sought: string }) {
  const pages = useReadPages(
    searchMessages,
    (after) => ({ query: { q: sought.slice(0, 200), limit: 20, ...(after ? { after } : {}) } }),
    { next: (page) => page.next, items: (page) => page.items, keep: true },
  )
  const [answered, setAnswered] = useState(sought)
  if (!pages.isFormer && answered !== sought) setAnswered(sought)
  return (
    <Read of={pages.of}>
      {(items) =>
        items.length === 0 ? (
          <EmptyState title={<Trans>Nothing found for “{answered}”</Trans>}>
            <Trans>Words are found by their beginnings. Try fewer or shorter ones.</Trans>
          </EmptyState>
        ) : (
          <>
            <ul className="flex flex-col">
              {items.map((found) => (
                <FoundRow key={`${found.conversation.id} ${found.message ?? ''}`} found={found} />
              ))}
            </ul>
            <ReadMore of={pages} />
          </>
        )
      }
    </Read>
  )
}

function FoundRow({ found: { conversation, message, bot, snippet, at } }: { readonly found: FoundMessage }) {
  const { t } = useLingui()
  const to = `${places.chat(conversation.id)}${message === null ? '' : `?m=${message}`}`
  const who = bot ? bot.name : t`You`
  return (
    <li className="border-b border-hair">
      <Link to={to} className="group block py-3">
        <span className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 truncate font-medium group-hover:text-accent">
            {message === null ? <MarkedText snippet={snippet} /> : conversation.title}
          </span>
          <Ago at={at} className="shrink-0 text-13 text-faint" />
        </span>
        {message !== null && (
          <span className="mt-0.5 block text-13 text-soft">
            <Trans>
              <span className="text-faint">{who}: </span>
              <MarkedText snippet={bot ? plainSnippet(snippet) : snippet} />
            </Trans>
          </span>
        )}
      </Link>
    </li>
  )
}
