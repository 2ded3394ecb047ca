import { Outlet, useRouterState } from '@tanstack/react-router'
import { Trans } from '@lingui/react/macro'
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode, type RefObject } from 'react'
import { getMe } from '#people/contract'
import { getHouse } from '../contract.ts'
import { cx, ErrorState, HouseProvider, Skeleton, useAddress, useKeys, useRead, type House } from '#ui'
import { BottomBar, PhoneHeader } from './phone.tsx'
import { frameOf } from './screens.ts'
import { Sidebar } from './sidebar.tsx'
import { useConnection } from './connection.ts'

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))

/** What stands around every screen: where one may go, what one has, and how the connection is. */
export function Shell() {
  const me = useRead(getMe, {})
  const house = useRead(getHouse, {})
  if (me.state === 'failed' || house.state === 'failed') {
    const failed = me.state === 'failed' ? me : house
    return (
      <main className="mx-auto max-w-180 px-4 py-24">
        <ErrorState fault={'fault' in failed ? failed.fault : undefined} retry={() => location.reload()} />
      </main>
    )
  }
  if (me.state !== 'ready' || house.state !== 'ready') return <SidebarSkeleton />
  const { mode } = house.value
  return <Frame house={{ mode, viewer: me.value.me }} />
}

/** Between the sidebar and the edge; a phone on its side has its camera at one of both. */
const besideSidebar =
  'flex flex-col pr-[env(safe-area-inset-right)] pl-[env(safe-area-inset-left)] ' +
  'md:pl-[calc(15.5rem+1px+env(safe-area-inset-left))]'

function Frame({ house }: { readonly house: House }) {
  const [finding, setFinding] = useState(false)
  const routePath = useRouterState({ select: ({ matches }): string | undefined => matches.at(-1)?.fullPath })
  const frame = frameOf(routePath)
  const openPalette = () => setFinding(true)
  useKeys({ 'mod+k': openPalette, '/': openPalette })
  const screen = useFocusOnArrival()
  return (
    <HouseProvider house={house}>
      <a
        href="#screen"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-60 focus:rounded-control focus:bg-raised focus:px-3 focus:py-2"
      >
        <Trans>Skip to the page</Trans>
      </a>
      <Sidebar onFind={openPalette} />
      <div className={cx(besideSidebar, frame === 'full' ? 'h-dvh' : 'min-h-dvh')}>
        <ConnectionLine />
        {frame === 'page' && <PhoneHeader onFind={openPalette} />}
        <main id="screen" ref={screen} tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
          <Suspense fallback={<ScreenSkeleton />}>
            <Outlet />
          </Suspense>
        </main>
        {frame === 'page' && <BottomBar />}
      </div>
      {finding && (
        <Suspense fallback={null}>
          <Palette onClose={() => setFinding(false)} />
        </Suspense>
      )}
    </HouseProvider>
  )
}

/** Who goes to another address by the keyboard goes on from there, unless the screen itself has taken the focus. */
function useFocusOnArrival(): RefObject<HTMLElement | null> {
  const screen = useRef<HTMLElement>(null)
  const { path } = useAddress()
  const last = useRef(path)
  useEffect(() => {
    if (last.current === path) return
    last.current = path
    if (!screen.current?.contains(document.activeElement)) screen.current?.focus({ preventScroll: true })
  }, [path])
  return screen
}

/** A line while a screen is on its way, and words when the connection is lost. */
function ConnectionLine() {
  const loading = useRouterState({ select: (state) => state.status === 'pending' })
  const connection = useConnection()
  if (connection === 'offline')
    return (
      <Line>
        <Trans>You are offline. What is on screen stays; sending waits until you are back.</Trans>
      </Line>
    )
  return loading ? <div className="waiting fixed inset-x-0 top-0 z-60 h-0.5 bg-accent" aria-hidden /> : null
}

function Line({ children }: { readonly children: ReactNode }) {
  return (
    <p role="status" className="sticky top-0 z-30 bg-amber-wash px-4 py-1.5 text-center text-13 text-amber">
      {children}
    </p>
  )
}

/** Where the sidebar will stand: its edge, its name and its places. */
function SidebarSkeleton() {
  return (
    <div
      className="fixed inset-y-0 left-0 box-content flex w-62 flex-col gap-4 border-r border-hair px-5 pt-6 max-md:hidden"
      aria-hidden
    >
      <Skeleton className="h-6 w-28" />
      <Skeleton className="mt-1 mb-2 h-8" />
      <Skeleton className="h-4 w-20" />
      <Skeleton className="h-4 w-24" />
      <Skeleton className="h-4 w-20" />
    </div>
  )
}

function ScreenSkeleton() {
  return (
    <div className="mx-auto flex w-full max-w-180 flex-col gap-4 px-4 pt-10 md:px-8" aria-hidden>
      <Skeleton className="h-8 w-56" />
      <Skeleton className="mt-4 h-24 rounded-card" />
      <Skeleton className="h-24 rounded-card" />
    </div>
  )
}
