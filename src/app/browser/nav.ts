import { msg } from '@lingui/core/macro'
import { SlidersHorizontal } from 'lucide-react'
import { isFor, places, useViewer, type NavEntry } from '#ui'
import { rooms } from './screens.ts'

export type NavItem = NavEntry

/** The way to the desk, for whoever has one. */
const deskEntry: NavEntry = {
  area: 'main',
  to: places.desk,
  label: msg`Desk`,
  icon: SlidersHorizontal,
  for: 'operator',
}

/** The entries of one area that this viewer may open, in the order of the rooms. */
export function useNav(area: NavEntry['area']): readonly NavItem[] {
  const viewer = useViewer()
  return [...rooms.flatMap(({ nav }) => nav ?? []), deskEntry].filter(
    (entry) => entry.area === area && isFor(entry.for ?? 'everyone', viewer),
  )
}

/** An entry is where one is if the address is its own or below it. Only the home has nothing below. */
export function isHere({ to }: NavItem, path: string): boolean {
  if (to === places.home || to === places.desk) return path === to || (to === places.home && /^\/[bs]\//.test(path))
  return path === to || path.startsWith(`${to}/`)
}
