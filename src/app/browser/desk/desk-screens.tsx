import { msg } from '@lingui/core/macro'
import { Landmark } from 'lucide-react'
import { places, screen, type RoomScreens } from '#ui'

/** The operator's desk. Its other screens are those of the rooms they speak of. */
export const deskScreens: RoomScreens = {
  room: 'desk',
  screens: [screen('/desk', { for: 'operator', load: async () => (await import('./house-page.tsx')).HousePage })],
  nav: [{ area: 'desk', to: places.desk, label: msg`House`, icon: Landmark, for: 'operator' }],
  commands: [
    {
      label: msg`The house`,
      also: msg`desk, health, ledger proof, open and close lines of revenue`,
      to: places.desk,
      icon: Landmark,
      for: 'operator',
    },
  ],
}
