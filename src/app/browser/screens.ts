import { botsScreens } from '#bots/web'
import { chatScreens } from '#chat/web'
import { earningsScreens } from '#earnings/web'
import { modelsScreens } from '#models/web'
import { peopleScreens } from '#people/web'
import { messagesScreens } from '#revenue/messages/web'
import type { RoomScreens, Screen, Slots } from '#ui'
import { walletScreens } from '#wallet/web'
import { deskScreens } from './desk/desk-screens.tsx'

/** Every room that has screens, in the order of the navigation. This list is the only place that mounts one. */
export const rooms: readonly RoomScreens[] = [
  botsScreens,
  chatScreens,
  deskScreens,
  modelsScreens,
  peopleScreens,
  walletScreens,
  earningsScreens,
  messagesScreens,
]

/** What the rooms show in one another's screens. Two suppliers of one slot are a fault, found at start. */
export const slots: Partial<Slots> = joinSlots(rooms)

function joinSlots(suppliers: readonly RoomScreens[]): Partial<Slots> {
  const joined = new Map<string, unknown>()
  for (const { room, slots: supplied = {} } of suppliers) {
    for (const [name, component] of Object.entries(supplied)) {
      if (joined.has(name)) throw new Error(`${room} is the second to fill the slot ${name}`)
      joined.set(name, component)
    }
  }
  return Object.fromEntries(joined) as Partial<Slots>
}

/** The frame that the screen of a route asks for, so that the shell knows before the screen is there. */
export function frameOf(routePath: string | undefined): Screen['frame'] {
  const found = rooms.flatMap(({ screens }) => screens).find(({ path }) => path === routePath)
  return found?.frame ?? 'page'
}
