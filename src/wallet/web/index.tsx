import { msg } from '@lingui/core/macro'
import { CreditCard, ShieldCheck, Wallet } from 'lucide-react'
import { lazySlot, places, screen, type RoomScreens } from '#ui'

export const walletScreens: RoomScreens = {
  room: 'wallet',
  screens: [
    screen('/wallet', { for: 'members', load: async () => (await import('./wallet-page.tsx')).WalletPage }),
    screen('/wallet/top-up', { for: 'members', load: async () => (await import('./top-up-page.tsx')).TopUpPage }),
    screen('/wallet/caps', { for: 'members', load: async () => (await import('./caps-page.tsx')).CapsPage }),
  ],
  nav: [{ area: 'main', to: places.wallet, label: msg`Wallet`, icon: Wallet, for: 'members' }],
  commands: [
    { label: msg`Top up`, also: msg`buy points, card, pay`, to: places.topUp, icon: CreditCard, for: 'members' },
    {
      label: msg`Limits of what I spend`,
      also: msg`caps, budget, per message, per day, per month`,
      to: places.caps,
      icon: ShieldCheck,
      for: 'members',
    },
  ],
  slots: { points: lazySlot(async () => (await import('./points-corner.tsx')).PointsCorner) },
}
