import { derivedId, type Uuid } from '#kernel'

/**
 * The keys of a turn's journals. A turn's id is the client's: with the payer and the step in the name, nobody can make it
 * stand for another's journal. Its first 48 bits are taken for the instant, so that keys made together lie together.
 */
export function keysOf({ payer, turn }: { readonly payer: Uuid; readonly turn: Uuid }) {
  const key = (...step: [string, ...string[]]) => derivedId(instantOf(turn), ...step, payer, turn)
  return {
    hold: key('message.reserved'),
    settled: key('message.settled'),
    extended: (nth: number) => key('message.extended', String(nth)),
  }
}

/** The key under which an operator's entry is posted: the entry's id is the browser's, and stands for nothing else. */
export function fundingKey(entry: Uuid): Uuid {
  return derivedId(instantOf(entry), 'message.budget_funded', entry)
}

/** The first 48 bits of an identifier, as an instant. */
function instantOf(id: Uuid): Date {
  return new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16))
}

export type TurnKeys = ReturnType<typeof keysOf>
