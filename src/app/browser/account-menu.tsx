import { Trans, useLingui } from '@lingui/react/macro'
import { LogOut, UserRound } from 'lucide-react'
import { signOut } from '#people/contract'
import { forgetPersonal, LinkButton, Menu, PersonMark, places, useAddress, useViewer, useWrite } from '#ui'
import { useTheme } from './theme.ts'

/** Ends the session; a new page keeps nothing of whoever was here. */
export function useSignOut(): () => Promise<void> {
  const leaving = useWrite(signOut)
  return async () => {
    if (!(await leaving.run({}))) return
    forgetPersonal()
    location.assign(places.home)
  }
}

/** To sign in and come back to where one is, or to where one was on the way to. */
export function useWayIn(): string {
  const { path, search } = useAddress()
  if (path === places.signIn() || path === places.signUp()) return places.signIn(search.get('to') ?? undefined)
  const here = search.size === 0 ? path : `${path}?${search.toString()}`
  return places.signIn(here === places.home ? undefined : here)
}

/** Who one is, and the few things that are about oneself; for guests the way in. */
export function AccountMenu() {
  const { t } = useLingui()
  const viewer = useViewer()
  const leave = useSignOut()
  const theme = useTheme()
  const wayIn = useWayIn()
  if (!viewer)
    return (
      <div className="flex gap-2">
        <LinkButton className="flex-1" to={wayIn}>
          <Trans>Sign in</Trans>
        </LinkButton>
        <Menu label={t`Appearance`} icon={theme.icon} items={theme.items} />
      </div>
    )
  return (
    <Menu
      label={t`Account of ${viewer.name}`}
      kind="quiet"
      className="w-full justify-start! px-2.5!"
      trigger={
        <>
          <PersonMark name={viewer.name} size={24} />
          <span className="truncate">{viewer.name}</span>
        </>
      }
      items={[
        { label: <Trans>Account</Trans>, icon: UserRound, to: places.account },
        null,
        ...theme.items,
        null,
        { label: <Trans>Sign out</Trans>, icon: LogOut, onSelect: () => void leave() },
      ]}
    />
  )
}
