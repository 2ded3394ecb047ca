import { createContext, useContext, type ReactNode } from 'react'
import type { Audience } from './screens.ts'

export type Viewer = { readonly id: string; readonly name: string; readonly role: 'member' | 'operator' }

export type House = { readonly mode: 'demo' | 'live'; readonly viewer: Viewer | undefined }

const HouseContext = createContext<House>({ mode: 'demo', viewer: undefined })

export function HouseProvider({ house, children }: { readonly house: House; readonly children: ReactNode }) {
  return <HouseContext value={house}>{children}</HouseContext>
}

/** Who looks at the screen; undefined until they have signed in. */
export const useViewer = (): Viewer | undefined => useContext(HouseContext).viewer

export const useHouse = (): House => useContext(HouseContext)

export function isFor(audience: Audience, viewer: Viewer | undefined): boolean {
  switch (audience) {
    case 'everyone':
      return true
    case 'guests':
      return viewer === undefined
    case 'members':
      return viewer !== undefined
    case 'operator':
      return viewer?.role === 'operator'
  }
}
