import { useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import { getBot } from '#bots/contract'
import { getConversation, listConversations, type BotName, type Sent } from '#chat/contract'
import { isRefusal } from '#kernel/contract'
import { ErrorState, newId, places, useAddress, useCall, useGo, useRefresh, useStored } from '#ui'
import { sentMessages } from './branch.ts'
import { Composer } from './composer.tsx'
import { ChatHead } from './head.tsx'
import type { Loaded } from './thread-store.ts'
import { handOver } from './use-thread.ts'
import type { Written } from './use-written.ts'
import { Welcome } from './welcome.tsx'

/** A conversation begins with its first message; until then there is nothing of it but this screen. */
export function NewChatPage() {
  const { search } = useAddress()
  const handles = (search.get('bots') ?? '').split(',').filter(Boolean)
  return <NewChat key={handles.join()} handles={handles} asked={search.get('text') ?? ''} />
}

function NewChat({ handles, asked }: { readonly handles: readonly string[]; readonly asked: string }) {
  const { t } = useLingui()
  const call = useCall()
  const refresh = useRefresh()
  const [conversation] = useState(newId)
  const called = useBotsCalled(handles)
  const bots = called.is === 'known' ? called.bots : []
  const [suggested, setSuggested] = useState(asked)
  const goOn = useGoOn(conversation)
  return (
    <>
      <title>{t`New chat · Bottega`}</title>
      <ChatHead bots={bots} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        {called.is === 'known' && <Welcome bots={bots} missing={called.missing} onSuggestion={setSuggested} />}
        {called.is === 'failed' && (
          <div className="mx-auto w-full max-w-180 px-4 pt-8 md:px-8">
            <ErrorState fault={called.fault} retry={called.retry} />
          </div>
        )}
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
        onSent={(sent, said, left) => {
          refresh(listConversations)
          goOn(left, begunWith(conversation, sent, said))
        }}
        reread={async (left) => {
          const head = await call(getConversation, { params: { conversation } }).catch(() => undefined)
          if (head !== undefined && !isRefusal(head)) goOn(left)
        }}
      />
    </>
  )
}

/** To the screen of the conversation once it has begun; what is written and not sent goes along. */
function useGoOn(conversation: string) {
  const go = useGo()
  const [, keepDraft] = useStored(`draft:${conversation}`, '')
  const isHere = useRef(false)
  useEffect(() => {
    isHere.current = true
    return () => void (isHere.current = false)
  }, [])
  return (left: Written, begun?: Loaded) => {
    // Whoever went elsewhere meanwhile is not called back.
    if (!isHere.current) return
    if (begun) handOver(begun)
    keepDraft(left.get())
    left.set('')
    go(places.chat(conversation), 'replace')
  }
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

type Called =
  | { readonly is: 'looking' }
  | { readonly is: 'failed'; readonly fault: unknown; readonly retry: () => void }
  /** `missing`: handles that nobody answers to, or none that this reader may ask. */
  | { readonly is: 'known'; readonly bots: readonly BotName[]; readonly missing: readonly string[] }

const nobody: Called = { is: 'known', bots: [], missing: [] }

/** The bots of an address, as far as they can be asked. */
function useBotsCalled(handles: readonly string[]): Called {
  const call = useCall()
  const wanted = handles.slice(0, botsMax).join()
  const [called, setCalled] = useState<Called>(wanted === '' ? nobody : { is: 'looking' })
  const [tries, setTries] = useState(1)
  useEffect(() => {
    if (wanted === '') return
    const asked = wanted.split(',')
    const ask = async () => {
      const found = await Promise.all(asked.map((handle) => call(getBot, { params: { handle }, query: {} })))
      setCalled({
        is: 'known',
        bots: found.flatMap((each) => (isRefusal(each) ? [] : [nameOf(each.bot)])),
        missing: asked.filter((_, at) => isRefusal(found[at])),
      })
    }
    const retry = () => {
      setCalled({ is: 'looking' })
      setTries(tries + 1)
    }
    ask().catch((fault: unknown) => setCalled({ is: 'failed', fault, retry }))
  }, [call, wanted, tries])
  return called
}

const nameOf = ({ id, handle, name }: BotName): BotName => ({ id, handle, name })
