import type { TurnEvent } from './contract.ts'
import type { EndedCall } from './plan.ts'
import type { Conclusion, Json } from './slots.ts'
import { nothingDelivered, type Delivered } from './rules.ts'

/** An event as the log keeps it: beside its ending a call notes what its provider counted. */
export type LogEvent =
  | Exclude<TurnEvent, { type: 'settled' }>
  | (Extract<TurnEvent, { type: 'call_ended' }> & { readonly usage: Usage })
export type Usage = Conclusion['calls'][number]['usage']

/** What a call has said up to here: the sum of its events. */
export type Said = {
  text: string
  readonly delivered: { -readonly [Count in keyof Delivered]: Delivered[Count] }
  readonly parts: { readonly kind: string; readonly data: Json }[]
  readonly suggestions: string[]
}

export const nothingSaid = (): Said => ({ text: '', delivered: { ...nothingDelivered }, parts: [], suggestions: [] })

/** The same for a running turn and for a log that is read back after a crash. */
export function addTo(said: Said, event: LogEvent): void {
  const { delivered } = said
  switch (event.type) {
    case 'text':
      said.text += event.text
      delivered.bytes += Buffer.byteLength(event.text)
      delivered.chars += event.text.length
      return
    case 'replace':
      said.text = event.text
      delivered.bytes = Buffer.byteLength(event.text)
      delivered.chars = event.text.length
      delivered.parts = 0
      said.parts.length = 0
      said.suggestions.length = 0
      return
    case 'part':
      said.parts.push({ kind: event.kind, data: event.data })
      delivered.parts++
      return
    case 'suggest':
      said.suggestions.push(event.text)
      return
    case 'waiting':
    case 'started':
    case 'call_ended':
    case 'ended':
  }
}

/** How a finished turn looks to a reader whose events are deleted: whole texts in place of pieces. */
export function replay(calls: readonly EndedCall[]): LogEvent[] {
  return calls.flatMap(({ id: call, text, parts, suggestions, ending, words }): LogEvent[] => [
    { type: 'replace', call, text },
    ...parts.map(({ kind, data }) => ({ type: 'part' as const, call, kind, data: data as never })),
    ...suggestions.map((suggestion) => ({ type: 'suggest' as const, call, text: suggestion })),
    { type: 'call_ended', call, ending, words },
  ])
}
