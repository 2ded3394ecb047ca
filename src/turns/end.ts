import type { Uuid } from '#kernel'
import type { Database, Log } from '#platform'
import { conclude, lastEvents, type ConcludedCall } from './conclude.ts'
import type { Flusher } from './flush.ts'
import { close, show, type LiveCall, type LiveTurn } from './live.ts'
import type { EndedTurn } from './plan.ts'
import { endingOf, endingTable, nothingDelivered } from './rules.ts'
import type { Sealer } from './seal.ts'
import type { Conclusion, Slots } from './slots.ts'
import { awaitCommit, lookUp } from './store/turns.ts'

export type Ender = {
  /** Seals, settles and tells a turn whose calls have all ended. */
  end(live: LiveTurn): Promise<void>
  /** Takes back a start of which nobody knows how far it came: ends it if it is there, and gives back what was held. */
  undo(live: LiveTurn): Promise<void>
}

export function createEnder(options: {
  readonly db: Database
  readonly log: Log
  readonly slots: Pick<Slots, 'beside' | 'charge'>
  readonly lives: Map<Uuid, LiveTurn>
  readonly sealer: Sealer
  readonly flusher: Flusher
}): Ender {
  const { log, slots, lives, sealer, flusher } = options

  async function end(live: LiveTurn): Promise<void> {
    // Otherwise it was taken over by another process.
    if (live.closed) return
    await flusher.release(live)
    const { ended, conclusion } = conclude(live, live.calls.map(concludedCall))
    const told = new Set(live.calls.filter((call) => call.ended?.told).map(({ id }) => id as string))
    live.events.push(...lastEvents({ ended }, told))
    const chunk = { firstSeq: live.logged + 1, events: live.events.slice(live.logged) }
    if ((await sealer.seal({ ended, conclusion, chunk })) === 'sealed') {
      show(live)
      standBeside(ended)
      await settle(live, conclusion)
    }
    lives.delete(live.id)
    close(live)
  }

  async function settle(live: LiveTurn, conclusion: Conclusion): Promise<void> {
    try {
      const { charged } = await sealer.settle(conclusion)
      live.settled = { type: 'settled', charged }
    } catch (err) {
      log.error({ err, turn: live.id }, 'a turn is settled later, by the reaper')
    }
  }

  function standBeside({ turn, payer, conversation: subject }: EndedTurn): void {
    slots.beside?.({ turn, payer, subject }).catch((err: unknown) => {
      log.warn({ err, turn }, 'nothing stands beside an answer')
    })
  }

  async function undo(live: LiveTurn): Promise<void> {
    const ending = endingOf('killed', nothingDelivered)
    const { words } = endingTable[ending]
    const calls = live.calls.map(({ id, bot }): ConcludedCall => {
      const nothing = { text: '', parts: [], suggestions: [], delivered: nothingDelivered, usage: null }
      return { id, bot: bot.id, ending, words, ...nothing }
    })
    const { ended, conclusion } = conclude(live, calls)
    const chunk = { firstSeq: 1, events: lastEvents({ ended }, new Set()) }
    await awaitCommit(options.db, {
      ...live,
      calls: live.calls.map(({ id, bot }) => ({ id, bot: bot.id })),
      digest: Buffer.alloc(0),
      startedAt: new Date(),
    }).catch((err: unknown) =>
      log.warn({ err, turn: live.id }, 'a start is taken back without knowing how far it came'),
    )
    // Another process may have begun the same id meanwhile: that turn runs on, and on what is held.
    const sealed = await sealer.seal({ ended, conclusion, process: live.process, chunk })
    if (sealed === 'sealed') return void (await sealer.settle(conclusion))
    const [found] = await lookUp(options.db, [live])
    if (!found?.known) await slots.charge.settle(conclusion, 'unbegun')
  }

  return { end, undo }
}

function concludedCall({ id, bot, said, ended }: LiveCall): ConcludedCall {
  if (!ended) throw new Error('a turn ends after its calls')
  const { ending, words, usage } = ended
  const { text, parts, suggestions, delivered } = said
  return { id, bot: bot.id, ending, words, text, parts, suggestions, delivered, usage }
}
