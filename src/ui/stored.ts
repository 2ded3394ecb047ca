import { useCallback, useState } from 'react'

/** What this browser keeps of whoever sits before it; the rest, such as the theme, is the browser's own. */
const personal = ['draft:', 'bots.draft.', 'wallet.']

/** Forgets what was written and not sent: the next person here is another. */
export function forgetPersonal(): void {
  try {
    for (const key of Object.keys(localStorage))
      if (personal.some((prefix) => key.startsWith(prefix))) localStorage.removeItem(key)
  } catch {
    // A window without storage has kept nothing.
  }
}

/** State that this browser keeps: a draft, a folded list. Where storage is refused it lives as long as the page. */
export function useStored(key: string, initial: string): readonly [string, (text: string) => void] {
  const [held, setHeld] = useState({ key, text: read(key) ?? initial })
  const text = held.key === key ? held.text : (read(key) ?? initial)
  const write = useCallback(
    (next: string) => {
      setHeld({ key, text: next })
      try {
        if (next === initial) localStorage.removeItem(key)
        else localStorage.setItem(key, next)
      } catch {
        // Private windows may refuse; the state itself is kept.
      }
    },
    [key, initial],
  )
  return [text, write]
}

function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}
