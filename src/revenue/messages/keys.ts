import { derivedId, type Uuid } from '#kernel'

/**
 * The keys of a turn's journals. A turn's id is the client's: with the payer and the step in the name, nobody can make it
 * stand for another's journal. Its first 48 bits are taken for the instant, so that keys made together lie together.
 */
export function keysOf({ payer, turn }: { readonly payer: Uuid; readonly turn: Uuid }) {
  const at = new Date(Number.parseInt(turn.replaceAll('-', '').slice(0, 12), 16))
  const key = (...step: [string, ...string[]]) => derivedId(at, ...step, payer, turn)
  return {
    hold: key('message.reserved'),
    settled: key('message.settled'),
    extended: (nth: number) => key('message.extended', String(nth)),
  }
}

export type TurnKeys = ReturnType<typeof keysOf>
