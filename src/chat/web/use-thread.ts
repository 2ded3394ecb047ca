import { useCallback, useEffect, useRef, useState } from 'react'
import {
  getConversation,
  listConversations,
  listMessages,
  showBranch,
  type Conversation,
  type Message,
} from '#chat/contract'
import { isRefusal, type Refusal } from '#kernel/contract'
import { useCall, useRefresh } from '#ui'
import { joinTail } from './branch.ts'
import { heardElsewhere, tellElsewhere } from './tabs.ts'

type Loaded = {
  readonly head: Conversation
  readonly messages: readonly Message[]
  /** What is older than this is not here yet; null once the beginning is. */
  readonly before: string | null
}

export type Thread =
  | { readonly state: 'loading' }
  | { readonly state: 'refused'; readonly refusal: Refusal; readonly retry: () => void }
  | { readonly state: 'failed'; readonly fault: unknown; readonly retry: () => void }
  | (Loaded & {
      readonly state: 'ready'
      readonly loadingOlder: boolean
      readonly loadOlder: () => Promise<void>
      /** Reads the end of the branch anew, and the head. */
      readonly refresh: () => Promise<void>
      readonly show: (message: string) => Promise<void>
      /** Takes in what was just sent: behind this message, or at the beginning. */
      readonly append: (messages: readonly Message[], after: string | null) => void
      readonly changeHead: (head: Partial<Conversation>) => void
    })

const firstPage = 40
const olderPage = 100

type State =
  | { readonly is: 'loading' }
  | { readonly is: 'refused'; readonly refusal: Refusal }
  | { readonly is: 'failed'; readonly fault: unknown }
  | ({ readonly is: 'ready' } & Loaded)

/** What the screen of a new conversation has, for the screen of the conversation that takes over from it. */
let begun: Loaded | undefined

export function handOver(loaded: Loaded): void {
  begun = loaded
}

function initial(conversation: string): State {
  return begun?.head.id === conversation ? { is: 'ready', ...begun } : { is: 'loading' }
}

/** A conversation as far as it was read, and kept in step with other tabs. */
export function useThread(conversation: string): Thread {
  const call = useCall()
  const refreshLists = useRefresh()
  const [state, setState] = useState<State>(() => initial(conversation))
  const [loadingOlder, setLoadingOlder] = useState(false)
  const reading = useRef(0)

  const read = useCallback(async () => {
    const params = { conversation }
    const asked = ++reading.current
    try {
      const [head, page] = await Promise.all([
        call(getConversation, { params }),
        call(listMessages, { params, query: { limit: firstPage } }),
      ])
      if (asked !== reading.current) return
      setState((was) =>
        isRefusal(head)
          ? { is: 'refused', refusal: head }
          : isRefusal(page)
            ? { is: 'refused', refusal: page }
            : joined(was, head, page),
      )
    } catch (fault) {
      setState((was) => (was.is === 'ready' ? was : { is: 'failed', fault }))
    }
  }, [call, conversation])

  useEffect(() => {
    void read()
    const visible = () => document.visibilityState === 'visible' && void read()
    document.addEventListener('visibilitychange', visible)
    const deaf = heardElsewhere(conversation, () => void read())
    return () => {
      document.removeEventListener('visibilitychange', visible)
      deaf()
    }
  }, [read, conversation])

  const refresh = useCallback(async () => {
    refreshLists(listConversations)
    tellElsewhere(conversation)
    await read()
  }, [read, refreshLists, conversation])

  if (state.is === 'loading') return { state: 'loading' }
  if (state.is === 'refused') return { state: 'refused', refusal: state.refusal, retry: () => void read() }
  if (state.is === 'failed') return { state: 'failed', fault: state.fault, retry: () => void read() }
  const { is: _, ...loaded } = state
  const update = (change: (was: Loaded) => Loaded) =>
    setState((was) => (was.is === 'ready' ? { is: 'ready', ...change(was) } : was))
  return {
    state: 'ready',
    ...loaded,
    loadingOlder,
    refresh,
    loadOlder: async () => {
      const { before } = state
      if (before === null || loadingOlder) return
      setLoadingOlder(true)
      try {
        const page = await call(listMessages, { params: { conversation }, query: { before, limit: olderPage } })
        if (isRefusal(page)) return void (await read())
        update((was) =>
          was.before === before ? { ...was, messages: [...page.items, ...was.messages], before: page.before } : was,
        )
      } finally {
        setLoadingOlder(false)
      }
    },
    show: async (message) => {
      const shown = await call(showBranch, { params: { conversation }, body: { message } })
      if (!isRefusal(shown)) await refresh()
    },
    append: (messages, after) => {
      update((was) => {
        const at =
          after === null
            ? -1
            : was.messages.findLastIndex((each) => each.id === after || isBeside(was.messages, each, after))
        return { ...was, messages: [...was.messages.slice(0, at + 1), ...messages] }
      })
      void refresh()
    },
    changeHead: (head) => update((was) => ({ ...was, head: { ...was.head, ...head } })),
  }
}

function isBeside(messages: readonly Message[], each: Message, id: string): boolean {
  const other = messages.find((message) => message.id === id)
  return each.kind === 'answer' && other?.kind === 'answer' && each.turn === other.turn
}

type Page = { readonly items: readonly Message[]; readonly before: string | null }

function joined(was: State, head: Conversation, page: Page): State {
  const known = was.is === 'ready' ? was : undefined
  const messages = known ? joinTail(known.messages, page.items) : 'elsewhere'
  if (!known || messages === 'elsewhere') return { is: 'ready', head, messages: page.items, before: page.before }
  return { is: 'ready', head, messages, before: known.before }
}
