import { Trans } from '@lingui/react/macro'
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useCallback, useContext, useState, type ReactNode } from 'react'
import {
  CallFault,
  isRefusal,
  type AnswerOf,
  type Call,
  type Endpoint,
  type InputOf,
  type Refusal,
  type Subscribe,
} from '#kernel/contract'
import { Button, LinkButton } from './button.tsx'
import { useAddress } from './link.tsx'
import { places } from './places.ts'
import { EmptyState, EndOfList, ErrorState, isUnreachable, Notice, SkeletonRows } from './states.tsx'
import { useToast } from './toast.tsx'

type Wire = { readonly call: Call; readonly subscribe: Subscribe }

const WireContext = createContext<Wire | undefined>(undefined)

type WireProps = { readonly wire: Wire; readonly session: Endpoint; readonly children: ReactNode }

/** `session` says who is signed in. It is asked again when an answer shows that they no longer are: it may have ended elsewhere. */
export function WireProvider({ wire, session, children }: WireProps) {
  const refresh = useRefresh()
  const [listening] = useState<Wire>(() => ({
    ...wire,
    call: async (endpoint, input, options) => {
      const answer = await wire.call(endpoint, input, options)
      if (isRefusal(answer) && answer.refused === 'sign_in_first') refresh(session)
      return answer
    },
  }))
  return <WireContext value={listening}>{children}</WireContext>
}

function useWire(): Wire {
  const wire = useContext(WireContext)
  if (!wire) throw new Error('a screen stands inside WireProvider')
  return wire
}

/** The typed client, for what no hook here does. */
export const useCall = (): Call => useWire().call

/** The reader of event streams. */
export const useSubscribe = (): Subscribe => useWire().subscribe

type Output<E> = Exclude<AnswerOf<E>, Refusal>

export type Reading<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: Value }
  | { readonly state: 'refused'; readonly refusal: Refusal; readonly retry: () => void }
  | { readonly state: 'failed'; readonly fault: unknown; readonly retry: () => void }

/** One key for one question; amounts are bigint, which JSON does not know. */
function keyOf(endpoint: Endpoint, input: object): readonly string[] {
  return [`${endpoint.method} ${endpoint.path}`, JSON.stringify(input, bigintAsText)]
}

const bigintAsText = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)

type ReadOptions = {
  /** False waits; the state is `loading` until then. */
  readonly when?: boolean
  readonly refreshMs?: number
  /** The former answer stands while the next one loads. */
  readonly keep?: boolean
}

/** Asks a GET endpoint, and keeps the answer for all screens that ask the same. */
export function useRead<E extends Endpoint>(
  endpoint: E,
  input: InputOf<E>,
  options: ReadOptions = {},
): Reading<Output<E>> {
  const { call } = useWire()
  const asked = useQuery<AnswerOf<E>>({
    queryKey: keyOf(endpoint, input),
    queryFn: ({ signal }) => call(endpoint, input, { signal }),
    enabled: options.when ?? true,
    ...(options.refreshMs === undefined ? {} : { refetchInterval: options.refreshMs }),
    ...(options.keep ? { placeholderData: keepPreviousData as never } : {}),
  })
  return readingOf(asked.data, asked.error, () => void asked.refetch())
}

function readingOf<Answer>(
  data: Answer | undefined,
  error: unknown,
  retry: () => void,
): Reading<Exclude<Answer, Refusal>> {
  if (data === undefined) return error ? { state: 'failed', fault: error, retry } : { state: 'loading' }
  if (isRefusal(data)) return { state: 'refused', refusal: data, retry }
  return { state: 'ready', value: data as Exclude<Answer, Refusal> }
}

type ReadProps<Value> = {
  readonly of: Reading<Value>
  readonly loading?: ReactNode
  /** What stands around a refusal or a fault, where the page itself comes with the value. */
  readonly around?: (said: ReactNode) => ReactNode
  readonly children: (value: Value) => ReactNode
}

/** Draws a reading: what comes, what was refused, and what broke. */
export function Read<Value>({ of, loading = <SkeletonRows />, around = alone, children }: ReadProps<Value>) {
  switch (of.state) {
    case 'loading':
      return loading
    case 'ready':
      return children(of.value)
    case 'refused':
      return around(<RefusedState refusal={of.refusal} retry={of.retry} />)
    case 'failed':
      return around(<ErrorState fault={of.fault} retry={of.retry} />)
  }
}

const alone = (said: ReactNode) => said

/** Refusals of a whole screen. Who must sign in first comes back to where they were. */
function RefusedState({ refusal, retry }: { readonly refusal: Refusal; readonly retry: () => void }) {
  const { path, search } = useAddress()
  if (refusal.refused === 'sign_in_first') {
    const here = search.size === 0 ? path : `${path}?${search.toString()}`
    return (
      <EmptyState
        title={<Trans>Sign in to see this</Trans>}
        action={
          <LinkButton kind="accent" to={places.signIn(here)}>
            <Trans>Sign in</Trans>
          </LinkButton>
        }
      >
        {refusal.detail}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title={refusal.detail}
      action={
        <Button onClick={retry}>
          <Trans>Try again</Trans>
        </Button>
      }
    />
  )
}

/** What a write was refused for, beside the button that asked for it. */
export function Refused({ refusal, action }: { readonly refusal: Refusal | undefined; readonly action?: ReactNode }) {
  if (!refusal) return null
  return (
    <Notice kind="bad" action={action}>
      {refusal.detail}
    </Notice>
  )
}

type Paging<E, Item> = {
  readonly next: (page: Output<E>) => string | null | undefined
  readonly items: (page: Output<E>) => readonly Item[]
  readonly when?: boolean
  /** The former list stands while another one loads. */
  readonly keep?: boolean
}

export type PagedReading<Item> = {
  readonly of: Reading<readonly Item[]>
  readonly items: readonly Item[]
  readonly hasMore: boolean
  /** These are the items of the question before; more of them cannot be had. */
  readonly isFormer: boolean
  readonly loadingMore: boolean
  /** The next page could not be had; `more` tries again. */
  readonly failedMore: boolean
  readonly more: () => void
}

/** A long list, page by page: `after` is what the page before gave as `next`. */
export function useReadPages<E extends Endpoint, Item>(
  endpoint: E,
  inputFor: (after: string | undefined) => InputOf<E>,
  paging: Paging<E, Item>,
): PagedReading<Item> {
  const { call } = useWire()
  const nextOf = (page: AnswerOf<E>) => (isRefusal(page) ? undefined : (paging.next(page as Output<E>) ?? undefined))
  const asked = useInfiniteQuery({
    queryKey: [...keyOf(endpoint, inputFor(undefined)), 'pages'],
    queryFn: ({ signal, pageParam }) => call(endpoint, inputFor(pageParam), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: nextOf,
    enabled: paging.when ?? true,
    ...(paging.keep ? { placeholderData: keepPreviousData } : {}),
  })
  const pages = asked.data?.pages
  const items = (pages ?? []).flatMap((page) => (isRefusal(page) ? [] : paging.items(page as Output<E>)))
  const first = pages?.[0]
  const last = pages?.at(-1)
  const isRefused = last !== first && last !== undefined && isRefusal(last)
  const reading = readingOf(
    first === undefined || isRefusal(first) ? first : items,
    asked.error,
    () => void asked.refetch(),
  )
  return {
    of: reading as Reading<readonly Item[]>,
    items,
    // By the pages in sight: of a former list the query itself knows no next.
    hasMore: last !== undefined && nextOf(last) !== undefined,
    isFormer: asked.isPlaceholderData,
    loadingMore: asked.isFetchingNextPage,
    failedMore: asked.isFetchNextPageError || isRefused,
    more: () => void (isRefused ? asked.refetch() : asked.fetchNextPage()),
  }
}

/** The foot of a paged list: more of it, or its end. */
export function ReadMore({ of, end }: { readonly of: PagedReading<unknown>; readonly end?: ReactNode }) {
  if (of.failedMore)
    return (
      <Notice
        kind="bad"
        action={
          <Button size="s" busy={of.loadingMore} onClick={of.more}>
            <Trans>Try again</Trans>
          </Button>
        }
      >
        <Trans>More could not be read.</Trans>
      </Notice>
    )
  if (!of.hasMore) return <EndOfList>{end}</EndOfList>
  return (
    <div className="flex justify-center py-4">
      <Button busy={of.loadingMore} disabled={of.isFormer} onClick={of.more}>
        <Trans>Show more</Trans>
      </Button>
    </div>
  )
}

/** Asks again every read of these endpoints, or every read there is. */
export function useRefresh(): (...endpoints: readonly Endpoint[]) => void {
  const queries = useQueryClient()
  return useCallback(
    (...endpoints) => {
      if (endpoints.length === 0) void queries.invalidateQueries()
      for (const { method, path } of endpoints) void queries.invalidateQueries({ queryKey: [`${method} ${path}`] })
    },
    [queries],
  )
}

export type Writing<E> = {
  /** The output, a refusal, or undefined after a fault, which the reader has been told of by then. */
  readonly run: (input: InputOf<E>) => Promise<AnswerOf<E> | undefined>
  readonly running: boolean
  readonly refusal: Refusal | undefined
  readonly reset: () => void
}

/** Changes something. `refresh` names what a yes makes stale. */
export function useWrite<E extends Endpoint>(
  endpoint: E,
  options: { readonly refresh?: readonly Endpoint[] } = {},
): Writing<E> {
  const { call } = useWire()
  const refresh = useRefresh()
  const toast = useToast()
  const write = useMutation<AnswerOf<E>, Error, InputOf<E>>({
    mutationFn: (input) => call(endpoint, input),
    onSuccess: (answer) => {
      if (!isRefusal(answer) && options.refresh) refresh(...options.refresh)
    },
    onError: (fault) =>
      toast({
        kind: 'bad',
        words: <FaultWords fault={fault} />,
        requestId: fault instanceof CallFault ? fault.requestId : undefined,
      }),
  })
  const { mutateAsync } = write
  return {
    run: useCallback((input) => mutateAsync(input).catch(() => undefined), [mutateAsync]),
    running: write.isPending,
    refusal: isRefusal(write.data) ? write.data : undefined,
    reset: write.reset,
  }
}

function FaultWords({ fault }: { readonly fault: unknown }) {
  return isUnreachable(fault) ? (
    <Trans>Bottega did not answer, so it is not known whether this was done. Look before you try again.</Trans>
  ) : (
    <Trans>That broke on our side. Try again; if it stays, tell the operator.</Trans>
  )
}
