import { createHash } from 'node:crypto'
import { isRefusal, refuse, type Refusal, type Uuid } from '#kernel'
import type { Models } from '#models'
import type { Log } from '#platform'
import type { Ask, Charge, Quote, Till } from '#turns'
import { holdMs, openHold } from './hold.ts'
import { keysOf } from './keys.ts'
import { createMeter, freeMeter } from './meter.ts'
import { addParts, firstSlice, kindOf, policy, sumOf, termsWithin, type Calls, type Cost, type Terms } from './rules.ts'
import { settleConclusion, type SettlementDeps } from './settlement.ts'
import { decodeTerms, encodeTerms } from './terms.ts'

export type ChargeDeps = SettlementDeps & { readonly models: Pick<Models, 'cost'>; readonly log: Log }

/** The slot `charge` of turns: quote, hold, follow, settle. */
export function createCharge(deps: ChargeDeps): Charge {
  return {
    till: (payer) => openTill(deps, payer),
    settle: (conclusion, turn) => settleConclusion(deps, conclusion, turn),
  }
}

function openTill({ ledger, wallet, models, log }: ChargeDeps, payer: Uuid): Till {
  const purse = wallet.accountsFor(payer)
  // A turn may be refused before its till is asked anything.
  purse.catch(() => undefined)
  return {
    quote: async (calls) => {
      const [{ messageCap }, costs] = await Promise.all([purse, costsOf(models, calls)])
      return isRefusal(costs) ? costs : quoteBy({ payer, calls }, costs, messageCap)
    },
    reserve: async ({ id, quote, waitMs }) => {
      if (quote.kind === 'free') return freeMeter
      const calls = callsOf(quote)
      const { points, allowances, inDebt } = await purse
      if (inDebt) return owing
      const keys = keysOf({ payer, turn: id })
      const sources = { points, allowances }
      // A new day may begin while the answer runs: its free points are asked for before anything is said to be short.
      const renew = () => wallet.accountsFor(payer)
      const hold = await openHold({ ledger, keys, sources, renew, slice: firstSlice(calls), lastsMs: waitMs + holdMs })
      return isRefusal(hold) ? hold : createMeter({ hold, calls, log })
    },
  }
}

export const owing: Refusal<'in_debt'> = refuse(
  'in_debt',
  'A top-up of yours was disputed, and some of its points were spent. Top up to repay them, then go on.',
)

type Costs = ReadonlyMap<string, Cost>

/**
 * What the models of these bots cost now. An engine of one's own costs nothing. Where a bill will come and nobody has said how
 * much it is there is no price, also for what is free besides: else whoever asks spends the operator's money without a bound.
 */
export async function costsOf(models: Pick<Models, 'cost'>, calls: Ask['calls']): Promise<Costs | Refusal<'no_price'>> {
  const costs = new Map<string, Cost>()
  for (const { bot } of calls) {
    const cost = bot.model === null ? 'unbilled' : await models.cost(bot.model)
    if (cost === 'untold') return unpriced(bot.name)
    if (bot.model === null || cost === 'unbilled') continue
    const { version, inputPerMillion, outputPerMillion } = cost
    costs.set(bot.model, { version, input: inputPerMillion.minor, output: outputPerMillion.minor })
  }
  return costs
}

function unpriced(bot: string): Refusal<'no_price'> {
  return refuse(
    'no_price',
    `Nobody has said yet what the model of ${bot} costs, so there is no price. Choose another bot, or tell the operator: ` +
      'the figure is set at the desk, under Models.',
  )
}

/** The price by the rules. A bot's own prompt is counted here; `inputBytes` is what the person and the bots have said. */
export function quoteBy(ask: Ask, costs: Costs, messageCap: bigint | null): Quote | Refusal<'over_cap'> {
  const asked = ask.calls.map(({ id, bot, inputBytes }) => ({
    call: id,
    bot: bot.id,
    handle: bot.handle,
    creator: bot.creator,
    price: { version: bot.price.version, usdPerThousandMicro: bot.price.usdPerThousand.minor },
    cost: (bot.model === null ? undefined : costs.get(bot.model)) ?? null,
    inputBytes: inputBytes + Buffer.byteLength(bot.systemPrompt),
    maxOutputTokens: bot.maxOutputTokens,
  }))
  const terms = termsWithin(asked, ask.payer, messageCap)
  if (!terms) {
    const names = ask.calls.map(({ bot }) => bot.name).join(', ')
    return refuse(
      'over_cap',
      `A message to ${names} costs more than your limit of ${messageCap} points per message. ` +
        'You can raise it in your wallet.',
    )
  }
  const parts = addParts(terms.map(({ most }) => most))
  return {
    kind: kindOf(terms),
    atMost: sumOf(parts),
    digest: digestOf(terms),
    parts,
    calls: terms.map((one, at) => {
      return { call: asked[at]?.call as Uuid, atMost: sumOf(one.most), terms: encodeTerms(one) }
    }),
  }
}

/** Of every version behind the quote, not of the text's length: that is what `atMost` is compared for. */
function digestOf(calls: readonly Terms[]): string {
  const versions = calls.map(({ bot, priceVersion, priceMicro, cost }) => {
    return [bot, priceVersion, String(priceMicro), cost?.version ?? null]
  })
  return createHash('sha256')
    .update(JSON.stringify([policy, versions]))
    .digest('hex')
    .slice(0, 32)
}

export function callsOf({ calls }: Quote): Calls {
  return new Map<Uuid, Terms>(calls.map(({ call, terms }) => [call, decodeTerms(terms)]))
}
