import { useCallback, useEffect, useRef, useState } from 'react'
import { useStored } from '#ui'

/** Writing to the disk at every letter would be felt on slow machines. */
const keptAfterMs = 400

/** What is being written, kept in this browser a moment after the last letter, and when one leaves. */
export function useDraft(key: string): readonly [string, (text: string) => void] {
  const [stored, store] = useStored(key, '')
  const [text, setText] = useState(stored)
  const waiting = useRef<{ readonly timer: ReturnType<typeof setTimeout>; readonly keep: () => void } | undefined>(
    undefined,
  )
  const write = useCallback(
    (next: string) => {
      setText(next)
      clearTimeout(waiting.current?.timer)
      const keep = () => {
        waiting.current = undefined
        store(next)
      }
      // What is sent leaves no draft, at once.
      if (next === '') keep()
      else waiting.current = { timer: setTimeout(keep, keptAfterMs), keep }
    },
    [store],
  )
  useEffect(() => {
    const keepNow = () => {
      clearTimeout(waiting.current?.timer)
      waiting.current?.keep()
    }
    addEventListener('pagehide', keepNow)
    return () => {
      removeEventListener('pagehide', keepNow)
      keepNow()
    }
  }, [])
  return [text, write]
}
