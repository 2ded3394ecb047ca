import { useLingui as useCatalogue } from '@lingui/react'
import { Trans, useLingui } from '@lingui/react/macro'
import { ArrowLeft, LogOut, Search, UserRound } from 'lucide-react'
import { useState } from 'react'
import { Button, cx, Dialog, HouseMark, IconButton, Link, places, Segments, useAddress, useSlot, useViewer } from '#ui'
import { useSignOut, useWayIn } from './account-menu.tsx'
import { isHere, useNav, type NavItem } from './nav.ts'
import { DemoTag } from './demo-tag.tsx'
import { useTheme } from './theme.ts'

/** On top of a phone's screen: the house, what one has, and the way to everything. */
export function PhoneHeader({ onFind }: { readonly onFind: () => void }) {
  const { t } = useLingui()
  const PointsCorner = useSlot('points')
  return (
    <header className="sticky top-0 z-20 flex h-13 items-center gap-2 border-b border-hair bg-ground pr-2 pl-4 md:hidden">
      <Link to={places.home} aria-label="Bottega">
        <HouseMark size={20} />
      </Link>
      <DemoTag />
      <span className="flex-1" />
      {PointsCorner && <PointsCorner compact />}
      <IconButton icon={Search} label={t`Find`} onClick={onFind} />
    </header>
  )
}

const entriesMax = 4

/** Within a thumb’s reach: the first four places, and all else behind the fifth. */
export function BottomBar() {
  const { path } = useAddress()
  const wayIn = useWayIn()
  const { t } = useLingui()
  const { i18n } = useCatalogue()
  const viewer = useViewer()
  const [more, setMore] = useState(false)
  const atDesk = path.startsWith(places.desk)
  const entries = useNav(atDesk ? 'desk' : 'main')
  // Where one is stands behind the last button.
  const isBehind = path === places.account || entries.slice(entriesMax).some((entry) => isHere(entry, path))
  return (
    <nav
      aria-label={t`Main`}
      className="sticky bottom-0 z-20 mt-auto flex border-t border-hair bg-ground pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {entries.slice(0, entriesMax).map((entry) => (
        <BarLink key={entry.to} entry={entry} label={i18n._(entry.label)} here={isHere(entry, path)} />
      ))}
      {atDesk ? (
        <BarLink entry={{ to: places.home, icon: ArrowLeft }} label={t`House`} here={false} />
      ) : viewer ? (
        <button
          type="button"
          aria-haspopup="dialog"
          onClick={() => setMore(true)}
          className={cx(barLook, isBehind ? 'font-medium text-accent' : 'text-soft')}
        >
          <UserRound size={20} strokeWidth={1.75} aria-hidden />
          <Trans>You</Trans>
        </button>
      ) : (
        <BarLink entry={{ to: wayIn, icon: UserRound }} label={t`Sign in`} here={path === '/sign-in'} />
      )}
      {more && <More entries={entries.slice(entriesMax)} onClose={() => setMore(false)} />}
    </nav>
  )
}

const barLook =
  'flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-1 text-12 focus-visible:-outline-offset-2'

type BarLinkProps = { readonly entry: Pick<NavItem, 'to' | 'icon'>; readonly label: string; readonly here: boolean }

function BarLink({ entry, label, here }: BarLinkProps) {
  const { icon: Icon } = entry
  return (
    <Link
      to={entry.to}
      aria-current={here ? 'page' : undefined}
      className={cx(barLook, here ? 'font-medium text-accent' : 'text-soft')}
    >
      <Icon size={20} strokeWidth={1.75} aria-hidden />
      <span className="max-w-full truncate px-1">{label}</span>
    </Link>
  )
}

type MoreProps = { readonly entries: readonly NavItem[]; readonly onClose: () => void }

/** Oneself, and the places that the bar has no room for. */
function More({ entries, onClose }: MoreProps) {
  const viewer = useViewer()
  const { i18n } = useCatalogue()
  const { t } = useLingui()
  const theme = useTheme()
  const signOut = useSignOut()
  const rows = entries.map(({ to, icon, label }) => ({ to, icon, label: i18n._(label) }))
  return (
    <Dialog open onClose={onClose} title={viewer?.name}>
      <div className="flex flex-col">
        {[...rows, { to: places.account, icon: UserRound, label: t`Account` }].map(({ to, icon: Icon, label }) => (
          <Link key={to} to={to} onClick={onClose} className="flex h-12 items-center gap-3 border-b border-hair">
            <Icon size={19} strokeWidth={1.75} className="text-soft" aria-hidden />
            {label}
          </Link>
        ))}
        <div className="flex items-center justify-between gap-3 py-4">
          <Segments label={t`Appearance`} value={theme.value} onChange={theme.choose} options={theme.options} />
          <Button icon={LogOut} kind="quiet" onClick={() => void signOut()}>
            <Trans>Sign out</Trans>
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
