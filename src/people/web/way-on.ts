import { useEffect } from 'react'
import { places, useAddress, useGo, useViewer } from '#ui'

/** Where somebody wanted to go before they had to sign in. Who is signed in already goes on at once. */
export function useWayOn(): { readonly to: string | undefined; readonly goOn: () => void } {
  const { search } = useAddress()
  const go = useGo()
  const viewer = useViewer()
  const asked = search.get('to') ?? undefined
  const to = asked !== undefined && isOfThisHouse(asked) ? asked : undefined
  const goOn = () => go(to ?? places.home, 'replace')
  useEffect(() => {
    if (viewer) goOn()
    // Only a change of who looks sends them on.
  }, [viewer?.id])
  return { to, goOn }
}

/** Not `//elsewhere.example` or `/\elsewhere.example`, which browsers read as other sites. */
export function isOfThisHouse(to: string): boolean {
  return /^\/(?![/\\])/.test(to) && new URL(to, 'http://house').host === 'house'
}
