import { Read, Skeleton, type Reading, type ScreenProps } from '#ui'
import { Conversation } from './conversation.tsx'
import { ChatHead } from './head.tsx'
import type { ThreadState } from './thread-store.ts'
import { useThread } from './use-thread.ts'

export function ChatPage({ params: { conversation } }: ScreenProps<'/chats/$conversation'>) {
  return <OpenChat key={conversation} conversation={conversation} />
}

function OpenChat({ conversation }: { readonly conversation: string }) {
  const { state, store, refresh } = useThread(conversation)
  if (state.is === 'ready') return <Conversation loaded={state} store={store} refresh={refresh} />
  return (
    <>
      <ChatHead />
      <div className="mx-auto w-full max-w-180 flex-1 px-4 pt-8 md:px-8">
        <Read of={readingOf(state, () => void store.read())} loading={<ThreadSkeleton />}>
          {() => null}
        </Read>
      </div>
    </>
  )
}

function readingOf(state: Exclude<ThreadState, { is: 'ready' }>, retry: () => void): Reading<never> {
  switch (state.is) {
    case 'loading':
      return { state: 'loading' }
    case 'refused':
      return { state: 'refused', refusal: state.refusal, retry }
    case 'failed':
      return { state: 'failed', fault: state.fault, retry }
  }
}

function ThreadSkeleton() {
  return (
    <div className="flex flex-col gap-8" aria-hidden>
      <Skeleton className="ml-auto h-12 w-2/5 rounded-card" />
      <div className="flex flex-col gap-3">
        <Skeleton className="h-4 w-32" />
        <Skeleton className="h-4 w-full" />
        <Skeleton className="h-4 w-11/12" />
        <Skeleton className="h-4 w-3/5" />
      </div>
    </div>
  )
}
