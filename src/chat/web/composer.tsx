import { Trans, useLingui } from '@lingui/react/macro'
import { ArrowUp, AtSign, Square, X } from 'lucide-react'
import {
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type RefObject,
} from 'react'
import { contextOf, joinBytes, limits, stopTurn, type BotName, type Sent } from '#chat/contract'
import { BotMark, IconButton, isComposing, Notice, useSlot, useWrite, type ExpectedQuote, type QuoteProps } from '#ui'
import { useCaret } from './use-caret.ts'
import { useMentioning } from './use-mentioning.tsx'
import { useRecipients } from './use-recipients.ts'
import { useSend } from './use-send.ts'
import { useOfText, useWritten, type Written } from './use-written.ts'

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
  /** Words to begin with, from a suggestion; they are taken once. */
  readonly suggested: string
  readonly onSuggestionTaken: () => void
  readonly running: string | undefined
  readonly editing?: Editing | undefined
  readonly onLeaveEditing?: () => void
  /** Nothing else is sent until this has come to its end. `left` is what was written on meanwhile. */
  readonly onSent: (sent: Sent, asked: Said, left: Written) => void | Promise<void>
  /** After what was not sent, or had no answer: looks what is true now. */
  readonly reread: (left: Written) => Promise<void>
}

type Said = { readonly text: string; readonly bots: readonly BotName[] }

const fieldLook =
  'block field-sizing-content max-h-[40dvh] min-h-12 w-full resize-none bg-transparent px-4 pt-3 pb-1 text-ink ' +
  'outline-none placeholder:text-faint'

const priceStepBytes = 256

/** A mention that was begun is nothing yet to send. */
const saysNothing = /^[\s@]*$/

const encoder = new TextEncoder()
const bytesOf = (text: string) => encoder.encode(text).length

/** A unit of UTF-16 is three bytes at most, so that hardly any text is counted at each letter. */
const isOver = (text: string, bytes: number) => text.length * 3 > bytes && bytesOf(text) > bytes

/** Where one writes: to whom it goes, what it costs, and Send; while an answer runs, Stop. */
export function Composer(props: ComposerProps) {
  const { conversation, running, editing, onLeaveEditing } = props
  const { t } = useLingui()
  const area = useRef<HTMLTextAreaElement>(null)
  const writing = useWriting(props, area)
  const { written, bots, mentions, refusal } = writing
  const isUsual = bots.length === 1 && bots[0]?.id === props.bots[0]?.id && props.bots.length === 1
  return (
    <div
      data-foot
      className="mx-auto w-full max-w-180 shrink-0 px-3 pb-[calc(12px+env(safe-area-inset-bottom))] md:px-8 md:pb-5"
    >
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
          dir="auto"
          defaultValue={written.initial}
          aria-label={t`Message`}
          placeholder={placeholder(bots, t`Write a message`, (name) => t`Message ${name}`)}
          onChange={(event) => {
            written.set(event.target.value)
            mentions.look()
          }}
          onKeyDown={writing.onKey}
          onSelect={mentions.look}
          onBlur={mentions.close}
          {...mentions.attributes}
          className={fieldLook}
        />
        {writing.isTooLong && <TooLong written={written} />}
        <div className="flex items-end gap-2 p-2">
          <IconButton icon={AtSign} label={t`Ask another bot`} onClick={mentions.begin} />
          <div className="flex min-h-9 min-w-0 flex-1 flex-col justify-center gap-1">
            {writing.search === 'failing' && <LookUpFails />}
            {!isUsual && <Recipients bots={bots} />}
            {bots.length > 0 && (
              <PriceOf bots={bots} sizes={props.sizes} written={written} onExpected={writing.setExpected} />
            )}
          </div>
          {running === undefined ? (
            <IconButton
              icon={ArrowUp}
              label={t`Send`}
              kind="accent"
              busy={writing.sending}
              disabled={!writing.canSend}
              onClick={() => void writing.submit()}
            />
          ) : (
            <StopButton conversation={conversation} turn={running} onStop={writing.takeCaret} />
          )}
        </div>
      </div>
    </div>
  )
}

/** What is written, to whom it goes, and how it is sent. */
function useWriting(props: ComposerProps, area: RefObject<HTMLTextAreaElement | null>) {
  const { conversation, draftKey, after, suggested, onSuggestionTaken, running, editing, onLeaveEditing } = props
  const hasQuotes = useSlot('quote') !== undefined
  const written = useWritten(draftKey, editing?.text)
  useField(area, written)
  const takeCaret = useCaret(area, { asked: editing !== undefined })
  const { bots, search, know } = useRecipients(written, props.bots)
  const [expected, setExpected] = useState<ExpectedQuote>()
  const { send, sending, refusal } = useSend(conversation, () => props.reread(written))
  const mentions = useMentioning(area, { written, know })
  useSuggestion(suggested, (words) => {
    onSuggestionTaken()
    written.set(withWords(written.get(), words))
    area.current?.focus()
  })
  const isBlank = useOfText(written, (text) => saysNothing.test(text))
  const isTooLong = useOfText(written, (text) => isOver(text, limits.textBytes))
  const isReady = bots.length > 0 && search === 'done' && (!hasQuotes || expected !== undefined)
  const canSend = isReady && !isBlank && !isTooLong && running === undefined && !sending
  const isBusy = useRef(false)
  const submit = async () => {
    if (!canSend || isBusy.current) return
    isBusy.current = true
    try {
      const text = written.get()
      const sent = await send({ text, bots, after, ...(expected ? { expected } : {}) })
      if (!sent) return
      written.set(leftOf(written.get(), text))
      takeCaret()
      await props.onSent(sent, { text, bots }, written)
    } finally {
      isBusy.current = false
    }
  }
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (mentions.onKey(event)) return
    if (isComposing(event)) return
    if (event.key === 'Escape') onLeaveEditing?.()
    if (event.key !== 'Enter' || event.shiftKey) return
    // On phones it is the only way to a new line.
    if (matchMedia('(pointer: coarse)').matches) return
    event.preventDefault()
    void submit()
  }
  return {
    written,
    bots,
    search,
    isTooLong,
    mentions,
    refusal,
    sending,
    canSend,
    submit,
    onKey,
    setExpected,
    takeCaret,
  }
}

/** A suggestion stands below what was written; twice is once. */
function withWords(text: string, words: string): string {
  if (text.includes(words)) return text
  return text.trim() === '' ? words : `${text.trimEnd()}\n${words}`
}

/** What was written on while it was sent is the beginning of what is asked next. */
const leftOf = (written: string, sent: string) => (written.startsWith(sent) ? written.slice(sent.length) : '')

/** The field keeps its text by itself; it is told what was not typed into it. */
function useField(area: RefObject<HTMLTextAreaElement | null>, written: Written): void {
  useLayoutEffect(() => written.listen(() => showIn(area.current, written.get())), [area, written])
}

function showIn(field: HTMLTextAreaElement | null, text: string): void {
  if (field && field.value !== text) field.value = text
}

type PriceProps = Pick<ComposerProps, 'bots' | 'sizes'> & Pick<QuoteProps, 'onExpected'> & { readonly written: Written }

/** The quote, drawn anew by the step and not by the letter; a step too many is only a price a little too high. */
function PriceOf({ bots, sizes, written, onExpected }: PriceProps) {
  const Quote = useSlot('quote')
  const ids = bots.map(({ id }) => id).join()
  // The conversation is drawn first when it has grown, and its price then.
  const before = useDeferredValue(sizes)
  const bytes = useOfText(written, (text) => {
    const input = contextOf([...before, bytesOf(text) + joinBytes]).bytes
    return Math.ceil(input / priceStepBytes) * priceStepBytes
  })
  return useMemo(
    () => Quote && <Quote bots={ids.split(',')} inputBytes={bytes} onExpected={onExpected} />,
    [Quote, ids, bytes, onExpected],
  )
}

function placeholder(bots: readonly BotName[], usual: string, to: (name: string) => string): string {
  const [only] = bots
  return only && bots.length === 1 ? to(only.name) : usual
}

type StopProps = { readonly conversation: string; readonly turn: string; readonly onStop: () => void }

function StopButton({ conversation, turn, onStop }: StopProps) {
  const { t } = useLingui()
  const stop = useWrite(stopTurn)
  return (
    <IconButton
      icon={Square}
      label={t`Stop`}
      kind="plain"
      busy={stop.running}
      onClick={() => {
        onStop()
        void stop.run({ params: { conversation, turn } })
      }}
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

function TooLong({ written }: { readonly written: Written }) {
  const percent = useOfText(written, (text) => Math.ceil((bytesOf(text) / limits.textBytes) * 100) - 100)
  return (
    <p role="alert" className="px-4 text-13 text-out">
      <Trans>This is {percent} % too long for one message. Shorten it, or send it in parts.</Trans>
    </p>
  )
}

/** Nothing is sent until it is known to whom. */
function LookUpFails() {
  return (
    <p role="status" className="text-13 text-amber">
      <Trans>Whom you named cannot be looked up now. It is tried again by itself.</Trans>
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
