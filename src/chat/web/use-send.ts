import { useState } from 'react'
import { sendMessage, type BotName, type Sent } from '#chat/contract'
import { isRefusal, type Refusal } from '#kernel/contract'
import { newId, useCall, useRefresh, useWrite, type ExpectedQuote } from '#ui'

type Asked = {
  readonly text: string
  readonly bots: readonly BotName[]
  readonly after: string | null
  readonly expected?: ExpectedQuote
}

type Sending = {
  readonly send: (asked: Asked) => Promise<Sent | undefined>
  readonly sending: boolean
  readonly refusal: Refusal | undefined
}

/** The ids of what was sent and had no answer, by the place where it would stand: it may have come through. */
const unanswered = new Map<string, string>()

/**
 * Sends once, however often it is pressed. What had no answer is sent under the same id again, in other words too: if it
 * came through the first time, the server charges nothing more, and refuses what differs from it. Whatever was not sent is
 * followed by `reread`, since what is on screen may not be true any more.
 */
export function useSend(conversation: string, reread: () => Promise<void>): Sending {
  const call = useCall()
  const secondTry = useWrite(sendMessage)
  const refresh = useRefresh()
  const [sending, setSending] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const ask = async ({ text, bots, after, expected }: Asked): Promise<Sent | undefined> => {
    const place = `${conversation} ${after ?? ''}`
    const turn = unanswered.get(place) ?? newId()
    unanswered.set(place, turn)
    const body = { turn, bots: bots.map(({ id }) => id), after, text, ...(expected ? { expected } : {}) }
    const input = { params: { conversation }, body }
    const sent = await call(sendMessage, input).catch(() => secondTry.run(input))
    if (sent !== undefined) unanswered.delete(place)
    if (sent !== undefined && !isRefusal(sent)) return sent
    setRefusal(sent)
    // Another price, no points, a message that is gone, or an answer that was lost.
    refresh()
    await reread()
    return undefined
  }
  return {
    sending,
    refusal,
    send: async (asked) => {
      setSending(true)
      setRefusal(undefined)
      return ask(asked).finally(() => setSending(false))
    },
  }
}
