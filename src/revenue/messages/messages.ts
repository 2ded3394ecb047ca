import { assert, isRefusal, money, refuse, type Refusal, type Uuid } from '#kernel'
import type { Charge } from '#turns'
import { messagesChart } from './chart.ts'
import { createCharge, type ChargeDeps } from './charge.ts'
import { fundingKey } from './keys.ts'

type FreeBudget = { readonly left: bigint; readonly funded: bigint }

export type Messages = {
  /** Fills the slot `charge` of turns. */
  readonly charge: Charge
  /** The operator's budget for what free points earn, in micro-dollars. */
  freeBudget(): Promise<FreeBudget>
  /** Adds to it, once for each entry. */
  fundFreeBudget(entry: Uuid, microUsd: bigint): Promise<FreeBudget | Refusal<'key_reused'>>
}

export function openMessages(deps: ChargeDeps): Messages {
  const { ledger } = deps
  const accounts = async () => {
    const [funds, budget] = await Promise.all([
      ledger.open({ kind: 'operator.funds', owner: 'system' }),
      ledger.open({ kind: 'creators.free_budget', owner: 'system' }),
    ])
    return { funds, budget }
  }
  const freeBudget = async () => {
    const { funds, budget } = await accounts()
    const [left, given] = await Promise.all([ledger.balance(budget), ledger.balance(funds)])
    return { left: left.posted, funded: -given.posted }
  }
  return {
    charge: createCharge(deps),
    freeBudget,
    fundFreeBudget: async (entry, microUsd) => {
      const answer = await ledger.post(messagesChart.templates['message.budget_funded'], {
        key: fundingKey(entry),
        accounts: await accounts(),
        amounts: { amount: money('USD', microUsd) },
      })
      if (!isRefusal(answer)) return freeBudget()
      assert(answer.refused === 'key_reused', `the budget was not funded: ${answer.detail}`)
      return refuse('key_reused', 'This amount was entered before, with another figure. Enter it anew.')
    },
  }
}
