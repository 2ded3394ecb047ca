import type { Keeper } from '#turns'
import { end } from './store/messages.ts'
import { searchVector } from './words.ts'

/** A word among a text's words that says whose it is. */
export const ownerMark = (owner: string) => `/${owner}`

/** Copies the final texts of turns into their answers, in the transaction that ends the turns. */
export const keepAnswers: Keeper = async (trx, ended) => {
  const calls = ended.flatMap(({ payer, conversation, calls }) =>
    conversation === null
      ? []
      : calls.map((call) => {
          const text = storable(call.text)
          return { ...call, text, search: searchVector(text, [ownerMark(payer)]) }
        }),
  )
  if (calls.length > 0) await end(trx, calls)
}

/** Models can say what PostgreSQL cannot keep. */
const storable = (text: string) => text.toWellFormed().replaceAll('\0', '')

const gatherMs = 1_000

/**
 * Counts answers that were begun, and hands the sums on without holding up a turn: a write a second for each bot, however many
 * turns begin, and none beside a turn's own. What is counted at the moment of a crash is lost, which a catalogue's order bears.
 */
export function createUseCounter(options: {
  readonly record: (bot: string, answers: number) => Promise<void>
  readonly failed: (fault: unknown) => void
}): { count(bots: readonly string[]): void; idle(): Promise<void> } {
  let counts = new Map<string, number>()
  let due: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  const write = async () => {
    while (counts.size > 0) {
      const taken = counts
      counts = new Map()
      for (const [bot, answers] of taken) await options.record(bot, answers).catch(options.failed)
    }
  }
  const begin = () => {
    clearTimeout(due)
    due = undefined
    return (writing ??= write().finally(() => (writing = undefined)))
  }
  return {
    count: (bots) => {
      for (const bot of bots) counts.set(bot, (counts.get(bot) ?? 0) + 1)
      due ??= setTimeout(() => void begin(), gatherMs).unref()
    },
    idle: async () => {
      while (writing || counts.size > 0) await begin()
    },
  }
}
