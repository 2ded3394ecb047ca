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

/** A house is walked through in this order; what is not named comes after, in the order of the rooms. */
const order: readonly string[] = [
  places.home,
  places.chats,
  places.wallet,
  places.studio,
  places.earnings,
  places.desk,
  places.deskUsers,
  places.deskModels,
  places.deskMoney,
]

const placeOf = ({ to }: NavEntry) => (order.includes(to) ? order.indexOf(to) : order.length)

/** The entries of one area that this viewer may open. */
export function useNav(area: NavEntry['area']): readonly NavItem[] {
  const viewer = useViewer()
  const entries = [...rooms.flatMap(({ nav }) => nav ?? []), deskEntry]
  return entries
    .filter((entry) => entry.area === area && isFor(entry.for ?? 'everyone', viewer))
    .toSorted((a, b) => placeOf(a) - placeOf(b))
}

/** An entry is where one is if the address is its own or below it. Only the home has nothing below. */
export function isHere({ to }: NavItem, path: string): boolean {
  if (to === places.home || to === places.desk) return path === to || (to === places.home && /^\/[bs]\//.test(path))
  return path === to || path.startsWith(`${to}/`)
}
