import type { Uuid } from '#kernel'
import { policy, type SettledCall, type SettledTurn, type Terms } from './rules.ts'

/** What the journal of a settled turn remembers of one call: amounts as text, money in micro-dollars. */
export type CallFacts = {
  readonly call: Uuid
  readonly bot: Uuid
  readonly creator: Uuid | null
  /** The version of the price. */
  readonly price: number
  readonly ending: string
  readonly charged: string
  readonly creatorPoints: string
  readonly modelPoints: string
  readonly platformPoints: string
  readonly earned: string
  readonly earnedFree: string
  /** What free points would have earned, had the budget not been empty. */
  readonly unfunded: string
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly source: 'provider' | 'estimate' | null
}

export function callFacts(call: {
  readonly settled: SettledCall
  readonly terms: Terms
  readonly ending: string
  readonly budget: 'pays' | 'empty'
}): CallFacts {
  const { settled, terms, ending, budget } = call
  const { parts, counted } = settled
  return {
    call: settled.call,
    bot: terms.bot,
    creator: terms.creator,
    price: terms.priceVersion,
    ending,
    charged: String(settled.charged),
    creatorPoints: String(parts.creator),
    modelPoints: String(parts.model),
    platformPoints: String(parts.platform),
    earned: String(settled.earned),
    earnedFree: String(budget === 'pays' ? settled.earnedFree : 0n),
    unfunded: String(budget === 'pays' ? 0n : settled.earnedFree),
    inputTokens: counted?.input ?? null,
    outputTokens: counted?.output ?? null,
    source: counted?.source ?? null,
  }
}

/** All that a receipt and the creators' table are views of. */
export type TurnFacts = {
  readonly turn: Uuid
  readonly policy: number
  /** The bots as the payer's history names them. A handle is never given to another bot. */
  readonly handles: readonly string[]
  readonly free: string
  readonly rounding: string
  readonly calls: readonly CallFacts[]
  readonly budgetEmpty?: true
}

export function factsOf(turn: {
  readonly turn: Uuid
  readonly handles: readonly string[]
  readonly settled: SettledTurn
  readonly calls: readonly CallFacts[]
  readonly budget: 'pays' | 'empty'
}): TurnFacts {
  const { settled, calls, budget } = turn
  return {
    turn: turn.turn,
    policy,
    handles: turn.handles,
    free: String(settled.free),
    rounding: String(settled.rounding),
    calls,
    ...(budget === 'empty' && calls.some(({ unfunded }) => unfunded !== '0') ? { budgetEmpty: true } : {}),
  }
}
