import { msg } from '@lingui/core/macro'
import { HandCoins } from 'lucide-react'
import { lazySlot, places, screen, type RoomScreens } from '#ui'

export const messagesScreens: RoomScreens = {
  room: 'messages',
  screens: [
    screen('/receipts/$turn', { for: 'members', load: async () => (await import('./receipt-page.tsx')).ReceiptPage }),
    screen('/desk/money', { for: 'operator', load: async () => (await import('./budget-page.tsx')).BudgetPage }),
  ],
  nav: [{ area: 'desk', to: places.deskMoney, label: msg`Free points`, icon: HandCoins, for: 'operator' }],
  slots: {
    quote: lazySlot(async () => (await import('./quote.tsx')).Quote),
    receipt: lazySlot(async () => (await import('./receipt-line.tsx')).ReceiptUnderAnswer),
  },
}
