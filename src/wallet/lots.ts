import { derivedId, isRefusal, money } from '#kernel'
import type { Account, Ledger, LotView } from '#ledger'
import { walletChart } from './chart.ts'

/** Lots that one run of the job takes. */
export const lotsMax = 500

/** Posts what remains of lots whose time has passed to breakage. Answers how many it found. */
export async function expireLots(ledger: Ledger): Promise<number> {
  const lots = await ledger.expiredLots(lotsMax)
  await Promise.all(lots.map((lot) => expire(ledger, lot)))
  return lots.length
}

/** The same for one account, so that its history is in order before something new is granted. */
export async function expireLotsOf(ledger: Ledger, account: Account, now: Date): Promise<void> {
  const lots = await ledger.lots(account)
  const gone = lots.filter(({ expiresAt, remaining, held }) => expiresAt <= now && held < remaining)
  await Promise.all(gone.map((lot) => expire(ledger, lot)))
}

/**
 * Each rest of a lot has a key of its own, by the state of its account and what of the lot is free: two who see the same post
 * it once, and a lot that was filled again, by a reversal, is another state.
 */
async function expire(ledger: Ledger, lot: LotView): Promise<void> {
  const { id, account, home, remaining, held, expiresAt, version } = lot
  const rest = remaining - held
  const answer = await ledger.post(walletChart.templates['wallet.lot_expired'], {
    key: derivedId(expiresAt, 'wallet.lot_expired', String(home), String(id), String(version), String(rest)),
    accounts: {
      wallet: { id: account, home, kind: 'wallet.points', unit: 'POINTS' },
      breakage: await ledger.open({ kind: 'points.breakage', owner: 'system', home }),
    },
    amounts: { rest: money('POINTS', rest) },
    lot: id,
  })
  // A hold of the lot ended or was settled meanwhile: the next run sees what is left then.
  if (isRefusal(answer) && answer.refused !== 'insufficient_funds') throw new Error(answer.detail)
}
