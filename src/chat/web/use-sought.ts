import { useEffect, useRef } from 'react'
import { useAddress } from '#ui'
import type { Row } from './branch.ts'
import type { Opened, ThreadStore } from './thread-store.ts'

type Sought = {
  readonly rows: readonly Row[]
  readonly loaded: Opened
  readonly store: ThreadStore
}

type Finding = { readonly key: string | undefined; readonly isMissing: boolean }

/**
 * `?m=…` names a message that was found: its branch is shown, older pages are fetched until it is here, and its row, whose
 * key is returned, comes into sight.
 */
export function useSought({ rows, loaded, store }: Sought, reach: (at: number) => void): Finding {
  const { search } = useAddress()
  const wanted = search.get('m') ?? undefined
  const progress = useRef({ wanted: '', asked: false, reached: false })
  const at = wanted === undefined ? -1 : rows.findIndex((row) => idsIn(row).includes(wanted))
  const { before, older } = loaded
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
    } else if (before !== null && older === 'idle') void store.loadOlder()
  }, [wanted, at, before, older, store, reach])
  return { key: rows[at]?.key, isMissing: wanted !== undefined && at < 0 }
}

const idsIn = (row: Row) => (row.kind === 'question' ? [row.question.id] : row.answers.map(({ id }) => id))
