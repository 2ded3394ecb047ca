import { Trans } from '@lingui/react/macro'
import { Pin, Plus } from 'lucide-react'
import { listConversations } from '#chat/contract'
import { cx, Link, places, useAddress, useRead, useViewer } from '#ui'
import { useFreshWhileRunning } from './use-fresh-while-running.ts'

const shownMax = 30

/** The latest conversations, beside every screen. */
export function Recent() {
  const viewer = useViewer()
  const { path } = useAddress()
  const list = useRead(listConversations, { query: { limit: shownMax } }, { when: viewer !== undefined })
  useFreshWhileRunning(list.state === 'ready' ? list.value.items : [])
  if (!viewer || list.state !== 'ready') return null
  const { items, next } = list.value
  return (
    <section>
      <header className="flex items-center justify-between px-2.5 pb-1">
        <h2 className="text-12 font-medium text-faint">
          <Trans>Chats</Trans>
        </h2>
        <Link to={places.newChat()} className="flex items-center gap-1 rounded-[4px] text-12 text-faint hover:text-ink">
          <Plus size={12} aria-hidden />
          <Trans>New</Trans>
        </Link>
      </header>
      {items.length === 0 && (
        <p className="px-2.5 py-1 text-13 text-faint">
          <Trans>What you ask bots will stand here.</Trans>
        </p>
      )}
      <ul>
        {items.map(({ id, title, pinned, running }) => (
          <li key={id}>
            <Link
              to={places.chat(id)}
              aria-current={path === places.chat(id) ? 'page' : undefined}
              className={cx(
                'flex h-8 items-center gap-2 rounded-control px-2.5 text-13 hover:bg-hover hover:text-ink',
                path === places.chat(id) ? 'bg-hover text-ink' : 'text-soft',
              )}
            >
              <span className="min-w-0 flex-1 truncate">{title}</span>
              {running && <span className="waiting size-1.5 shrink-0 rounded-full bg-accent" aria-hidden />}
              {pinned && <Pin size={12} className="shrink-0 text-faint" aria-hidden />}
            </Link>
          </li>
        ))}
      </ul>
      {next !== null && (
        <Link to={places.chats} className="block px-2.5 py-1.5 text-13 text-faint hover:text-ink">
          <Trans>All chats</Trans>
        </Link>
      )}
    </section>
  )
}
