import { createHash } from 'node:crypto'
import { assert, isRefusal, refuse, type Refusal } from '#kernel'
import type { StartRefusal } from './contract.ts'
import type { Started, TurnPlan } from './plan.ts'
import type { Limits } from './rules.ts'
import type { Ask, Quote, Slots } from './slots.ts'
import type { Known } from './store/turns.ts'

export function askOf({ payer, calls }: TurnPlan): Ask {
  return {
    payer,
    calls: calls.map(({ id, bot, history }) => ({
      id,
      bot,
      inputBytes: history.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0),
    })),
  }
}

export function checkShape({ calls }: Ask, { callsMax, promptBytesMax }: Limits): Refusal<StartRefusal> | undefined {
  assert(calls.length > 0, 'a turn asks at least one bot')
  assert(new Set(calls.map(({ id }) => id)).size === calls.length, 'the calls of a turn have their own ids')
  if (calls.length > callsMax) return refuse('too_many_calls', `One message can ask ${callsMax} bots at most.`)
  if (calls.reduce((sum, { inputBytes }) => sum + inputBytes, 0) <= promptBytesMax) return undefined
  return refuse('too_long', 'This is too long for one message. Shorten it, or begin a new conversation.')
}

/** Every gatekeeper, then every guard of what is asked; the first no counts. */
export async function admit(
  slots: Pick<Slots, 'admits' | 'guards'>,
  plan: TurnPlan,
  ask: Ask,
): Promise<true | Refusal<'not_admitted' | 'refused_before'>> {
  const admitted = await Promise.all(slots.admits.map((each) => each(ask)))
  const unwelcome = admitted.find(isRefusal)
  if (unwelcome || slots.guards.length === 0) return unwelcome ?? true
  const texts = plan.calls.map(({ history }) => history.at(-1)?.content ?? '')
  const asked = { payer: plan.payer, texts }
  const guarded = await Promise.all(slots.guards.map(async (each) => (await each.before?.(asked)) ?? true))
  return guarded.find(isRefusal) ?? true
}

/** The price shown is the price charged: another one, or more than was shown, starts nothing. */
export function checkQuote({ expected }: TurnPlan, quote: Quote): Refusal<'stale_quote'> | undefined {
  if (!expected || (expected.digest === quote.digest && quote.atMost <= expected.atMost)) return undefined
  return refuse('stale_quote', 'The price has changed. Look at the new one and send again if it suits you.')
}

/** What a second start of an id answers. */
export function again(plan: TurnPlan, known: Known): Started | Refusal<'key_reused'> {
  if (known.payer === plan.payer && known.digest.equals(digestOf(plan)))
    return { turn: plan.id, state: 'already', quote: known.quote }
  return refuse('key_reused', 'This message was sent before with other words. Send it again as a new one.')
}

/** Of what a person would call the same message. */
export function digestOf({ payer, subject, calls }: TurnPlan): Buffer {
  const asked = calls.map(({ bot, history }) => [bot.id, history.at(-1)?.content ?? null])
  return createHash('sha256')
    .update(JSON.stringify([payer, subject?.conversation ?? null, asked]))
    .digest()
}
