import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { readTurn } from '#chat/contract'
import { useSubscribe } from '#ui'
import { createLiveTurn, type LiveAnswer, type LiveTurn } from './live-turn.ts'

type Reading = { readonly turn: LiveTurn | undefined; readonly connection: 'open' | 'lost' }

/**
 * Reads a turn that runs, from its beginning, however late one comes; a lost connection goes on after the last event.
 * `ended` is told once the turn has ended, and once more when it is settled.
 */
export function useLiveTurn(
  { conversation, turn }: { readonly conversation: string; readonly turn: string | undefined },
  ended: () => void,
): Reading {
  const read = useSubscribe()
  const live = useMemo(() => (turn === undefined ? undefined : { id: turn, turn: createLiveTurn() }), [turn])
  const [connection, setConnection] = useState<Reading['connection']>('open')
  useEffect(() => {
    if (!live) return
    const leaving = new AbortController()
    live.turn.begin()
    const follow = async () => {
      const params = { conversation, turn: live.id }
      const options = { signal: leaving.signal, onConnection: setConnection }
      for await (const { event } of read(readTurn, { params }, options)) {
        live.turn.take(event)
        if (event.type === 'ended') ended()
      }
      if (!leaving.signal.aborted) ended()
    }
    // Not in the task that draws the answer's place.
    const beginning = setTimeout(() => follow().catch(() => setConnection('lost')))
    return () => {
      clearTimeout(beginning)
      leaving.abort()
    }
  }, [read, conversation, live, ended])
  return { turn: live?.turn, connection }
}

const silent = () => () => undefined

/** One answer of it, drawn anew only when it has changed itself. */
export function useLiveAnswer(turn: LiveTurn | undefined, call: string): LiveAnswer | undefined {
  return useSyncExternalStore(turn?.listen ?? silent, () => turn?.of(call))
}
