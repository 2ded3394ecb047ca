import { Trans } from '@lingui/react/macro'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  useParams,
  type AnyRouter,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import type { FunctionComponent } from 'react'
import { ErrorState, type RoomScreens, type Screen, type ScreenProps } from '#ui'
import { Gate } from './gate.tsx'
import { NotFound } from './not-found.tsx'
import { Shell } from './shell.tsx'

const pendingMs = 300

/** One route for each screen of each room, all inside the shell. */
export function makeRouter(rooms: readonly RoomScreens[]): AnyRouter {
  const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })
  const routes = rooms
    .flatMap(({ screens }) => screens)
    .map((screen) => createRoute({ getParentRoute: () => root, path: screen.path, component: componentOf(screen) }))
  return createRouter({
    routeTree: root.addChildren(routes),
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(search as Record<string, string>).toString()
      return text === '' ? '' : `?${text}`
    },
    defaultErrorComponent: Broken,
    defaultPendingMs: pendingMs,
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  })
}

/** In place of a screen that threw while it was drawn, or whose code did not come. */
function Broken({ error, reset }: ErrorComponentProps) {
  return (
    <div className="mx-auto max-w-180 px-4 py-16">
      {isCodeMissing(error) ? (
        <ErrorState fault={error} retry={() => location.reload()} />
      ) : (
        <ErrorState title={<Trans>This screen broke</Trans>} retry={reset}>
          <Trans>It is not your doing. Try again; if it breaks anew, tell the operator what you opened.</Trans>
        </ErrorState>
      )}
    </div>
  )
}

/** What Chromium, Firefox and Safari say where a part of the screens could not be fetched. */
const isCodeMissing = (fault: unknown) =>
  fault instanceof TypeError && /dynamically imported module|module script/i.test(fault.message)

/** The screen behind its gate. `preload` fetches its code before it is opened. */
function componentOf(screen: Screen) {
  const load = async () => ({ default: (await screen.load()) as FunctionComponent<ScreenProps> })
  const Loaded = lazyRouteComponent(load)
  const Component = () => {
    const params: Readonly<Record<string, string>> = useParams({ strict: false })
    return (
      <Gate audience={screen.for}>
        <Loaded params={params} />
      </Gate>
    )
  }
  return Object.assign(Component, { preload: () => Loaded.preload?.() })
}
