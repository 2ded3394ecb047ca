import { useEffect, useState, useSyncExternalStore } from 'react'
import { useStored } from '#ui'

/** What is being written. It stands outside of what is drawn, so that a letter draws the field and nothing else. */
export type Written = {
  /** What the field begins with. */
  readonly initial: string
  readonly get: () => string
  readonly set: (text: string) => void
  readonly listen: (heard: () => void) => () => void
}

function createWritten(initial: string): Written {
  const listeners = new Set<() => void>()
  let text = initial
  return {
    initial,
    get: () => text,
    set: (next) => {
      text = next
      for (const heard of listeners) heard()
    },
    listen: (heard) => {
      listeners.add(heard)
      return () => listeners.delete(heard)
    },
  }
}

/** What is asked anew begins with its own words; all else is a draft, which this browser keeps. */
export function useWritten(key: string, asked: string | undefined): Written {
  const [stored, store] = useStored(key, '')
  const [written] = useState(() => createWritten(asked ?? stored))
  const isDraft = asked === undefined
  useEffect(() => (isDraft ? keepDraft(written, store) : undefined), [isDraft, written, store])
  return written
}

/** Something about the text, as plain values: whoever asks is drawn anew when that changes. */
export function useOfText<Value extends string | number | boolean>(
  written: Written,
  of: (text: string) => Value,
): Value {
  return useSyncExternalStore(written.listen, () => of(written.get()))
}

/** Writing to the disk at every letter would be felt on slow machines. */
const keptAfterMs = 400

/** Keeps the text a moment after the last letter, and when one leaves. */
function keepDraft(written: Written, store: (text: string) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let changedAt = 0
  const keep = () => {
    clearTimeout(timer)
    timer = undefined
    store(written.get())
  }
  // One timer for many letters: it looks how long ago the last one was.
  const look = () => {
    const leftMs = changedAt + keptAfterMs - performance.now()
    if (leftMs <= 0) keep()
    else timer = setTimeout(look, leftMs)
  }
  written.listen(() => {
    changedAt = performance.now()
    // What is sent leaves no draft, at once.
    if (written.get() === '') keep()
    else timer ??= setTimeout(look, keptAfterMs)
  })
  const keepNow = () => {
    if (timer !== undefined) keep()
  }
  addEventListener('pagehide', keepNow)
  // It goes on listening: what was being sent when one left is no draft once it is sent.
  return () => {
    removeEventListener('pagehide', keepNow)
    keepNow()
  }
}
