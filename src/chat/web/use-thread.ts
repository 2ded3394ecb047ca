import { useCallback, useEffect, useLayoutEffect, useState } from 'react'
import { listConversations } from '#chat/contract'
import { useCall, useRefresh } from '#ui'
import { heardElsewhere, tellElsewhere } from './tabs.ts'
import { createThreadStore, type Loaded, type ThreadState, type ThreadStore } from './thread-store.ts'

export type Thread = {
  readonly state: ThreadState
  readonly store: ThreadStore
  /** After something was sent or has ended: reads again, here, in the lists and in other tabs. */
  readonly refresh: () => Promise<void>
}

/** What the screen of a new conversation has, for the screen of the conversation that takes over from it. */
let begun: Loaded | undefined

export function handOver(loaded: Loaded): void {
  begun = loaded
}

/** A conversation as far as it was read, kept in step with other tabs and with what happened while one was away. */
export function useThread(conversation: string): Thread {
  const call = useCall()
  const refreshLists = useRefresh()
  const [store] = useState(() => {
    const initial = begun?.head.id === conversation ? begun : undefined
    return createThreadStore({ call, conversation, initial })
  })
  // As state of its own: an external store is drawn at once, with all that follows from it in the same task.
  const [state, setState] = useState(store.get)
  useLayoutEffect(() => {
    const take = () => setState(store.get())
    take()
    return store.listen(take)
  }, [store])
  useEffect(() => {
    // Whoever comes back later finds what is true then.
    begun = undefined
    void store.read()
    const seen = () => {
      if (document.visibilityState === 'visible') void store.read()
    }
    document.addEventListener('visibilitychange', seen)
    const deaf = heardElsewhere(conversation, () => void store.read())
    return () => {
      document.removeEventListener('visibilitychange', seen)
      deaf()
    }
  }, [store, conversation])
  const refresh = useCallback(async () => {
    refreshLists(listConversations)
    tellElsewhere(conversation)
    await store.read()
  }, [store, refreshLists, conversation])
  return { state, store, refresh }
}
