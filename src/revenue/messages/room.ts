import type { Bots, RunnableBot } from '#bots'
import { isRefusal, refuse, uuidv7, type Refusal, type Uuid } from '#kernel'
import type { People, Personal } from '#people'
import { handle, type Database, type Room } from '#platform'
import type { Ask, Quote } from '#turns'
import { callsOf, costsOf, owing, quoteBy, type ChargeDeps } from './charge.ts'
import {
  findReceipt,
  fundFreeBudget,
  getFreeBudget,
  getQuote,
  getReceipt,
  getTakings,
  type QuoteAnswer,
  type QuoteView,
} from './contract.ts'
import { shortage } from './hold.ts'
import type { Messages } from './messages.ts'
import { nameReceipt, readReceipt } from './receipt.ts'
import { firstSlice, usualCost } from './rules.ts'
import { eraseWaived, waivedOf } from './store.ts'
import { decodeTerms } from './terms.ts'

export type MessagesRoomDeps = ChargeDeps & {
  readonly people: Pick<People, 'signedIn' | 'operator' | 'names'>
  readonly bots: Pick<Bots, 'runnable' | 'names'>
  readonly messages: Messages
}

/** The room's share of the house: quotes for the composer, receipts, and the operator's budget for free points. */
export function messagesRoom(deps: MessagesRoomDeps): Room {
  const { people, bots, messages } = deps
  const receiptFor = async (reader: Uuid, turn: string) => {
    const receipt = await readReceipt(deps, turn as Uuid, reader)
    return receipt ? nameReceipt(deps, receipt) : undefined
  }
  return {
    name: 'messages',
    http: [
      handle(getQuote, async ({ body }, context) => {
        const me = await people.signedIn(context)
        if (isRefusal(me)) return me
        const found = await bots.runnable(
          body.bots.map((bot) => ({ bot: bot as Uuid })),
          me.id,
        )
        const runnable: RunnableBot[] = []
        for (const bot of found) {
          if (isRefusal(bot)) return bot
          runnable.push(bot)
        }
        const calls = runnable.map((bot) => ({ id: uuidv7(), bot, inputBytes: body.inputBytes }))
        return answerQuote(deps, { payer: me.id, calls })
      }),
      handle(getReceipt, async ({ params }, context) => {
        const me = await people.signedIn(context)
        if (isRefusal(me)) return me
        const receipt = await receiptFor(me.id, params.turn)
        return receipt ?? refuse('no_receipt', 'There is no receipt: the answer still runs, was free, or is not yours.')
      }),
      handle(findReceipt, async ({ params }, context) => {
        const me = await people.signedIn(context)
        return isRefusal(me) ? me : { receipt: (await receiptFor(me.id, params.turn)) ?? null }
      }),
      handle(getFreeBudget, async (_, context) => {
        const me = await people.operator(context)
        return isRefusal(me) ? me : messages.freeBudget()
      }),
      handle(getTakings, async (_, context) => {
        const me = await people.operator(context)
        return isRefusal(me) ? me : messages.takings()
      }),
      handle(fundFreeBudget, async ({ body }, context) => {
        const me = await people.operator(context)
        return isRefusal(me) ? me : messages.fundFreeBudget(body.key as Uuid, body.microUsd)
      }),
    ],
  }
}

/** What it costs is said even where it cannot be paid now; then with what stands in the way. */
async function answerQuote(deps: ChargeDeps, ask: Ask): Promise<QuoteAnswer | Refusal<'no_price'>> {
  const { ledger, wallet, models } = deps
  const [purse, costs] = await Promise.all([wallet.accountsFor(ask.payer), costsOf(models, ask.calls)])
  if (isRefusal(costs)) return costs
  const capped = quoteBy(ask, costs, purse.messageCap)
  const quote = isRefusal(capped) ? quoteBy(ask, costs, null) : capped
  if (isRefusal(quote)) throw new Error('without a cap no quote is beyond it')
  const calls = callsOf(quote)
  const [slice, usual] = [firstSlice(calls), usualCost(calls)]
  const accounts = [purse.points, purse.allowances.day, purse.allowances.month].filter((one) => one !== undefined)
  const balances = await Promise.all(accounts.map(async (account) => (await ledger.balance(account)).available))
  const spendable = balances.reduce((least, one) => (one < least ? one : least))
  const obstacle = async () => {
    if (isRefusal(capped)) return capped
    if (quote.kind === 'free') return null
    if (purse.inDebt) return owing
    return spendable < slice ? shortage(ledger, purse, slice) : null
  }
  return {
    quote: viewOf(quote, ask, usual),
    available: balances[0] ?? 0n,
    messagesLeft: usual === 0n ? null : Number(spendable / usual),
    obstacle: await obstacle(),
  }
}

function viewOf({ kind, atMost, digest, parts, calls }: Quote, ask: Ask, usual: bigint): QuoteView {
  const shown = calls.map(({ call, atMost: most, terms }) => {
    const bot = ask.calls.find(({ id }) => id === call)?.bot.id ?? call
    return { bot, atMost: most, parts: decodeTerms(terms).most }
  })
  return { kind, atMost, digest, parts, usual, calls: shown }
}

/** What the room keeps of a person: that turns of theirs were not charged. Receipts are the ledger's, under the uuid. */
export function messagesPersonal({ db }: { readonly db: Database }): Personal {
  return {
    room: 'messages',
    export: async (user) => {
      const waived = await waivedOf(db, user)
      return { waived: waived.map(({ turn, at, calls }) => ({ turn, at: at.toISOString(), calls })) }
    },
    erase: (user) => eraseWaived(db, user),
  }
}
