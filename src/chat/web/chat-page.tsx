import { useState } from 'react'
import { useLingui } from '@lingui/react/macro'
import { getBot } from '#bots/contract'
import type { BotName } from '#chat/contract'
import { isRefusal } from '#kernel/contract'
import { places, Read, Skeleton, useAddress, useCall, useGo, type Reading, type ScreenProps } from '#ui'
import { useEffect } from 'react'
import { sentMessages } from './branch.ts'
import { Composer } from './composer.tsx'
import { Conversation } from './conversation.tsx'
import { ChatHead } from './head.tsx'
import { newId } from './new-id.ts'
import { handOver, useThread } from './use-thread.ts'
import { Welcome } from './welcome.tsx'

export function ChatPage({ params: { conversation } }: ScreenProps<'/chats/$conversation'>) {
  return <OpenChat key={conversation} conversation={conversation} />
}

function OpenChat({ conversation }: { readonly conversation: string }) {
  const thread = useThread(conversation)
  if (thread.state === 'ready') return <Conversation thread={thread} />
  const reading: Reading<never> = thread
  return (
    <>
      <ChatHead />
      <div className="mx-auto w-full max-w-180 flex-1 px-4 pt-8 md:px-8">
        <Read of={reading} loading={<ThreadSkeleton />}>
          {() => null}
        </Read>
      </div>
    </>
  )
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

/** A conversation begins with its first message; until then there is nothing of it but this screen. */
export function NewChatPage() {
  const { search } = useAddress()
  const handles = (search.get('bots') ?? '').split(',').filter(Boolean)
  return <NewChat key={handles.join()} handles={handles} asked={search.get('text') ?? ''} />
}

function NewChat({ handles, asked }: { readonly handles: readonly string[]; readonly asked: string }) {
  const { t } = useLingui()
  const go = useGo()
  const [conversation] = useState(newId)
  const bots = useBotsCalled(handles)
  const [suggested, setSuggested] = useState(asked)
  return (
    <>
      <title>{t`New chat · Bottega`}</title>
      <ChatHead bots={bots} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <Welcome bots={bots} onSuggestion={setSuggested} />
      </div>
      <Composer
        conversation={conversation}
        draftKey={`draft:new:${handles.join()}`}
        bots={bots}
        sizes={[]}
        after={null}
        suggested={suggested}
        running={undefined}
        onSent={(sent, { text, bots: answering }) => {
          handOver({
            head: {
              id: conversation,
              title: text.slice(0, 60),
              pinned: false,
              activeAt: new Date().toISOString(),
              createdAt: new Date().toISOString(),
              bots: [...answering],
              running: true,
              leaf: null,
              context: { sizes: [], from: null },
            },
            messages: sentMessages(sent, { text, after: null, bots: answering }),
            before: null,
          })
          go(places.chat(conversation), 'replace')
        }}
      />
    </>
  )
}

/** The bots of an address, as far as they can be asked. */
function useBotsCalled(handles: readonly string[]): readonly BotName[] {
  const call = useCall()
  const [bots, setBots] = useState<readonly BotName[]>([])
  const wanted = handles.join()
  useEffect(() => {
    const ask = async () => {
      const found = await Promise.all(
        wanted
          .split(',')
          .filter(Boolean)
          .slice(0, 10)
          .map((handle) => call(getBot, { params: { handle }, query: {} })),
      )
      setBots(found.flatMap((each) => (isRefusal(each) ? [] : [nameOf(each.bot)])))
    }
    ask().catch(() => undefined)
  }, [call, wanted])
  return bots
}

const nameOf = ({ id, handle, name }: BotName): BotName => ({ id, handle, name })
