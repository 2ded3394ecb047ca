import type { TurnEvent } from '#turns/contract'

/** An answer while it runs, as far as it has come. */
export type LiveAnswer = {
  readonly text: string
  readonly state: 'begun' | 'waiting' | 'answering' | 'ended'
  readonly waiting: { readonly position: number; readonly estimateMs: number | null } | undefined
  readonly words: string | null
}

const begun: LiveAnswer = { text: '', state: 'begun', waiting: undefined, words: null }

/** Readers cannot read faster than this, and every drawing costs them battery. */
const drawEveryMs = 64

/** The answers of one turn as they grow. Each has its own listeners, so that a word draws one answer and nothing else. */
export type LiveTurn = {
  readonly of: (call: string) => LiveAnswer
  readonly listen: (heard: () => void) => () => void
  /** A reader begins at the turn's beginning. */
  readonly begin: () => void
  readonly take: (event: TurnEvent) => void
}

export function createLiveTurn(): LiveTurn {
  const shown = new Map<string, LiveAnswer>()
  const coming = new Map<string, LiveAnswer>()
  const listeners = new Set<() => void>()
  let drawing: ReturnType<typeof setTimeout> | undefined
  const draw = () => {
    drawing = undefined
    for (const [call, answer] of coming) shown.set(call, answer)
    for (const heard of listeners) heard()
  }
  return {
    of: (call) => shown.get(call) ?? begun,
    listen: (heard) => {
      listeners.add(heard)
      return () => listeners.delete(heard)
    },
    begin: () => coming.clear(),
    take: (event) => {
      if (event.type === 'ended' || event.type === 'settled') return
      coming.set(event.call, next(coming.get(event.call) ?? begun, event))
      drawing ??= setTimeout(draw, drawEveryMs)
    },
  }
}

function next(answer: LiveAnswer, event: TurnEvent): LiveAnswer {
  switch (event.type) {
    case 'waiting':
      return { ...answer, state: 'waiting', waiting: event }
    case 'started':
      return { ...answer, state: 'answering', waiting: undefined }
    case 'text':
      return { ...answer, state: 'answering', waiting: undefined, text: answer.text + event.text }
    case 'replace':
      return { ...answer, state: 'answering', waiting: undefined, text: event.text }
    case 'call_ended':
      return { ...answer, state: 'ended', words: event.words }
    case 'part':
    case 'suggest':
    case 'ended':
    case 'settled':
      return answer
  }
}
