import { elementScroll, measureElement, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import type { Row } from './branch.ts'
import type { Opened, ThreadStore } from './thread-store.ts'

/** A question is a line or two, answers are longer; each is measured once it is drawn. */
const estimates = { question: 88, turn: 280 } as const
/** So near to the first that is loaded the next older page is fetched. */
const loadWithin = 8
const nearEndPx = 120

type Scrolled = {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly rows: readonly Row[]
  readonly loaded: Opened
  readonly store: ThreadStore
}

/** Stays at the end while it grows, unless the reader went up; then what they read stays where it is. */
export function useThreadScroll({ scroller, rows, loaded, store }: Scrolled) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => estimates[rows[at]?.kind ?? 'turn'],
    getItemKey: (at) => rows[at]?.key ?? at,
    measureElement: measureRow,
    scrollToFn: (offset, how, itself) => {
      // The list grows before its end is scrolled to; otherwise it would be reached only at the second try.
      const element = scroller.current?.firstElementChild
      if (element instanceof HTMLElement) element.style.height = `${itself.getTotalSize()}px`
      elementScroll(offset, how, itself)
    },
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
  useAtEndAfterAsking(rows, store, () => virtualizer.scrollToEnd())
  useSought(rows, store, (at) => virtualizer.scrollToIndex(at, { align: 'auto' }))
  const first = virtualizer.getVirtualItems()[0]?.index ?? 0
  const wantsMore = first <= loadWithin && loaded.before !== null && loaded.older === 'idle'
  useEffect(() => {
    if (wantsMore) void store.loadOlder()
  }, [wantsMore, store])
  return { virtualizer, list: virtualizer.containerRef, atEnd: useIsAtEnd(scroller) }
}

const sizesRead = new WeakMap<Element, number>()

/** Rows that come together are read together: each is moved when it is known, and a read after that lays all out anew. */
function measureRow(
  row: HTMLElement,
  entry: ResizeObserverEntry | undefined,
  virtualizer: Virtualizer<HTMLDivElement, HTMLElement>,
): number {
  const key = virtualizer.options.getItemKey(virtualizer.indexFromElement(row))
  if (entry || virtualizer.itemSizeCache.has(key)) return measureElement(row, entry, virtualizer)
  if (!sizesRead.has(row))
    for (const each of row.parentElement?.children ?? [])
      if (each instanceof HTMLElement && each.style.transform === '') sizesRead.set(each, each.offsetHeight)
  const size = sizesRead.get(row) ?? row.offsetHeight
  sizesRead.delete(row)
  return size
}

/** Whoever asks something looks at the answer, wherever they were reading; what is asked elsewhere moves nobody here. */
function useAtEndAfterAsking(rows: readonly Row[], store: ThreadStore, scroll: () => void): void {
  const last = rows.findLast(({ kind }) => kind === 'question')?.key
  const known = useRef(last)
  useLayoutEffect(() => {
    if (known.current !== last && last === store.lastAsked()) scroll()
    known.current = last
  })
}

/** Another version stands where the one before it stood, and is looked at. */
function useSought(rows: readonly Row[], store: ThreadStore, scrollTo: (at: number) => void): void {
  const found = useRef(store.sought())
  useLayoutEffect(() => {
    const sought = store.sought()
    if (sought === undefined || sought === found.current) return
    const at = rows.findIndex(
      (row) => row.key === sought || (row.kind === 'turn' && row.answers.some(({ id }) => id === sought)),
    )
    if (at < 0) return
    found.current = sought
    scrollTo(at)
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
