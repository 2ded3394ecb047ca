import { useCallback, useEffect, useState } from 'react'
import { getBot } from '#bots/contract'
import type { BotName } from '#chat/contract'
import { isRefusal } from '#kernel/contract'
import { useCall } from '#ui'
import { mentionsIn, recipientsOf } from './recipients.ts'
import { useOfText, type Written } from './use-written.ts'

type Recipients = {
  readonly bots: readonly BotName[]
  /** A mention that is not looked up yet: whom it goes to is not known. */
  readonly unsure: boolean
  readonly know: (bot: BotName) => void
}

/** Whom a text goes to; handles that were typed by hand are looked up. */
export function useRecipients(written: Written, usual: readonly BotName[]): Recipients {
  const call = useCall()
  const [found, setFound] = useState<ReadonlyMap<string, BotName | null>>(new Map())
  const byHandle = new Map([...usual.map((bot) => [bot.handle, bot] as const), ...found])
  const mentioned = useOfText(written, (text) => mentionsIn(text).join())
  const handles = mentioned.split(',').filter(Boolean)
  const unknown = handles.filter((handle) => !byHandle.has(handle)).join()
  const learn = useCallback(
    (handle: string, bot: BotName | null) => setFound((before) => new Map(before).set(handle, bot)),
    [],
  )
  useEffect(() => {
    if (unknown === '') return
    // A pause, so that a handle is not looked up letter by letter.
    const timer = setTimeout(() => {
      for (const handle of unknown.split(','))
        call(getBot, { params: { handle }, query: {} }).then(
          (page) => learn(handle, isRefusal(page) ? null : nameOf(page.bot)),
          () => undefined,
        )
    }, 250)
    return () => clearTimeout(timer)
  }, [call, unknown, learn])
  return {
    bots: recipientsOf(handles, { usual, byHandle }),
    unsure: unknown !== '',
    know: (bot) => learn(bot.handle, bot),
  }
}

const nameOf = ({ id, handle, name }: BotName): BotName => ({ id, handle, name })
