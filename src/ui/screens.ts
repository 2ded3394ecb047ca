import type { MessageDescriptor } from '@lingui/core'
import type { LucideIcon } from 'lucide-react'
import type { ComponentType } from 'react'
import type { Call } from '#kernel/contract'
import type { Slots } from './slots.tsx'

/** `/b/$handle` has the parameter `handle`. */
type ParamOf<Path extends string> = Path extends `${string}$${infer Name}/${infer Rest}`
  ? Name | ParamOf<Rest>
  : Path extends `${string}$${infer Name}`
    ? Name
    : never

export type ScreenProps<Path extends string = string> = {
  readonly params: { readonly [Name in ParamOf<Path>]: string }
}

/** Who may see a screen, an entry or a command: members have signed in. */
export type Audience = 'everyone' | 'members' | 'guests' | 'operator'

export type Screen = {
  readonly path: string
  readonly for: Audience
  readonly frame: 'page' | 'full'
  readonly load: () => Promise<ComponentType<ScreenProps>>
}

type ScreenOptions<Path extends string> = {
  readonly for?: Audience
  readonly frame?: 'page' | 'full'
  readonly load: () => Promise<ComponentType<ScreenProps<Path>>>
}

/** One address and what is shown there; its code is fetched when it is first opened. */
export function screen<const Path extends string>(path: Path, options: ScreenOptions<Path>): Screen {
  const { load, frame = 'page' } = options
  return { path, for: options.for ?? 'everyone', frame, load: load as Screen['load'] }
}

export type NavEntry = {
  readonly area: 'main' | 'desk'
  readonly to: string
  readonly label: MessageDescriptor
  readonly icon: LucideIcon
  readonly for?: Audience
}

type Command = {
  readonly label: MessageDescriptor
  /** Other words that people type for it. */
  readonly also?: MessageDescriptor
  readonly icon?: LucideIcon
  readonly for?: Audience
  readonly to: string
}

/** One thing found on the server while a person types in Cmd-K. */
export type Found = {
  readonly key: string
  readonly label: string
  readonly hint?: string
  readonly to: string
  /** A bot's handle, whose mark is drawn before it. */
  readonly mark?: string
}

type Finder = {
  readonly title: MessageDescriptor
  readonly for?: Audience
  readonly run: (text: string, call: Call, signal: AbortSignal) => Promise<readonly Found[]>
}

/** What a room hands to the browser shell. */
export type RoomScreens = {
  readonly room: string
  readonly screens: readonly Screen[]
  readonly nav?: readonly NavEntry[]
  readonly commands?: readonly Command[]
  readonly find?: readonly Finder[]
  readonly slots?: Partial<Slots>
}
