import { createContext, lazy, Suspense, useContext, type ComponentType, type ReactNode } from 'react'

/** What the reader was shown; the server refuses to charge more, or by other terms. */
export type ExpectedQuote = { readonly digest: string; readonly atMost: bigint }

export type QuoteProps = {
  /** The bots that would answer, in the order of their calls. */
  readonly bots: readonly string[]
  /** UTF-8 bytes of everything that would be sent to each of them. */
  readonly inputBytes: number
  /** Called with each new quote that is on screen, and with undefined while there is none. */
  readonly onExpected: (expected: ExpectedQuote | undefined) => void
}

export type ReceiptProps = {
  readonly turn: string
  /** While it runs there is no receipt yet: the slot shows what is held, or nothing. */
  readonly running: boolean
}

/** Where one room's screens show another's part without knowing it. Each has one supplier at most. */
export type Slots = {
  /** The balance, live: at the sidebar's foot and in the phone's header. */
  readonly points: ComponentType<{ readonly compact: boolean }>
  /** The latest conversations, in the sidebar. */
  readonly recent: ComponentType
  readonly quote: ComponentType<QuoteProps>
  readonly receipt: ComponentType<ReceiptProps>
}

const SlotsContext = createContext<Partial<Slots>>({})

export function SlotsProvider({ slots, children }: { readonly slots: Partial<Slots>; readonly children: ReactNode }) {
  return <SlotsContext value={slots}>{children}</SlotsContext>
}

/** The supplier of a slot, or undefined where no open room has one: then the place is not drawn at all. */
export function useSlot<Name extends keyof Slots>(name: Name): Partial<Slots>[Name] {
  return useContext(SlotsContext)[name]
}

/** A slot whose code is fetched when it is first drawn. */
export function lazySlot<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Loaded = lazy(async () => ({ default: (await load()) as ComponentType<object> }))
  return function Slot(props: Props) {
    return (
      <Suspense fallback={null}>
        <Loaded {...props} />
      </Suspense>
    )
  }
}
