import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Piece, Result } from './player.ts'

export type Player = Disposable & { play(piece: Piece): Promise<Result> }

/** A client in a process of its own, so that no lane waits for another's events. */
export function startPlayer(): Player {
  const child = fork(join(import.meta.dirname, 'player.ts'))
  return {
    play: async (piece) => {
      child.send(piece)
      const answer = await Promise.race([once(child, 'message'), once(child, 'exit')])
      if (typeof answer[0] !== 'object' || answer[0] === null) throw new Error('A player ended before its piece did.')
      return answer[0] as Result
    },
    [Symbol.dispose]: () => void child.kill(),
  }
}
