import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import type { Row } from './branch.ts'
import type { Loaded, ThreadStore } from './thread-store.ts'

/** A question is a line or two, answers are longer; each is measured once it is drawn. */
const estimates = { question: 88, turn: 280 } as const
/** So near to the first that is loaded the next older page is fetched. */
const loadWithin = 8
const nearEndPx = 120

type Scrolled = {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly rows: readonly Row[]
  readonly loaded: Loaded & { readonly loadingOlder: boolean }
  readonly store: ThreadStore
}

/** Stays at the end while it grows, unless the reader went up; then what they read stays where it is. */
export function useThreadScroll({ scroller, rows, loaded, store }: Scrolled) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => estimates[rows[at]?.kind ?? 'turn'],
    getItemKey: (at) => rows[at]?.key ?? at,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 64,
    overscan: 4,
    paddingStart: 32,
    paddingEnd: 24,
    // Drawn with the next frame: what is drawn ahead covers the way until then.
    useFlushSync: false,
    // What only moves is not drawn anew.
    directDomUpdates: true,
  })
  useLayoutEffect(() => virtualizer.scrollToEnd(), [virtualizer])
  useAtEndAfterAsking(rows, () => virtualizer.scrollToEnd())
  const first = virtualizer.getVirtualItems()[0]?.index ?? 0
  const wantsMore = first <= loadWithin && loaded.before !== null && !loaded.loadingOlder
  useEffect(() => {
    if (wantsMore) void store.loadOlder()
  }, [wantsMore, store])
  return { virtualizer, list: virtualizer.containerRef, atEnd: useIsAtEnd(scroller) }
}

/** Whoever asks something looks at the answer, wherever they were reading. */
function useAtEndAfterAsking(rows: readonly Row[], scroll: () => void): void {
  const asked = rows.findLast(({ kind }) => kind === 'question')?.key
  const known = useRef(asked)
  useLayoutEffect(() => {
    if (known.current !== asked) scroll()
    known.current = asked
  })
}

function useIsAtEnd(scroller: RefObject<HTMLDivElement | null>): boolean {
  const [atEnd, setAtEnd] = useState(true)
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const look = () => setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight < nearEndPx)
    element.addEventListener('scroll', look, { passive: true })
    return () => element.removeEventListener('scroll', look)
  }, [scroller])
  return atEnd
}
