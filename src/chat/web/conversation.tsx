import { useLingui } from '@lingui/react/macro'
import { useCallback, useMemo, useState } from 'react'
import type { Question } from '#chat/contract'
import { AskAgain } from './ask-again.tsx'
import { botsOf, endOf, runningTurn, sentMessages, sizesBefore } from './branch.ts'
import { Composer, type Editing } from './composer.tsx'
import { ChatHead } from './head.tsx'
import { LostLine } from './lost-line.tsx'
import type { Opened, ThreadStore } from './thread-store.ts'
import { ThreadView } from './thread-view.tsx'
import { useLiveTurn } from './use-live-turn.ts'
import { nextFrame, onceIdle, whenIdle } from './when-idle.ts'

type ConversationProps = {
  readonly loaded: Opened
  readonly store: ThreadStore
  readonly refresh: () => Promise<void>
}

/** An open conversation: its head, its branch, and where one writes. */
export function Conversation({ loaded, store, refresh }: ConversationProps) {
  const { head, messages } = loaded
  const [editing, setEditing] = useState<Editing>()
  const [again, setAgain] = useState<string>()
  const [suggested, setSuggested] = useState('')
  const running = runningTurn(messages)
  const ended = useMemo(() => onceIdle(() => void refresh()), [refresh])
  const live = useLiveTurn({ conversation: head.id, turn: running }, ended)
  const edit = useCallback((question: Question) => setEditing(editingOf(store, question)), [store])
  const question = messages.find((message) => message.kind === 'question' && message.id === again)
  const after = editing ? editing.after : endOf(messages)
  return (
    <>
      <title>{`${head.title} · Bottega`}</title>
      <ChatHead head={head} bots={head.bots} changeHead={store.changeHead} />
      <ThreadView
        loaded={loaded}
        store={store}
        live={live.turn}
        onEdit={edit}
        onAgain={setAgain}
        onSuggestion={setSuggested}
      />
      <Spoken running={running !== undefined} />
      {running !== undefined && live.connection === 'lost' && <LostLine />}
      <Composer
        key={editing?.question ?? 'end'}
        conversation={head.id}
        draftKey={`draft:${head.id}`}
        bots={editing?.bots ?? head.bots}
        sizes={editing?.sizes ?? head.context.sizes}
        after={after}
        suggested={suggested}
        onSuggestionTaken={() => setSuggested('')}
        running={running}
        editing={editing}
        onLeaveEditing={() => setEditing(undefined)}
        reread={refresh}
        onSent={async (sent, asked) => {
          setEditing(undefined)
          // The field is drawn empty, then the question, then the answer's place: together they would hold up what is typed.
          const messages = sentMessages(sent, { ...asked, after })
          await nextFrame()
          store.append(messages.slice(0, 1), after)
          await nextFrame()
          store.append(messages, after)
          // What the server says besides may wait until that is drawn.
          whenIdle(() => void refresh())
        }}
      />
      {question?.kind === 'question' && (
        <AskAgain
          conversation={head.id}
          question={question}
          bots={botsOf(loaded, question.id)}
          sizes={sizesBefore(loaded, question.id)}
          onClose={() => setAgain(undefined)}
          reread={refresh}
        />
      )}
    </>
  )
}

/** To whoever hears the screen: that an answer has begun, and that it is there. */
function Spoken({ running }: { readonly running: boolean }) {
  const { t } = useLingui()
  const [was, setWas] = useState(running)
  if (running && !was) setWas(true)
  return (
    <p role="status" className="sr-only">
      {running ? t`Answering` : was ? t`The answer has ended.` : ''}
    </p>
  )
}

function editingOf(store: ThreadStore, { id, text, parent }: Question): Editing | undefined {
  const loaded = store.get()
  if (loaded.is !== 'ready') return undefined
  return { question: id, text, after: parent, bots: botsOf(loaded, id), sizes: sizesBefore(loaded, id) }
}
