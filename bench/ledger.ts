import type { Outcome, Setting } from './form/outcome.ts'
import { startServer } from './form/server.ts'
import { bytesALeg, openHouse, proveHouse } from './ledger/house.ts'
import { measureLarge } from './ledger/large.ts'
import { openPeers } from './ledger/peers.ts'
import { openPgbench } from './ledger/pgbench.ts'
import { figuresOf, ratiosOf, tablesOf, targets } from './ledger/report.ts'
import { measureAll, plans } from './ledger/rounds.ts'
import { shapesOf } from './ledger/shapes.ts'

export const takes = ['rows'] as const

const rowsByDefault = { quick: undefined, full: 10_000_000 } as const

/**
 * Journals per second of the ledger as rooms call it, beside what transactions one by one do on the same server at the
 * same time, and the same ledger at many rows. Faults when a ledger or a peer does not add up, never for being slow.
 */
export async function bench({ size, rows = rowsByDefault[size], say }: Setting): Promise<Outcome> {
  await using server = await startServer(say)
  const house = await openHouse(server, 'bench_ledger')
  await using peers = await openPeers(house.db.url)
  using pgbench = openPgbench(house.db.url)
  const measured = await measureAll({ plan: plans[size], house, shapes: shapesOf(house), peers, pgbench, say })
  say('proof over every row')
  await proveHouse(house)
  const bytes = await bytesALeg(house)
  await house.ledger.close()
  const large = rows === undefined ? undefined : await measureLarge(server, rows, say)
  return {
    server: server.report,
    tables: tablesOf(measured, large),
    figures: figuresOf(measured, large),
    ratios: ratiosOf(measured, large, bytes),
    targets,
  }
}
