import { useCallback, useEffect, useState } from 'react'
import { getBot } from '#bots/contract'
import type { BotName } from '#chat/contract'
import { isRefusal } from '#kernel/contract'
import { useCall } from '#ui'
import { mentionsIn, recipientsOf } from './recipients.ts'
import { useOfText, type Written } from './use-written.ts'

type Recipients = {
  readonly bots: readonly BotName[]
  /** Until every mention is looked up, whom it goes to is not known. */
  readonly search: 'done' | 'looking' | 'failing'
  readonly know: (bot: BotName) => void
}

/** A pause, so that a handle is not looked up letter by letter; twice as long after each time that the server did not answer. */
const pauseMs = 250
const pauseMsMax = 16_000

/** Whom a text goes to; handles that were typed by hand are looked up. */
export function useRecipients(written: Written, usual: readonly BotName[]): Recipients {
  const call = useCall()
  const [found, setFound] = useState<ReadonlyMap<string, BotName | null>>(new Map())
  const [failed, setFailed] = useState({ of: '', times: 0 })
  const byHandle = new Map([...usual.map((bot) => [bot.handle, bot] as const), ...found])
  const mentioned = useOfText(written, (text) => mentionsIn(text).join())
  const handles = mentioned.split(',').filter(Boolean)
  const unknown = handles.filter((handle) => !byHandle.has(handle)).join()
  const failures = failed.of === unknown ? failed.times : 0
  const learn = useCallback(
    (handle: string, bot: BotName | null) => setFound((before) => new Map(before).set(handle, bot)),
    [],
  )
  useEffect(() => {
    if (unknown === '') return
    let isOver = false
    const lookUp = async (handle: string) => {
      const page = await call(getBot, { params: { handle }, query: {} })
      learn(handle, isRefusal(page) ? null : nameOf(page.bot))
    }
    const timer = setTimeout(
      () => {
        Promise.all(unknown.split(',').map(lookUp)).catch(() => {
          if (!isOver) setFailed({ of: unknown, times: failures + 1 })
        })
      },
      Math.min(pauseMs * 2 ** failures, pauseMsMax),
    )
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [call, unknown, failures, learn])
  return {
    bots: recipientsOf(handles, { usual, byHandle }),
    search: unknown === '' ? 'done' : failures === 0 ? 'looking' : 'failing',
    know: (bot) => learn(bot.handle, bot),
  }
}

const nameOf = ({ id, handle, name }: BotName): BotName => ({ id, handle, name })
