import { z } from 'zod'
import type { Uuid } from '#kernel'
import { policy, type Terms } from './rules.ts'

const amount = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt)
const id = z.uuid().transform((text) => text as Uuid)

const stored = z.object({
  policy: z.literal(policy),
  bot: id,
  handle: z.string(),
  creator: id.nullable(),
  priceVersion: z.int(),
  priceMicro: amount,
  cost: z.object({ version: z.int(), input: amount, output: amount }).nullable(),
  inputBytes: z.int(),
  outputTokensMax: z.int(),
  capped: z.boolean(),
  most: z.object({ creator: amount, model: amount, platform: amount }),
})

type Stored = z.input<typeof stored>

/** Terms as the turn's row keeps them, amounts as text. */
export function encodeTerms({ priceMicro, cost, most, ...rest }: Terms): Stored {
  const text = String
  return {
    ...rest,
    policy,
    priceMicro: text(priceMicro),
    cost: cost && { version: cost.version, input: text(cost.input), output: text(cost.output) },
    most: { creator: text(most.creator), model: text(most.model), platform: text(most.platform) },
  }
}

/** Reads them back; terms of a policy that this house does not know are a fault. */
export function decodeTerms(json: unknown): Terms {
  return stored.parse(json)
}
