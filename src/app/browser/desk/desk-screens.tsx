import { msg } from '@lingui/core/macro'
import { Gauge } from 'lucide-react'
import { places, screen, type RoomScreens } from '#ui'

/** The operator's desk. Its other screens are those of the rooms they speak of. */
export const deskScreens: RoomScreens = {
  room: 'desk',
  screens: [screen('/desk', { for: 'operator', load: async () => (await import('./overview-page.tsx')).OverviewPage })],
  nav: [{ area: 'desk', to: places.desk, label: msg`Overview`, icon: Gauge, for: 'operator' }],
  commands: [
    {
      label: msg`Overview of the desk`,
      also: msg`health, ledger proof, open and close lines of revenue`,
      to: places.desk,
      icon: Gauge,
      for: 'operator',
    },
  ],
}
