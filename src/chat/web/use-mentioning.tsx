import { useId, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import type { BotName } from '#chat/contract'
import { isComposing } from '#ui'
import { MentionList, optionId, useMentionable } from './mention-list.tsx'
import { mentionAt, type Mention } from './recipients.ts'
import type { Written } from './use-written.ts'

type Writing = {
  readonly written: Written
  readonly know: (bot: BotName) => void
}

/** The list of bots while a mention is being written: arrows choose, Enter and Tab take, Esc leaves. */
export function useMentioning(area: RefObject<HTMLTextAreaElement | null>, { written, know }: Writing) {
  const id = useId()
  const [mention, draw] = useState<Mention>()
  /** What was last asked to be drawn. Without it each letter would have the composer drawn, to find that nothing changed. */
  const latest = useRef<Mention>(undefined)
  const setMention = (next: Mention | undefined) => {
    if (isSame(latest.current, next)) return
    latest.current = next
    setChosen(0)
    draw(next)
  }
  const [chosen, setChosen] = useState(0)
  const { bots, search } = useMentionable(mention?.typed)
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
    const words = `@${bot.handle} `
    know({ id: bot.id, handle: bot.handle, name: bot.name })
    const text = written.get()
    const behind = text.slice(mention.from + 1 + mention.typed.length).trimStart()
    written.set(text.slice(0, mention.from) + words + behind)
    setMention(undefined)
    place(mention.from + words.length)
  }
  const onKey = (event: KeyboardEvent): boolean => {
    if (isComposing(event)) return false
    // Whom it takes is not known yet, and what is half-written is not sent.
    const isEarly = mention !== undefined && search === 'looking' && event.key === 'Enter' && !event.shiftKey
    if (!isOpen) {
      if (isEarly) event.preventDefault()
      return isEarly
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const bot = bots[Math.min(chosen, bots.length - 1)]
    if (step !== undefined) setChosen((chosen + step + bots.length) % bots.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && bot) choose(bot)
    else if (event.key === 'Escape') setMention(undefined)
    else return false
    event.preventDefault()
    return true
  }
  return {
    onKey,
    look: () => {
      const element = area.current
      const isCaret = element !== null && element.selectionStart === element.selectionEnd
      setMention(isCaret ? mentionAt(written.get(), element.selectionStart) : undefined)
    },
    close: () => setMention(undefined),
    begin: () => {
      const text = written.get()
      const spaced = text === '' || /\s$/.test(text) ? `${text}@` : `${text} @`
      written.set(spaced)
      setMention(mentionAt(spaced, spaced.length))
      place(spaced.length)
    },
    attributes: isOpen
      ? { 'aria-controls': id, 'aria-activedescendant': optionId(id, chosen), 'aria-autocomplete': 'list' as const }
      : {},
    list: isOpen && <MentionList id={id} bots={bots} chosen={chosen} onChoose={choose} />,
  }
}

const isSame = (one: Mention | undefined, other: Mention | undefined) =>
  one?.from === other?.from && one?.typed === other?.typed
