import { useEffect } from 'react'
import { listConversations, type ConversationCard } from '#chat/contract'
import { useRefresh } from '#ui'

const everyMs = 3_000

/** A list hears of no end: while it shows something as running it is read again now and then. */
export function useFreshWhileRunning(cards: readonly ConversationCard[]): void {
  const refresh = useRefresh()
  const isRunning = cards.some(({ running }) => running)
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') refresh(listConversations)
    }, everyMs)
    return () => clearInterval(timer)
  }, [isRunning, refresh])
}
