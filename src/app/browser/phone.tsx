import { useLingui as useCatalogue } from '@lingui/react'
import { useLingui } from '@lingui/react/macro'
import { ArrowLeft, Search, UserRound } from 'lucide-react'
import { cx, HouseMark, IconButton, Link, places, useAddress, useSlot, useViewer } from '#ui'
import { isHere, useNav, type NavItem } from './nav.ts'
import { DemoTag } from './sidebar.tsx'

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

/** Within a thumb’s reach: the first four places, and oneself or the way back from the desk. */
export function BottomBar() {
  const { path } = useAddress()
  const { t } = useLingui()
  const { i18n } = useCatalogue()
  const viewer = useViewer()
  const atDesk = path.startsWith(places.desk)
  const entries = useNav(atDesk ? 'desk' : 'main').slice(0, entriesMax)
  const own = atDesk
    ? { to: places.home, icon: ArrowLeft, label: t`House` }
    : viewer
      ? { to: places.account, icon: UserRound, label: t`You` }
      : { to: places.signIn(), icon: UserRound, label: t`Sign in` }
  return (
    <nav
      aria-label={t`Main`}
      className="sticky bottom-0 z-20 mt-auto flex border-t border-hair bg-ground pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {entries.map((entry) => (
        <BarLink key={entry.to} entry={entry} label={i18n._(entry.label)} here={isHere(entry, path)} />
      ))}
      <BarLink entry={own} label={own.label} here={path === own.to} />
    </nav>
  )
}

type BarLinkProps = { readonly entry: Pick<NavItem, 'to' | 'icon'>; readonly label: string; readonly here: boolean }

function BarLink({ entry, label, here }: BarLinkProps) {
  const { icon: Icon } = entry
  return (
    <Link
      to={entry.to}
      aria-current={here ? 'page' : undefined}
      className={cx(
        'flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-1 text-12 focus-visible:-outline-offset-2',
        here ? 'font-medium text-accent' : 'text-soft',
      )}
    >
      <Icon size={20} strokeWidth={1.75} aria-hidden />
      <span className="max-w-full truncate px-1">{label}</span>
    </Link>
  )
}
