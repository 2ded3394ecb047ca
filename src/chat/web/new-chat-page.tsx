import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import { getBot } from '#bots/contract'
import { listConversations, type BotName, type Sent } from '#chat/contract'
import { isRefusal } from '#kernel/contract'
import { places, useAddress, useCall, useGo, useRefresh } from '#ui'
import { sentMessages } from './branch.ts'
import { Composer } from './composer.tsx'
import { ChatHead } from './head.tsx'
import { newId } from './new-id.ts'
import type { Loaded } from './thread-store.ts'
import { handOver } from './use-thread.ts'
import { Welcome } from './welcome.tsx'

/** A conversation begins with its first message; until then there is nothing of it but this screen. */
export function NewChatPage() {
  const { search } = useAddress()
  const handles = (search.get('bots') ?? '').split(',').filter(Boolean)
  return <NewChat key={handles.join()} handles={handles} asked={search.get('text') ?? ''} />
}

function NewChat({ handles, asked }: { readonly handles: readonly string[]; readonly asked: string }) {
  const { t } = useLingui()
  const go = useGo()
  const refresh = useRefresh()
  const [conversation] = useState(newId)
  const { bots, missing, looking } = useBotsCalled(handles)
  const [suggested, setSuggested] = useState(asked)
  const isHere = useRef(false)
  useEffect(() => {
    isHere.current = true
    return () => void (isHere.current = false)
  }, [])
  return (
    <>
      <title>{t`New chat · Bottega`}</title>
      <ChatHead bots={bots} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        {!looking && <Welcome bots={bots} missing={missing} onSuggestion={setSuggested} />}
      </div>
      <Composer
        conversation={conversation}
        draftKey={`draft:new:${handles.join()}`}
        bots={bots}
        sizes={[]}
        after={null}
        suggested={suggested}
        onSuggestionTaken={() => setSuggested('')}
        running={undefined}
        onSent={(sent, said) => {
          refresh(listConversations)
          // Whoever went elsewhere meanwhile is not called back.
          if (!isHere.current) return
          handOver(begunWith(conversation, sent, said))
          go(places.chat(conversation), 'replace')
        }}
      />
    </>
  )
}

type Said = { readonly text: string; readonly bots: readonly BotName[] }

/** The conversation as it is now, before anybody asked the server for it. */
function begunWith(id: string, sent: Sent, { text, bots }: Said): Loaded {
  const at = new Date().toISOString()
  const card = { id, title: text.slice(0, 60), pinned: false, running: true, bots: [...bots], activeAt: at }
  return {
    head: { ...card, createdAt: at, leaf: null, context: { sizes: [], from: null } },
    messages: sentMessages(sent, { text, after: null, bots }),
    before: null,
  }
}

const botsMax = 10

type Called = {
  readonly bots: readonly BotName[]
  /** Handles that nobody answers to, or none that this reader may ask. */
  readonly missing: readonly string[]
  readonly looking: boolean
}

/** The bots of an address, as far as they can be asked. */
function useBotsCalled(handles: readonly string[]): Called {
  const call = useCall()
  const wanted = handles.slice(0, botsMax).join()
  const [called, setCalled] = useState<Called>({ bots: [], missing: [], looking: wanted !== '' })
  useEffect(() => {
    if (wanted === '') return
    const asked = wanted.split(',')
    const ask = async () => {
      const found = await Promise.all(asked.map((handle) => call(getBot, { params: { handle }, query: {} })))
      setCalled({
        bots: found.flatMap((each) => (isRefusal(each) ? [] : [nameOf(each.bot)])),
        missing: asked.filter((_, at) => isRefusal(found[at])),
        looking: false,
      })
    }
    ask().catch(() => setCalled({ bots: [], missing: [], looking: false }))
  }, [call, wanted])
  return called
}

const nameOf = ({ id, handle, name }: BotName): BotName => ({ id, handle, name })
