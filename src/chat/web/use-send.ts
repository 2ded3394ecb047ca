import { useRef } from 'react'
import { sendMessage, type BotName, type Sent } from '#chat/contract'
import { isRefusal, type Refusal } from '#kernel/contract'
import { useRefresh, useWrite, type ExpectedQuote } from '#ui'
import { newId } from './new-id.ts'

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

/**
 * Sends once, however often it is pressed, and after a lost connection under the same id: what came through the first time
 * is not asked and charged again.
 */
export function useSend(conversation: string): Sending {
  const write = useWrite(sendMessage)
  const refresh = useRefresh()
  const last = useRef<{ readonly of: string; readonly turn: string } | undefined>(undefined)
  return {
    sending: write.running,
    refusal: write.refusal,
    send: async ({ text, bots, after, expected }) => {
      const ids = bots.map(({ id }) => id)
      const of = JSON.stringify([text, ids, after])
      const turn = last.current?.of === of ? last.current.turn : newId()
      last.current = { of, turn }
      const sent = await write.run({
        params: { conversation },
        body: { turn, bots: ids, after, text, ...(expected ? { expected } : {}) },
      })
      if (sent === undefined) return undefined
      last.current = undefined
      if (!isRefusal(sent)) return sent
      // Another price, or no points: what is on screen is not true any more.
      refresh()
      return undefined
    },
  }
}
