import { Trans, useLingui } from '@lingui/react/macro'
import { LogOut, UserRound } from 'lucide-react'
import { signOut } from '#people/contract'
import { LinkButton, Menu, PersonMark, places, useAddress, useGo, useRefresh, useViewer, useWrite } from '#ui'
import { useTheme } from './theme.ts'

/** Who one is, and the few things that are about oneself; for guests the way in. */
export function AccountMenu() {
  const { t } = useLingui()
  const viewer = useViewer()
  const leave = useWrite(signOut)
  const refresh = useRefresh()
  const go = useGo()
  const theme = useTheme()
  const { path } = useAddress()
  if (!viewer)
    return (
      <div className="flex gap-2">
        <LinkButton className="flex-1" to={places.signIn(path === '/' ? undefined : path)}>
          <Trans>Sign in</Trans>
        </LinkButton>
        <Menu label={t`Appearance`} icon={theme.icon} items={theme.items} />
      </div>
    )
  const signOutHere = async () => {
    if ((await leave.run({})) === undefined) return
    go(places.home)
    refresh()
  }
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
        { label: <Trans>Sign out</Trans>, icon: LogOut, onSelect: () => void signOutHere() },
      ]}
    />
  )
}
