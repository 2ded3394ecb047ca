import { msg } from '@lingui/core/macro'
import { ChartNoAxesColumn } from 'lucide-react'
import { places, screen, type RoomScreens } from '#ui'

export const earningsScreens: RoomScreens = {
  room: 'earnings',
  screens: [
    screen('/earnings', { for: 'members', load: async () => (await import('./earnings-page.tsx')).EarningsPage }),
  ],
  nav: [{ area: 'main', to: places.earnings, label: msg`Earnings`, icon: ChartNoAxesColumn, for: 'members' }],
}
