import { Link as RouterLink, useRouter, useRouterState } from '@tanstack/react-router'
import { ExternalLink } from 'lucide-react'
import { useCallback, type ComponentProps } from 'react'
import { cx } from './classes.ts'

type LinkProps = Omit<ComponentProps<'a'>, 'href' | 'target'> & { readonly to: string }

/** A link inside the house. Its screen's code is fetched when a pointer or the focus comes near. */
export function Link({ to, ...rest }: LinkProps) {
  const [path = '/', search = ''] = to.split('?')
  const attributes = rest as Omit<LinkProps, 'to' | 'target'>
  return (
    <RouterLink {...attributes} to={path} search={Object.fromEntries(new URLSearchParams(search))} preload="intent" />
  )
}

type OutsideProps = Omit<ComponentProps<'a'>, 'href'> & { readonly href: string }

/** A link that leaves the house: where to is said beside it, and the other site learns nothing of the reader. */
export function OutsideLink({ href, className, children, ...rest }: OutsideProps) {
  const host = URL.canParse(href) ? new URL(href).host : ''
  return (
    <a {...rest} href={href} target="_blank" rel="noopener noreferrer nofollow" className={cx('link', className)}>
      {children} <span className="text-faint">({host})</span>
      <ExternalLink size={12} className="ml-0.5 inline align-baseline" aria-hidden />
    </a>
  )
}

/** Goes to an address of the house; `replace` leaves no way back to where one was. */
export function useGo(): (to: string, how?: 'push' | 'replace') => void {
  const { history } = useRouter()
  return useCallback((to, how = 'push') => history[how](to), [history])
}

export function useAddress(): { readonly path: string; readonly search: URLSearchParams } {
  const href = useRouterState({ select: (state) => state.location.href })
  const url = new URL(href, 'http://house')
  return { path: url.pathname, search: url.searchParams }
}

/** One parameter of the query, as state: '' is its absence. Writing it leaves no entry in the history. */
export function useSearchText(name: string): readonly [string, (text: string) => void] {
  const { path, search } = useAddress()
  const go = useGo()
  const write = (text: string) => {
    const next = new URLSearchParams(search)
    if (text === '') next.delete(name)
    else next.set(name, text)
    go(next.size === 0 ? path : `${path}?${next.toString()}`, 'replace')
  }
  return [search.get(name) ?? '', write]
}
