import { useLingui as useCatalogue } from '@lingui/react'
import { Trans, useLingui } from '@lingui/react/macro'
import { ArrowLeft, Search } from 'lucide-react'
import { cx, HouseMark, Key, Link, modSign, places, useAddress, useSlot } from '#ui'
import { AccountMenu } from './account-menu.tsx'
import { DemoTag } from './demo-tag.tsx'
import { isHere, useNav, type NavItem } from './nav.ts'

type SidebarProps = { readonly onFind: () => void }

const findLook =
  'mx-3 mb-3 flex h-9 items-center gap-2.5 rounded-control border border-hair bg-paper px-2.5 text-13 text-faint ' +
  'transition-colors hover:border-dots'

export function Sidebar({ onFind }: SidebarProps) {
  const { t } = useLingui()
  const { path } = useAddress()
  const atDesk = path.startsWith(places.desk)
  const entries = useNav(atDesk ? 'desk' : 'main')
  const Recent = useSlot('recent')
  const PointsCorner = useSlot('points')
  return (
    <aside className="fixed inset-y-0 left-0 z-20 box-content flex w-62 flex-col border-r border-hair bg-ground pl-[env(safe-area-inset-left)] max-md:hidden">
      <HouseName />
      <button type="button" onClick={onFind} className={findLook}>
        <Search size={15} aria-hidden />
        <span className="flex-1 text-left">
          <Trans>Find</Trans>
        </span>
        <Key>{modSign()} K</Key>
      </button>
      <nav aria-label={atDesk ? t`Desk` : t`Main`} className="flex flex-col gap-0.5 px-3">
        {atDesk && (
          <Link to={places.home} className="mb-2 flex items-center gap-2 px-2.5 py-1 text-13 text-soft hover:text-ink">
            <ArrowLeft size={14} aria-hidden />
            <Trans>Back to the house</Trans>
          </Link>
        )}
        {entries.map((entry) => (
          <NavLink key={entry.to} entry={entry} here={isHere(entry, path)} />
        ))}
      </nav>
      <div className="mt-4 min-h-0 flex-1 overflow-y-auto px-3">{!atDesk && Recent && <Recent />}</div>
      <footer className="flex flex-col gap-1 border-t border-hair p-3">
        {PointsCorner && <PointsCorner compact={false} />}
        <AccountMenu />
      </footer>
    </aside>
  )
}

function HouseName() {
  return (
    <div className="flex items-center gap-2 px-5 pt-5 pb-4">
      <Link to={places.home} className="flex items-center gap-2.5">
        <HouseMark size={20} />
        <span className="text-18 font-semibold tracking-[-0.02em]">Bottega</span>
      </Link>
      <DemoTag />
    </div>
  )
}

function NavLink({ entry, here }: { readonly entry: NavItem; readonly here: boolean }) {
  const { i18n } = useCatalogue()
  const { icon: Icon } = entry
  return (
    <Link
      to={entry.to}
      aria-current={here ? 'page' : undefined}
      className={cx(
        'flex h-9 items-center gap-2.5 rounded-control px-2.5 transition-colors',
        here ? 'bg-hover font-medium text-ink' : 'text-soft hover:bg-hover hover:text-ink',
      )}
    >
      <Icon size={17} strokeWidth={1.75} className={here ? 'text-accent' : undefined} aria-hidden />
      {i18n._(entry.label)}
    </Link>
  )
}
