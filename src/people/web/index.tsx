import { msg } from '@lingui/core/macro'
import { LogIn, UserRound, UsersRound } from 'lucide-react'
import { places, screen, type RoomScreens } from '#ui'

export const peopleScreens: RoomScreens = {
  room: 'people',
  screens: [
    screen('/sign-in', { load: async () => (await import('./sign-in-page.tsx')).SignInPage }),
    screen('/sign-up', { load: async () => (await import('./sign-up-page.tsx')).SignUpPage }),
    screen('/claim/$token', { load: async () => (await import('./claim-page.tsx')).ClaimPage }),
    screen('/reset/$token', { load: async () => (await import('./reset-page.tsx')).ResetPage }),
    screen('/account', { for: 'members', load: async () => (await import('./account-page.tsx')).AccountPage }),
    screen('/desk/users', { for: 'operator', load: async () => (await import('./users-page.tsx')).UsersPage }),
  ],
  nav: [{ area: 'desk', to: places.deskUsers, label: msg`People`, icon: UsersRound, for: 'operator' }],
  commands: [
    {
      label: msg`Account`,
      also: msg`name, password, sessions, export my data, sign out, close account`,
      to: places.account,
      icon: UserRound,
      for: 'members',
    },
    { label: msg`Sign in`, to: places.signIn(), icon: LogIn, for: 'guests' },
    { label: msg`Make an account`, also: msg`sign up, register`, to: places.signUp(), icon: UserRound, for: 'guests' },
  ],
}
