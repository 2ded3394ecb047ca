import { formatDecimal, money } from '#kernel'
import type { Personal } from '#people'
import type { BotsOptions } from './bots.ts'
import { cardsOf, eraseOf, pricesOf, versionsOf } from './store/studio.ts'
import { toSheet, type Tables } from './store/tables.ts'

/** What this room keeps of a person: the bots they made. Erasing withdraws them and takes the words out of every version. */
export function botsPersonal({ db, clock }: Pick<BotsOptions, 'db' | 'clock'>): Personal {
  const tables = db.tables<Tables>()
  return {
    room: 'bots',
    export: async (user) => {
      const bots = []
      for (const { id, handle, visibility } of await cardsOf(db, user, 'no others')) {
        const [versions, prices] = [await versionsOf(tables, id), await pricesOf(tables, id)]
        bots.push({
          id,
          handle,
          visibility,
          versions: versions.map((row) => ({ version: row.version, at: row.at.toISOString(), ...toSheet(row) })),
          prices: prices.map((row) => ({
            version: row.version,
            at: row.at.toISOString(),
            usdPerThousand: formatDecimal(money('USD', row.usd_per_thousand)),
          })),
        })
      }
      return { bots }
    },
    erase: (user) => db.transact<Tables, void>((trx) => eraseOf(trx, user, clock.now())),
  }
}
