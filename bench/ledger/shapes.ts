import assert from 'node:assert/strict'
import { isRefusal, money, uuidv7, type Refusal } from '#kernel'
import type { Posted } from '#ledger'
import { messages } from '../../test/market/flows.ts'
import { plain, type House } from './house.ts'

/** What the rooms ask of the ledger, one call at a time. Each throws when it is refused: nothing here should be. */
export type Shapes = Readonly<Record<'hot' | 'uniform' | 'message' | 'pair', () => Promise<void>>>

export const shapeNames = {
  hot: 'plain, 10,000 payers to one payee',
  uniform: 'plain, 10,000 to 10,000',
  message: 'message, points and USD legs',
  pair: 'pair: hold, then settle',
} as const satisfies Record<keyof Shapes, string>

/** Minor units of USD that a creator earns by a point. */
const earnedByPoint = 18n
const holdMs = 120_000
const facts = { rate: 'points-usd/17', share: '70/100' }

export function shapesOf(house: House): Shapes {
  const { ledger, payers, payee, wallets, creators, consumed, expense, told } = house
  const draw = drawer()
  const one = <Item>(items: readonly Item[]) => items[draw(items.length)] as Item
  const templates = { ...plain.templates, ...messages.templates }

  function posted(answer: Posted | Refusal): void {
    assert.ok(!isRefusal(answer), `a journal was refused: ${JSON.stringify(answer)}`)
    told.journals++
  }

  return {
    hot: async () => {
      const price = BigInt(1 + draw(100))
      const accounts = { payer: one(payers), payee }
      posted(
        await ledger.post(templates['bench.paid'], {
          key: uuidv7(),
          accounts,
          amounts: { price: money('POINTS', price) },
        }),
      )
      told.paid += price
    },
    uniform: async () => {
      const from = draw(payers.length)
      const to = (from + 1 + draw(payers.length - 1)) % payers.length
      const accounts = { payer: payers[from] as (typeof payers)[0], payee: payers[to] as (typeof payers)[0] }
      const amounts = { price: money('POINTS', BigInt(1 + draw(100))) }
      posted(await ledger.post(templates['bench.sent'], { key: uuidv7(), accounts, amounts }))
    },
    message: async () => {
      const points = BigInt(1 + draw(100))
      posted(
        await ledger.post(templates['message.paid'], {
          key: uuidv7(),
          accounts: { wallet: one(wallets), consumed, expense, creator: one(creators) },
          amounts: { points: money('POINTS', points), earned: money('USD', points * earnedByPoint) },
          facts,
        }),
      )
    },
    pair: async () => {
      const [hold, wallet, points] = [uuidv7(), one(wallets), BigInt(1 + draw(100))]
      // The most that the answer may cost is set aside, what was delivered is paid, the rest goes back.
      const price = money('POINTS', points + BigInt(1 + draw(50)))
      posted(
        await ledger.post(templates['message.reserved'], {
          key: hold,
          accounts: { wallet },
          amounts: { price },
          holdMs,
        }),
      )
      posted(
        await ledger.post(templates['message.settled'], {
          key: uuidv7(),
          hold,
          accounts: { wallet, consumed, expense, creators: [one(creators)] },
          amounts: { points: money('POINTS', points), earned: [money('USD', points * earnedByPoint)] },
          facts,
        }),
      )
    },
  }
}

/** The same draws in every run, from 0 up to below the limit (Park and Miller's generator). */
export function drawer(seed = 20_261_123): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
}
