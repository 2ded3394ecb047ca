import type { LogEvent } from './events.ts'
import type { EndedCall, EndedTurn } from './plan.ts'
import { endingOfTurn } from './rules.ts'
import type { Conclusion } from './slots.ts'

export type ConcludedCall = EndedCall & Pick<Conclusion['calls'][number], 'delivered' | 'usage'>

/** What is left of a turn whose calls have all ended: for keepers, and for settlement. */
export function conclude(
  {
    id,
    payer,
    conversation,
    quote,
  }: Pick<Conclusion, 'payer' | 'quote'> & Pick<EndedTurn, 'conversation'> & { readonly id: EndedTurn['turn'] },
  calls: readonly ConcludedCall[],
): { readonly ended: EndedTurn; readonly conclusion: Conclusion } {
  const ending = endingOfTurn(calls.map((call) => call.ending))
  return {
    ended: {
      turn: id,
      payer,
      conversation,
      ending,
      calls,
    },
    conclusion: {
      turn: id,
      payer,
      quote,
      calls: calls.map((call) => {
        return { call: call.id, ending: call.ending, delivered: { ...call.delivered }, usage: call.usage }
      }),
    },
  }
}

/** The last words of a log: those calls whose end it does not tell yet, and the turn's. */
export function lastEvents({ ended }: { readonly ended: EndedTurn }, told: ReadonlySet<string>): readonly LogEvent[] {
  const untold = ended.calls.filter(({ id }) => !told.has(id))
  return [
    ...untold.map(({ id, ending, words }) => ({ type: 'call_ended' as const, call: id, ending, words })),
    { type: 'ended', ending: ended.ending },
  ]
}
