import { assert, derivedId, isRefusal, money, type Uuid } from '#kernel'
import type { Account, Ledger } from '#ledger'
import { walletChart } from './chart.ts'
import { allowanceOf, usedOf, type Cap, type Period } from './rules.ts'

type Capped = { readonly day: Cap | null; readonly month: Cap | null }

export type Allowances = {
  /** The accounts of the caps that are set, filled for the periods of this instant. */
  of(user: Uuid, caps: Capped, now: Date): Promise<{ readonly day?: Account; readonly month?: Account }>
  /** What a cap's period has used so far. Nothing where no cap was set: nobody counted. */
  used(user: Uuid, period: Period, cap: Cap | null, now: Date): Promise<bigint>
}

const knownMax = 50_000

/** A cap's account for a period has one amount for good, so that filling it twice is filling it once. */
export function openAllowances(ledger: Ledger): Allowances {
  const filled = new Set<bigint>()

  const open = async (user: Uuid, period: Period, cap: Cap, now: Date): Promise<Account> => {
    const { subject, allowed, start } = allowanceOf(cap, period, now)
    const account = await ledger.open({ kind: 'wallet.allowance', owner: { type: 'user', id: user }, subject })
    if (allowed === 0n || filled.has(account.id)) return account
    const answer = await ledger.post(walletChart.templates['wallet.allowance_opened'], {
      key: derivedId(start, 'wallet.allowance_opened', user, subject),
      accounts: {
        control: await ledger.open({ kind: 'wallet.allowance_control', owner: 'system' }),
        allowance: account,
      },
      amounts: { allowed: money('POINTS', allowed) },
    })
    assert(!isRefusal(answer), 'an allowance is filled from an account that may be overdrawn')
    if (filled.size >= knownMax) filled.clear()
    filled.add(account.id)
    return account
  }

  return {
    of: async (user, { day, month }, now) => ({
      ...(day ? { day: await open(user, 'day', day, now) } : {}),
      ...(month ? { month: await open(user, 'month', month, now) } : {}),
    }),
    used: async (user, period, cap, now) => {
      if (!cap) return 0n
      const { available } = await ledger.balance(await open(user, period, cap, now))
      return usedOf(cap, period, now, available)
    },
  }
}
