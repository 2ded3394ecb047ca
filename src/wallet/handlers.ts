import { isRefusal, refuse, type Clock, type Refusal, type Uuid } from '#kernel'
import type { Ledger } from '#ledger'
import type { People } from '#people'
import { handle, type RequestContext } from '#platform'
import {
  answerTopUp,
  getCardForm,
  getHistory,
  getTopUp,
  getWallet,
  refundTopUp,
  setCaps,
  startTopUp,
  type TopUpView,
  type WalletView,
} from './contract.ts'
import { nameBots, readHistory } from './history.ts'
import type { BotNames } from './ports.ts'
import { dailyGrant, nextMidnight } from './rules.ts'
import type { TopUp } from './store-top-ups.ts'
import type { TopUps } from './top-ups.ts'
import type { Wallet } from './wallet.ts'

export type WalletDeps = {
  readonly wallet: Wallet
  readonly topUps: TopUps
  readonly ledger: Ledger
  readonly people: Pick<People, 'signedIn' | 'operator'>
  readonly clock: Clock
  readonly botNames: BotNames
}

const linesMax = 30

export function walletHandlers(deps: WalletDeps) {
  const { wallet, ledger, people } = deps
  return [
    handle(getWallet, async (_, context) => {
      const me = await people.signedIn(context)
      return isRefusal(me) ? me : viewOf(deps, me.id)
    }),
    handle(setCaps, async ({ body }, context) => {
      const me = await people.signedIn(context)
      if (isRefusal(me)) return me
      await wallet.setCaps(me.id, body)
      return viewOf(deps, me.id)
    }),
    handle(getHistory, async ({ query }, context) => {
      const me = await people.signedIn(context)
      if (isRefusal(me)) return me
      const { points } = await wallet.accountsFor(me.id)
      const { lines, more } = await readHistory(ledger, points, {
        before: query.before,
        limit: query.limit ?? linesMax,
      })
      return { lines: await nameBots(deps.botNames, lines), more }
    }),
    ...topUpHandlers(deps),
  ]
}

/** Looking is a use of the day: its free points are granted. */
async function viewOf({ wallet, clock }: WalletDeps, user: Uuid): Promise<WalletView> {
  await wallet.accountsFor(user)
  const [balance, capped] = await Promise.all([wallet.balance(user), wallet.caps(user)])
  const { available, held, free, bought, debt } = balance
  const freeUntil = nextMidnight(clock.now()).toISOString()
  return { available, held, free, bought, debt, freeUntil, dailyGrant, ...capped }
}

function topUpHandlers({ topUps, people }: WalletDeps) {
  /** Somebody else's top-up is as good as none. */
  const own = async (context: RequestContext, id: string) => {
    const me = await people.signedIn(context)
    if (isRefusal(me)) return me
    const row = await topUps.find(id as Uuid)
    return row?.person === me.id ? row : unknown()
  }
  return [
    handle(getCardForm, async (_, context) => {
      const me = await people.signedIn(context)
      if (isRefusal(me)) return me
      const { cards } = topUps
      return {
        provider: cards?.provider ?? null,
        samples: [...(cards?.samples ?? [])],
        sandbox: cards?.sandbox ?? false,
      }
    }),
    handle(startTopUp, async ({ body }, context) => {
      const me = await people.signedIn(context)
      if (isRefusal(me)) return me
      return shown(await topUps.start(me.id, { ...body, id: body.id as Uuid }))
    }),
    handle(getTopUp, async ({ params }, context) => shown(await own(context, params.topUp))),
    handle(answerTopUp, async ({ params, body }, context) => {
      const row = await own(context, params.topUp)
      return isRefusal(row) ? row : shown(await topUps.answer(row, body.answer))
    }),
    handle(refundTopUp, async ({ params }, context) => {
      const operator = await people.operator(context)
      if (isRefusal(operator)) return operator
      const row = await topUps.find(params.topUp as Uuid)
      return row ? shown(await topUps.refund(row)) : unknown()
    }),
  ]
}

const unknown = () => refuse('unknown_top_up', 'There is no such top-up of yours.')

function shown<R extends Refusal>(row: TopUp | R): TopUpView | R {
  if (isRefusal(row)) return row as R
  const { id, state, cents, points, repaid, method, askWords, askOpen, failure, startedAt } = row as TopUp
  const ask = state === 'asks' ? { words: askWords ?? 'Your bank wants to hear from you.', open: askOpen } : null
  return { id, state, cents, points, repaid, method, ask, failure, startedAt: startedAt.toISOString() }
}
