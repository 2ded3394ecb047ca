import { useEffect, useRef } from 'react'
import { useAddress } from '#ui'
import type { Row } from './branch.ts'
import type { Loaded, ThreadStore } from './thread-store.ts'

type Sought = {
  readonly rows: readonly Row[]
  readonly loaded: Loaded & { readonly loadingOlder: boolean }
  readonly store: ThreadStore
}

/**
 * `?m=…` names a message that was found: its branch is shown, older pages are fetched until it is here, and its row, whose
 * key is returned, comes into sight.
 */
export function useSought({ rows, loaded, store }: Sought, reach: (at: number) => void): string | undefined {
  const { search } = useAddress()
  const wanted = search.get('m') ?? undefined
  const progress = useRef({ wanted: '', asked: false, reached: false })
  const at = wanted === undefined ? -1 : rows.findIndex((row) => idsIn(row).includes(wanted))
  const { before, loadingOlder } = loaded
  useEffect(() => {
    if (wanted === undefined) return
    if (progress.current.wanted !== wanted) progress.current = { wanted, asked: false, reached: false }
    const { asked, reached } = progress.current
    if (reached) return
    if (at >= 0) {
      progress.current.reached = true
      reach(at)
    } else if (!asked) {
      progress.current.asked = true
      void store.show(wanted)
    } else if (before !== null && !loadingOlder) void store.loadOlder()
  }, [wanted, at, before, loadingOlder, store, reach])
  return at < 0 ? undefined : rows[at]?.key
}

const idsIn = (row: Row) => (row.kind === 'question' ? [row.question.id] : row.answers.map(({ id }) => id))
