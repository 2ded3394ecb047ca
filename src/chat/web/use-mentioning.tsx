import { useId, useState, type KeyboardEvent, type RefObject } from 'react'
import type { BotName } from '#chat/contract'
import { MentionList, optionId, useMentionable } from './mention-list.tsx'
import { mentionAt } from './recipients.ts'

type Writing = {
  readonly text: string
  readonly setText: (text: string) => void
  readonly know: (bot: BotName) => void
}

/** The list of bots while a mention is being written: arrows choose, Enter and Tab take, Esc leaves. */
export function useMentioning(area: RefObject<HTMLTextAreaElement | null>, { text, setText, know }: Writing) {
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
