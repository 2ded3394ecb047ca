import { useEffect, useState, useSyncExternalStore } from 'react'
import { readTurn } from '#chat/contract'
import { useSubscribe } from '#ui'
import { createLiveTurn, type LiveAnswer, type LiveTurn } from './live-turn.ts'

type Reading = { readonly turn: LiveTurn | undefined; readonly connection: 'open' | 'lost' }

/**
 * Reads a turn that runs, from its beginning, however late one comes; a lost connection goes on after the last event. Tells
 * once it has ended, and once it is settled.
 */
export function useLiveTurn(
  at: { readonly conversation: string; readonly turn: string | undefined },
  told: { readonly ended: () => void },
): Reading {
  const { conversation, turn } = at
  const read = useSubscribe()
  const [live, setLive] = useState<{ readonly id: string; readonly turn: LiveTurn }>()
  const [connection, setConnection] = useState<Reading['connection']>('open')
  const { ended } = told
  useEffect(() => {
    if (turn === undefined) return
    const leaving = new AbortController()
    const made = createLiveTurn()
    setLive({ id: turn, turn: made })
    const follow = async () => {
      const params = { conversation, turn }
      const options = { signal: leaving.signal, onConnection: setConnection }
      for await (const { event } of read(readTurn, { params }, options)) {
        made.take(event)
        if (event.type === 'ended') ended()
      }
      if (!leaving.signal.aborted) ended()
    }
    follow().catch(() => setConnection('lost'))
    return () => leaving.abort()
  }, [read, conversation, turn, ended])
  return { turn: live?.id === turn ? live?.turn : undefined, connection }
}

const silent = () => () => undefined

/** One answer of it, drawn anew only when it has changed itself. */
export function useLiveAnswer(turn: LiveTurn | undefined, call: string): LiveAnswer | undefined {
  return useSyncExternalStore(turn?.listen ?? silent, () => turn?.of(call))
}
