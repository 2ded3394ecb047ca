import { assert, isRefusal, money, refuse, type Refusal, type Uuid } from '#kernel'
import type { Charge } from '#turns'
import { messagesChart } from './chart.ts'
import { createCharge, type ChargeDeps } from './charge.ts'
import { fundingKey } from './keys.ts'

type FreeBudget = { readonly left: bigint; readonly funded: bigint }

type Takings = {
  readonly consumed: bigint
  readonly earned: bigint
  readonly earnedFree: bigint
  readonly rounding: bigint
}

export type Messages = {
  /** Fills the slot `charge` of turns. */
  readonly charge: Charge
  /** The operator's budget for what free points earn, in micro-dollars. */
  freeBudget(): Promise<FreeBudget>
  /** What all messages brought so far: points, and micro-dollars. */
  takings(): Promise<Takings>
  /** Adds to it, once for each entry. */
  fundFreeBudget(entry: Uuid, microUsd: bigint): Promise<FreeBudget | Refusal<'key_reused'>>
}

export function openMessages(deps: ChargeDeps): Messages {
  const { ledger } = deps
  const house = (kind: string) => ledger.open({ kind, owner: 'system' })
  const postedTo = async (kind: string) => (await ledger.balance(await house(kind))).posted
  const freeBudget = async () => {
    const [left, given] = await Promise.all([postedTo('creators.free_budget'), postedTo('operator.funds')])
    return { left, funded: -given }
  }
  return {
    charge: createCharge(deps),
    freeBudget,
    takings: async () => {
      const [consumed, expense, rounding, { left, funded }] = await Promise.all([
        postedTo('points.consumed'),
        postedTo('creators.expense'),
        postedTo('rounding.remainder'),
        freeBudget(),
      ])
      // The expense is the other side of both what bought points earned and the remainder.
      return { consumed, earned: -expense - rounding, earnedFree: funded - left, rounding }
    },
    fundFreeBudget: async (entry, microUsd) => {
      const answer = await ledger.post(messagesChart.templates['message.budget_funded'], {
        key: fundingKey(entry),
        accounts: { funds: await house('operator.funds'), budget: await house('creators.free_budget') },
        amounts: { amount: money('USD', microUsd) },
      })
      if (!isRefusal(answer)) return freeBudget()
      assert(answer.refused === 'key_reused', `the budget was not funded: ${answer.detail}`)
      return refuse('key_reused', 'This amount was entered before, with another figure. Enter it anew.')
    },
  }
}
