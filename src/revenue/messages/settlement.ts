import { assert, isRefusal, money, type Clock, type Refusal, type Uuid } from '#kernel'
import type { Earnings } from '#earnings'
import type { Account, HoldView, JournalView, Ledger, LedgerRefusal } from '#ledger'
import type { Database } from '#platform'
import { duesOf, type Conclusion, type Settlement } from '#turns'
import type { Wallet } from '#wallet'
import { messagesChart } from './chart.ts'
import { callFacts, factsOf, type CallFacts, type TurnFacts } from './facts.ts'
import { holdIsOver, sourcesOf } from './hold.ts'
import { keysOf, type TurnKeys } from './keys.ts'
import { settleTurn, type EndedCall, type SettledTurn } from './rules.ts'
import { noteWaived } from './store.ts'
import { decodeTerms } from './terms.ts'

export type SettlementDeps = {
  readonly db: Database
  readonly ledger: Ledger
  readonly clock: Clock
  readonly wallet: Wallet
  readonly earnings: Earnings
}

const { templates } = messagesChart

/**
 * Charges an ended turn, once: the key derives from payer and turn, the body from the conclusion and the hold. Whoever
 * comes second, in whatever process, is answered from the journal. A turn that is `unbegun` has nothing waived.
 */
export async function settleConclusion(
  deps: SettlementDeps,
  conclusion: Conclusion,
  turn?: 'unbegun',
): Promise<Settlement> {
  if (conclusion.quote.kind === 'free') return nothingCharged(conclusion)
  const { ledger, wallet } = deps
  const keys = keysOf(conclusion)
  const points = await wallet.pointsOf(conclusion.payer)
  const hold = await ledger.hold(points, keys.hold)
  const answer = hold && (await postSettlement(deps, { conclusion, keys, points, hold }))
  if (answer && !isRefusal(answer)) return answer
  const journal = await ledger.journal(keys.settled)
  if (journal) return settlementOf(journal)
  assert(!answer || holdIsOver.includes(answer.refused), `a settlement was refused: ${answer?.detail}`)
  return turn === 'unbegun' ? nothingCharged(conclusion) : waive(deps, conclusion)
}

type Settling = {
  readonly conclusion: Conclusion
  readonly keys: TurnKeys
  readonly points: Account
  readonly hold: HoldView
}

async function postSettlement(deps: SettlementDeps, settling: Settling): Promise<Settlement | Refusal<LedgerRefusal>> {
  const { ledger } = deps
  const { conclusion, keys, points, hold } = settling
  const ended = endedCalls(conclusion)
  const settled = settleTurn(
    ended,
    hold.parts.map(({ amount, lotClass }) => ({ amount, isFree: lotClass === 'free' })),
  )
  const { allowances } = sourcesOf(hold, points)
  const accounts = { wallet: points, ...allowances }
  const post = async (budget: Budget) => {
    const facts = factsFor(conclusion, ended, settled, budget)
    const base = { key: keys.settled, hold: keys.hold, facts }
    const answer =
      settled.charged === 0n
        ? await ledger.post(templates['message.released'], { ...base, accounts, amounts: {} })
        : await ledger.post(templates['message.settled'], {
            ...base,
            ...(await payments(deps, { accounts, settled, ended, budget })),
          })
    return isRefusal(answer) ? answer : settlementFrom(answer.journal, facts.calls)
  }
  const answer = await post('pays')
  // What is charged is held already: if anything is short, it is the operator's budget.
  const isBudgetEmpty = isRefusal(answer) && answer.refused === 'insufficient_funds'
  return isBudgetEmpty && settled.calls.some(({ earnedFree }) => earnedFree > 0n) ? post('empty') : answer
}

type Budget = 'pays' | 'empty'

function endedCalls({ quote, calls }: Conclusion): readonly EndedCall[] {
  return calls.map((call) => {
    const quoted = quote.calls.find((one) => one.call === call.call)
    assert(quoted, 'every call of a turn is in its quote')
    const { bytes, chars } = call.delivered
    const delivered = { bytes, chars, usage: call.usage }
    return { call: call.call, terms: decodeTerms(quoted.terms), due: duesOf(call), delivered }
  })
}

function factsFor(
  conclusion: Conclusion,
  ended: readonly EndedCall[],
  settled: SettledTurn,
  budget: Budget,
): TurnFacts {
  const calls = conclusion.calls.map(({ ending }, at) => {
    const [call, terms] = [settled.calls[at], ended[at]?.terms]
    assert(call && terms, 'every call that ended is settled')
    return callFacts({ settled: call, terms, ending, budget })
  })
  const handles = ended.map(({ terms }) => terms.handle)
  return factsOf({ turn: conclusion.turn, handles, settled, calls, budget })
}

type Paying = {
  readonly accounts: { readonly wallet: Account; readonly day?: Account; readonly month?: Account }
  readonly settled: SettledTurn
  readonly ended: readonly EndedCall[]
  readonly budget: Budget
}

/** The accounts and amounts of a settlement. Lists that would be empty are left out, and their legs with them. */
async function payments({ ledger, earnings }: SettlementDeps, { accounts, settled, ended, budget }: Paying) {
  const house = (kind: string) => ledger.open({ kind, owner: 'system' })
  const to = async (funding: 'paid' | 'free') => {
    const shares = settled.calls.flatMap((call, at) => {
      const creator = ended[at]?.terms.creator
      const amount = funding === 'paid' ? call.earned : call.earnedFree
      return creator && amount > 0n ? [{ creator, amount: money('USD', amount) }] : []
    })
    const creditors = await Promise.all(shares.map(({ creator }) => earnings.pendingOf(creator, funding)))
    return { creditors, amounts: shares.map(({ amount }) => amount) }
  }
  const paid = await to('paid')
  const free = budget === 'pays' ? await to('free') : { creditors: [], amounts: [] }
  return {
    accounts: {
      ...accounts,
      consumed: await house('points.consumed'),
      ...(accounts.day || accounts.month ? { control: await house('wallet.allowance_control') } : {}),
      expense: await house('creators.expense'),
      remainder: await house('rounding.remainder'),
      ...(paid.creditors.length > 0 ? { creators: paid.creditors } : {}),
      ...(free.creditors.length > 0
        ? { budget: await house('creators.free_budget'), freeCreators: free.creditors }
        : {}),
    },
    amounts: {
      points: money('POINTS', settled.charged),
      rounding: money('USD', settled.rounding),
      ...(paid.amounts.length > 0 ? { earned: paid.amounts } : {}),
      ...(free.amounts.length > 0 ? { earnedFree: free.amounts } : {}),
    },
  }
}

/** Notes that a turn was not charged, since its points were the payer's again. */
async function waive({ db, clock }: SettlementDeps, conclusion: Conclusion): Promise<Settlement> {
  const { payer, turn } = conclusion
  const calls = endedCalls(conclusion).map(({ call, terms }, at) => {
    return { call, bot: terms.bot, creator: terms.creator, ending: conclusion.calls[at]?.ending ?? 'hold_expired' }
  })
  await noteWaived(db, { payer, turn, at: clock.now(), calls })
  return nothingCharged(conclusion)
}

function nothingCharged({ calls }: Conclusion): Settlement {
  return { charged: 0n, journal: null, calls: calls.map(({ call }) => ({ call, charged: 0n })) }
}

function settlementOf(journal: JournalView): Settlement {
  const calls = journal.facts?.['calls']
  assert(Array.isArray(calls), 'a settlement bears its calls')
  return settlementFrom(journal.key, calls as unknown as readonly CallFacts[])
}

function settlementFrom(journal: Uuid, calls: readonly CallFacts[]): Settlement {
  const charged = calls.map(({ call, charged: points }) => ({ call, charged: BigInt(points) }))
  return { charged: charged.reduce((sum, one) => sum + one.charged, 0n), journal, calls: charged }
}
