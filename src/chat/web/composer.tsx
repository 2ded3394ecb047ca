import { Trans, useLingui } from '@lingui/react/macro'
import { ArrowUp, AtSign, Square, X } from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { contextOf, joinBytes, limits, stopTurn, type BotName, type Sent } from '#chat/contract'
import { BotMark, IconButton, Notice, useSlot, useStored, useWrite, type ExpectedQuote } from '#ui'
import { MentionList, optionId, useMentionable } from './mention-list.tsx'
import { mentionAt } from './recipients.ts'
import { useRecipients } from './use-recipients.ts'
import { useSend } from './use-send.ts'

/** A question that is asked anew, in other words. */
export type Editing = {
  readonly question: string
  readonly text: string
  readonly after: string | null
  readonly bots: readonly BotName[]
  readonly sizes: readonly number[]
}

type ComposerProps = {
  readonly conversation: string
  readonly draftKey: string
  /** Who answers unless the text mentions others. */
  readonly bots: readonly BotName[]
  /** What bots would read before it, in bytes. */
  readonly sizes: readonly number[]
  readonly after: string | null
  /** Words to begin with, from a suggestion. */
  readonly suggested: string
  readonly running: string | undefined
  readonly editing?: Editing | undefined
  readonly onLeaveEditing?: () => void
  readonly onSent: (sent: Sent, asked: { readonly text: string; readonly bots: readonly BotName[] }) => void
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length

/** Where one writes: to whom it goes, what it costs, and Send; while an answer runs, Stop. */
export function Composer(props: ComposerProps) {
  const { conversation, draftKey, sizes, after, suggested, running, editing, onLeaveEditing, onSent } = props
  const { t } = useLingui()
  const Quote = useSlot('quote')
  const [draft, keepDraft] = useStored(draftKey, '')
  const [edited, setEdited] = useState(editing?.text ?? '')
  const [text, setText] = editing ? [edited, setEdited] : [draft, keepDraft]
  const { bots, unsure, know } = useRecipients(text, props.bots)
  const [expected, setExpected] = useState<ExpectedQuote>()
  const { send, sending, refusal } = useSend(conversation)
  const area = useRef<HTMLTextAreaElement>(null)
  useSuggestion(suggested, (words) => {
    setText(words)
    area.current?.focus()
  })
  const mentions = useMentioning(area, { text, setText, know })
  const bytes = bytesOf(text)
  const inputBytes = contextOf([...sizes, bytes + joinBytes]).bytes
  const isPriced = !Quote || expected !== undefined
  const canSend = text.trim() !== '' && bots.length > 0 && !unsure && isPriced && running === undefined && !sending
  const submit = async () => {
    if (!canSend) return
    const asked = { text, bots }
    const sent = await send({ ...asked, after, ...(expected ? { expected } : {}) })
    if (!sent) return
    setText('')
    onSent(sent, asked)
  }
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (mentions.onKey(event)) return
    // Enter also ends the writing of a Chinese or Japanese word, and on phones it is the only way to a new line.
    const isSend = event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing
    if (isSend && !matchMedia('(pointer: coarse)').matches) {
      event.preventDefault()
      void submit()
    }
    if (event.key === 'Escape' && editing) onLeaveEditing?.()
  }
  return (
    <div className="mx-auto w-full max-w-180 shrink-0 px-3 pb-[calc(12px+env(safe-area-inset-bottom))] md:px-8 md:pb-5">
      {refusal && (
        <Notice kind="bad" className="mb-2">
          {refusal.detail}
        </Notice>
      )}
      <div className="relative rounded-card border border-edge bg-paper shadow-(--float) transition-colors focus-within:border-accent">
        {mentions.list}
        {editing && <EditingLine onLeave={() => onLeaveEditing?.()} />}
        <textarea
          ref={area}
          rows={1}
          value={text}
          aria-label={t`Message`}
          placeholder={placeholder(bots, t`Write a message`, (name) => t`Message ${name}`)}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKey}
          onSelect={mentions.look}
          onBlur={mentions.close}
          {...mentions.attributes}
          className="block field-sizing-content max-h-[40dvh] min-h-12 w-full resize-none bg-transparent px-4 pt-3 pb-1 text-ink outline-none placeholder:text-faint"
        />
        {bytes > limits.textBytes && <TooLong bytes={bytes} />}
        <div className="flex items-end gap-2 py-2 pr-2 pl-2">
          <IconButton icon={AtSign} label={t`Ask another bot`} size="s" onClick={mentions.begin} />
          <div className="flex min-h-7 min-w-0 flex-1 flex-col justify-center gap-1">
            <Recipients bots={bots} />
            {Quote && bots.length > 0 && (
              <Quote bots={bots.map(({ id }) => id)} inputBytes={inputBytes} onExpected={setExpected} />
            )}
          </div>
          {running === undefined ? (
            <IconButton
              icon={ArrowUp}
              label={t`Send`}
              kind="accent"
              busy={sending}
              disabled={!canSend}
              onClick={() => void submit()}
            />
          ) : (
            <StopButton conversation={conversation} turn={running} />
          )}
        </div>
      </div>
    </div>
  )
}

function placeholder(bots: readonly BotName[], usual: string, to: (name: string) => string): string {
  const [only] = bots
  return only && bots.length === 1 ? to(only.name) : usual
}

function StopButton({ conversation, turn }: { readonly conversation: string; readonly turn: string }) {
  const { t } = useLingui()
  const stop = useWrite(stopTurn)
  return (
    <IconButton
      icon={Square}
      label={t`Stop`}
      kind="plain"
      busy={stop.running}
      onClick={() => void stop.run({ params: { conversation, turn } })}
    />
  )
}

function EditingLine({ onLeave }: { readonly onLeave: () => void }) {
  const { t } = useLingui()
  return (
    <p className="flex items-center gap-2 border-b border-hair py-1 pr-1 pl-4 text-13 text-soft">
      <span className="flex-1">
        <Trans>Asking this anew. What was answered stays as a former version.</Trans>
      </span>
      <IconButton icon={X} label={t`Leave it as it was`} size="s" onClick={onLeave} />
    </p>
  )
}

function TooLong({ bytes }: { readonly bytes: number }) {
  const percent = Math.ceil((bytes / limits.textBytes) * 100) - 100
  return (
    <p role="alert" className="px-4 text-13 text-out">
      <Trans>This is {percent} % too long for one message. Shorten it, or send it in parts.</Trans>
    </p>
  )
}

/** Said where it is not plain: one bot is named in the field already. */
function Recipients({ bots }: { readonly bots: readonly BotName[] }) {
  if (bots.length === 0) {
    return (
      <p className="text-13 text-soft">
        <Trans>Write @ and a name to choose who answers.</Trans>
      </p>
    )
  }
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-1 text-13 text-soft">
      {bots.map(({ id, handle, name }) => (
        <li key={id} className="flex min-w-0 items-center gap-1.5">
          <BotMark handle={handle} size={20} />
          <span className="truncate">{name}</span>
        </li>
      ))}
    </ul>
  )
}

function useSuggestion(suggested: string, take: (words: string) => void): void {
  const latest = useRef(take)
  useEffect(() => {
    latest.current = take
  })
  useEffect(() => {
    if (suggested !== '') latest.current(suggested)
  }, [suggested])
}

type Writing = {
  readonly text: string
  readonly setText: (text: string) => void
  readonly know: (bot: BotName) => void
}

/** The list of bots while a mention is being written: arrows choose, Enter and Tab take, Esc leaves. */
function useMentioning(area: React.RefObject<HTMLTextAreaElement | null>, { text, setText, know }: Writing) {
  const id = useId()
  const [caret, setCaret] = useState(-1)
  const [chosen, setChosen] = useState(0)
  const mention = caret < 0 ? undefined : mentionAt(text, caret)
  const bots = useMentionable(mention?.typed)
  const isOpen = mention !== undefined && bots.length > 0
  const place = (at: number) => {
    // Once the text is in the field.
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(at, at)
    })
  }
  const choose = (bot: BotName) => {
    if (!mention) return
    const written = `@${bot.handle} `
    know({ id: bot.id, handle: bot.handle, name: bot.name })
    setText(text.slice(0, mention.from) + written + text.slice(caret).trimStart())
    setCaret(-1)
    place(mention.from + written.length)
  }
  const onKey = (event: KeyboardEvent): boolean => {
    if (!isOpen || event.nativeEvent.isComposing) return false
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const bot = bots[Math.min(chosen, bots.length - 1)]
    if (step !== undefined) setChosen((chosen + step + bots.length) % bots.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && bot) choose(bot)
    else if (event.key === 'Escape') setCaret(-1)
    else return false
    event.preventDefault()
    return true
  }
  return {
    onKey,
    look: () => {
      const element = area.current
      setCaret(element && element.selectionStart === element.selectionEnd ? element.selectionStart : -1)
      setChosen(0)
    },
    close: () => setCaret(-1),
    begin: () => {
      const spaced = text === '' || /\s$/.test(text) ? `${text}@` : `${text} @`
      setText(spaced)
      setCaret(spaced.length)
      place(spaced.length)
    },
    attributes: isOpen
      ? { 'aria-controls': id, 'aria-activedescendant': optionId(id, chosen), 'aria-autocomplete': 'list' as const }
      : {},
    list: isOpen && <MentionList id={id} bots={bots} chosen={chosen} onChoose={choose} />,
  }
}
