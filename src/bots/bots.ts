import { money, type Clock, type Refusal, type Uuid } from '#kernel'
import type { People } from '#people'
import { createGatherer, type Database } from '#platform'
import { openCatalogue, type Catalogue } from './catalogue.ts'
import { access, refuseAccess, type RunnableBot } from './rules.ts'
import { addUse } from './store/catalogue.ts'
import { namesBy, runRows, type RunRow, type Wish } from './store/running.ts'
import { openStudio, type Studio } from './studio.ts'

/** What other rooms show of a bot they know by its id, whatever became of it since. */
export type BotName = {
  readonly id: Uuid
  readonly handle: string
  readonly name: string
  readonly creator: Uuid | null
}

export type Bots = {
  /**
   * Each bot as `viewer` may run it now, in the order asked: current version, current price. A draft runs for its
   * creator, a private bot for whoever opened its link.
   */
  runnable(
    refs: readonly { readonly bot: Uuid }[],
    viewer: Uuid,
  ): Promise<(RunnableBot | Refusal<'unknown_bot' | 'bot_withdrawn'>)[]>
  /** Bots by handle, for mentions; those that do not exist are missing. Whether they may be run, `runnable` says. */
  byHandles(handles: readonly string[]): Promise<ReadonlyMap<string, BotName>>
  /** Bots by id, withdrawn ones and all. */
  names(bots: readonly Uuid[]): Promise<ReadonlyMap<Uuid, BotName>>
  /** Counts answers that were begun, for the catalogue's order, which follows within minutes. */
  recordUse(bot: Uuid, answers: number): Promise<void>
  readonly catalogue: Catalogue
  readonly studio: Studio
}

export type BotsOptions = {
  readonly db: Database
  readonly clock: Clock
  readonly people: People
  /** Whether bots may be built on a model now. Any may unless given. */
  readonly offers?: (model: string) => Promise<boolean>
}

export function openBots(options: BotsOptions): Bots {
  const { db, clock } = options
  const wanted = createGatherer((wishes: readonly Wish[]) => runRows(db, wishes))
  return {
    runnable: async (refs, viewer) => {
      const rows = await Promise.all(refs.map(({ bot }) => wanted.add({ bot, viewer })))
      return rows.map((row) => {
        if (!row) return refuseAccess('unknown_bot')
        const { visibility, creator, admitted } = row
        const allowed = access({ visibility, admitted, house: creator === null, mine: creator === viewer })
        return allowed === 'open' ? toRunnable(row) : refuseAccess(allowed)
      })
    },
    byHandles: async (handles) => {
      const rows = await namesBy(
        db,
        'handle',
        handles.map((handle) => handle.toLowerCase()),
      )
      return new Map(rows.map((row) => [row.handle, row]))
    },
    names: async (bots) => new Map((await namesBy(db, 'id', bots)).map((row) => [row.id, row])),
    recordUse: (bot, answers) => addUse(db, { bot, day: clock.now().toISOString().slice(0, 10), answers }),
    catalogue: openCatalogue(options),
    studio: openStudio(options),
  }
}

function toRunnable(row: RunRow): RunnableBot {
  return {
    id: row.id,
    handle: row.handle,
    name: row.name,
    creator: row.creator,
    version: row.version,
    kind: row.kind,
    model: row.model,
    systemPrompt: row.system_prompt,
    maxOutputTokens: row.max_output_tokens,
    temperature: row.temperature === null ? null : row.temperature / 100,
    price: { version: row.price_version, usdPerThousand: money('USD', row.usd_per_thousand) },
  }
}
