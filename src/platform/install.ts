import type { Database } from './db.ts'
import { OperatorFault } from './fault.ts'

export type Mode = 'demo' | 'live'
export type Install = { readonly id: string; readonly mode: Mode }

/**
 * Reads the stamp of this install, or stamps it at its first start: as `wished`, else as `fallback`. A later wish for
 * the other mode is refused: play money and real money never meet in one ledger.
 */
export async function stampInstall(
  db: Database,
  modes: { readonly wished: Mode | undefined; readonly fallback: Mode },
): Promise<Install> {
  const first = modes.wished ?? modes.fallback
  await db.pool.query('insert into platform.install (mode) values ($1) on conflict do nothing', [first])
  const { rows } = await db.pool.query<Install>('select id, mode from platform.install')
  const [install] = rows
  if (!install) throw new Error('the install has no stamp')
  if (modes.wished !== undefined && modes.wished !== install.mode) {
    throw new OperatorFault(
      `This install is stamped ${install.mode}, and BOTTEGA_MODE asks for ${modes.wished}.`,
      `Unset BOTTEGA_MODE to go on with the ${install.mode} install; for a ${modes.wished} one give it a database of its own.`,
    )
  }
  return install
}
