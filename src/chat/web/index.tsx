import { msg } from '@lingui/core/macro'
import { MessageSquarePlus, MessagesSquare } from 'lucide-react'
import { searchMessages } from '#chat/contract'
import { isRefusal } from '#kernel/contract'
import { lazySlot, loadMarkdown, places, screen, type RoomScreens } from '#ui'
import { plainSnippet } from './plain-snippet.ts'

/** What reads Markdown comes beside the screen that shows it. */
const withMarkdown = async <Page,>(page: Promise<Page>) => (await Promise.all([page, loadMarkdown()]))[0]

export const chatScreens: RoomScreens = {
  room: 'chat',
  screens: [
    screen('/chats', { for: 'members', load: async () => (await import('./chats-page.tsx')).ChatsPage }),
    screen('/chats/new', {
      for: 'members',
      frame: 'full',
      load: async () => (await withMarkdown(import('./new-chat-page.tsx'))).NewChatPage,
    }),
    screen('/chats/$conversation', {
      for: 'members',
      frame: 'full',
      load: async () => (await withMarkdown(import('./chat-page.tsx'))).ChatPage,
    }),
  ],
  nav: [{ area: 'main', to: places.chats, label: msg`Chats`, icon: MessagesSquare, for: 'members' }],
  commands: [
    {
      label: msg`New chat`,
      also: msg`conversation, talk, ask, message`,
      to: places.newChat(),
      icon: MessageSquarePlus,
      for: 'members',
    },
    {
      label: msg`Chats`,
      also: msg`conversations, history, search`,
      to: places.chats,
      icon: MessagesSquare,
      for: 'members',
    },
  ],
  find: [
    {
      title: msg`Chats`,
      for: 'members',
      run: async (q, call, signal) => {
        const found = await call(searchMessages, { query: { q, limit: 6 } }, { signal })
        if (isRefusal(found)) return []
        return found.items.map(({ conversation, message, bot, snippet }) => ({
          key: `${conversation.id} ${message ?? ''}`,
          label: conversation.title,
          ...(message === null ? {} : { hint: (bot ? plainSnippet(snippet) : snippet).text }),
          to: `${places.chat(conversation.id)}${message === null ? '' : `?m=${message}`}`,
        }))
      },
    },
  ],
  slots: { recent: lazySlot(async () => (await import('./recent.tsx')).Recent) },
}
