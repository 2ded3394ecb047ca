import { derivedId, isRefusal, money, type Uuid } from '#kernel'
import type { Account, Ledger } from '#ledger'
import { walletChart } from './chart.ts'
import { singleFlight } from './once.ts'
import { allowanceName, periodAt, refill, type Cap, type Period } from './rules.ts'

type Capped = { readonly [P in Period]: Cap | null }

export type Allowances = {
  /** The accounts of the caps that are set, filled for the periods of this instant, as far as this process remembers. */
  of(user: Uuid, caps: Capped, now: Date): Promise<Opened>
  /**
   * The same, whatever is remembered: a process that died between a change and its second look may have left an allowance by an
   * older setting, which others had seen filled. It asks the ledger anew each time, so nothing that must be quick waits for it.
   */
  checked(user: Uuid, caps: Capped, now: Date): Promise<Opened>
}

type Opened = { readonly day?: Account; readonly month?: Account }

const { templates } = walletChart
const knownMax = 50_000
const racesMax = 50

/**
 * A cap has one account for each period. What was put into it comes from a control account that nothing else touches, whose last
 * entry is therefore what a change was decided upon: the key of the next change derives from it, so that of those who decide
 * upon the same one is posted. The setting is read after that entry, so that none is posted upon a newer setting's.
 */
export function openAllowances(deps: {
  readonly ledger: Ledger
  readonly capsOf: (user: Uuid) => Promise<Capped>
}): Allowances {
  const { ledger, capsOf } = deps
  const once = singleFlight()
  /** The setting by which an allowance is known to be filled to the point. */
  const filled = new Map<bigint, number>()

  const know = (account: Account, { setting }: Cap) => {
    if (filled.size >= knownMax) filled.clear()
    filled.set(account.id, setting)
  }

  const change = async (of: Filling, by: bigint, last: bigint) => {
    const { user, subject, start, control, allowance } = of
    const base = {
      key: derivedId(start, 'wallet.allowance', user, subject, String(last)),
      accounts: { control, allowance },
    }
    const answer =
      by > 0n
        ? await ledger.post(templates['wallet.allowance_opened'], {
            ...base,
            amounts: { allowed: money('POINTS', by) },
          })
        : await ledger.post(templates['wallet.allowance_lowered'], { ...base, amounts: { less: money('POINTS', -by) } })
    // Somebody else changed it, or a hold took what was to be taken out: the next look is newer.
    const isOvertaken = isRefusal(answer) && ['key_reused', 'insufficient_funds'].includes(answer.refused)
    if (isRefusal(answer) && !isOvertaken) throw new Error(`an allowance was not filled: ${answer.detail}`)
  }

  const fill = async (of: Filling): Promise<void> => {
    for (let race = 0; race < racesMax; race++) {
      const [last] = await ledger.statement(of.control, { limit: 1 })
      const cap = (await capsOf(of.user))[of.period]
      if (!cap) return
      const put = -(last?.balance ?? 0n)
      const used = put - (await ledger.balance(of.allowance)).available
      const by = refill({ cap: cap.points, put, used })
      if (by === 0n) {
        if (put === cap.points) know(of.allowance, cap)
        else filled.delete(of.allowance.id)
        return
      }
      await change(of, by, last?.pos ?? 0n)
    }
    throw new Error(`the allowance ${of.subject} changes faster than it can be filled`)
  }

  const open = async ({ user, period, cap, now, by }: Wish): Promise<Account> => {
    const [subject, owner] = [allowanceName(period, now), { type: 'user', id: user } as const]
    const allowance = await ledger.open({ kind: 'wallet.allowance', owner, subject })
    if (by === 'memory' && filled.get(allowance.id) === cap.setting) return allowance
    const control = await ledger.open({ kind: 'wallet.allowance_control', owner, subject })
    const { start } = periodAt(now, period)
    await once(`${allowance.id}/${cap.setting}`, () => fill({ user, period, subject, start, control, allowance }))
    return allowance
  }

  const openBy =
    (by: Wish['by']): Allowances['of'] =>
    async (user, { day, month }, now) => ({
      ...(day ? { day: await open({ user, period: 'day', cap: day, now, by }) } : {}),
      ...(month ? { month: await open({ user, period: 'month', cap: month, now, by }) } : {}),
    })

  return { of: openBy('memory'), checked: openBy('ledger') }
}

type Wish = {
  readonly user: Uuid
  readonly period: Period
  readonly cap: Cap
  readonly now: Date
  readonly by: 'memory' | 'ledger'
}

type Filling = {
  readonly user: Uuid
  readonly period: Period
  readonly subject: string
  readonly start: Date
  readonly control: Account
  readonly allowance: Account
}
