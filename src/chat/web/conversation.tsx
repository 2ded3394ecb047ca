import { useCallback, useState } from 'react'
import type { Question } from '#chat/contract'
import { AskAgain } from './ask-again.tsx'
import { endOf, runningTurn, sentMessages } from './branch.ts'
import { Composer, type Editing } from './composer.tsx'
import { ChatHead } from './head.tsx'
import { LostLine } from './lost-line.tsx'
import { ThreadView } from './thread-view.tsx'
import { useLiveTurn } from './use-live-turn.ts'
import type { Thread } from './use-thread.ts'

export type ReadyThread = Extract<Thread, { state: 'ready' }>

/** An open conversation: its head, its branch, and where one writes. */
export function Conversation({ thread }: { readonly thread: ReadyThread }) {
  const { head, messages, refresh, append } = thread
  const [editing, setEditing] = useState<Editing>()
  const [again, setAgain] = useState<string>()
  const [suggested, setSuggested] = useState('')
  const running = runningTurn(messages)
  const ended = useCallback(() => void refresh(), [refresh])
  const live = useLiveTurn({ conversation: head.id, turn: running }, { ended })
  const edit = useCallback((question: Question) => setEditing(editingOf(thread, question)), [thread])
  const question = messages.find((message) => message.kind === 'question' && message.id === again)
  return (
    <>
      <title>{`${head.title} · Bottega`}</title>
      <ChatHead head={head} bots={head.bots} changeHead={thread.changeHead} />
      <ThreadView thread={thread} live={live.turn} onEdit={edit} onAgain={setAgain} onSuggestion={setSuggested} />
      {running !== undefined && live.connection === 'lost' && <LostLine />}
      <Composer
        key={editing?.question ?? 'end'}
        conversation={head.id}
        draftKey={`draft:${head.id}`}
        bots={editing?.bots ?? head.bots}
        sizes={editing?.sizes ?? head.context.sizes}
        after={editing ? editing.after : endOf(messages)}
        suggested={suggested}
        running={running}
        editing={editing}
        onLeaveEditing={() => setEditing(undefined)}
        onSent={(sent, { text, bots }) => {
          const after = editing ? editing.after : endOf(messages)
          setEditing(undefined)
          setSuggested('')
          append(sentMessages(sent, { text, after, bots }), after)
        }}
      />
      {question?.kind === 'question' && (
        <AskAgain
          conversation={head.id}
          question={question}
          bots={botsOf(thread, question.id)}
          sizes={sizesBefore(thread, question.id)}
          onClose={() => setAgain(undefined)}
          onSent={refresh}
        />
      )}
    </>
  )
}

function editingOf(thread: ReadyThread, { id, text, parent }: Question): Editing {
  return { question: id, text, after: parent, bots: botsOf(thread, id), sizes: sizesBefore(thread, id) }
}

/** Who answered a question last. */
function botsOf({ messages, head }: ReadyThread, question: string) {
  const bots = messages.flatMap((message) =>
    message.kind === 'answer' && message.parent === question ? [message.bot] : [],
  )
  return bots.length > 0 ? bots : head.bots
}

/**
 * What bots would read before this question. Where older messages had been left out they may fit again: then it counts as
 * full, so that a quote is never too low.
 */
function sizesBefore({ messages, head }: ReadyThread, question: string): readonly number[] {
  const at = messages.findIndex(({ id }) => id === question)
  const behind = messages.slice(at).filter(({ text }) => text !== '').length
  const { sizes, from } = head.context
  const left = sizes.slice(0, Math.max(0, sizes.length - behind))
  if (from === null) return left
  return [...left, ...sizes.slice(left.length)]
}
