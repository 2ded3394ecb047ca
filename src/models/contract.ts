import * as z from 'zod/mini'
import { bigintText, endpoint } from '#kernel/contract'

/** Micro-dollars for a million tokens. `version` names the row of the cost list. */
const modelCost = z.object({
  version: z.int(),
  inputPerMillion: bigintText,
  outputPerMillion: bigintText,
})

const modelInfo = z.object({
  id: z.string(),
  provider: z.string(),
  sandbox: z.boolean(),
  contextTokens: z.nullable(z.int()),
  cost: z.nullable(modelCost),
})

/** All that bots may be built on. */
export const listModels = endpoint({
  method: 'GET',
  path: '/api/models',
  input: {},
  output: z.object({ items: z.array(modelInfo) }),
  refusals: { sign_in_first: 401 },
})

const operator = { sign_in_first: 401, operators_only: 403 } as const
const slug = z
  .string()
  .check(
    z.regex(/^[a-z][a-z0-9-]{0,31}$/, 'A short name has the letters a to z, digits and hyphens, at most 32 in all.'),
  )
const slugParams = z.object({ provider: slug })
const key = z.string().check(z.trim(), z.maxLength(1000, 'That is too long for a key.'))
const baseUrl = z.string().check(z.trim(), z.maxLength(500, 'That is too long for an address.'))
const modelName = z.string().check(z.minLength(1), z.maxLength(200))

const trial = z.object({
  at: z.iso.datetime(),
  ok: z.boolean(),
  model: z.string(),
  /** What the model answered, or what went wrong and what to do. */
  words: z.string(),
  firstTokenMs: z.nullable(z.int()),
})
export type Trial = z.output<typeof trial>

const provider = z.object({
  slug: z.string(),
  name: z.string(),
  baseUrl: z.string(),
  /** Set by a variable of the environment, at this screen, or part of a demo; only the second can be changed here. */
  origin: z.enum(['environment', 'screen', 'demo']),
  /** The last signs of the key, enough to know which one it is; null where there is none. */
  keyHint: z.nullable(z.string()),
  enabled: z.boolean(),
  models: z.array(z.object({ name: z.string(), offered: z.boolean() })),
  listedAt: z.nullable(z.iso.datetime()),
  trial: z.nullable(trial),
})
export type Provider = z.output<typeof provider>

export const listProviders = endpoint({
  method: 'GET',
  path: '/api/desk/providers',
  input: {},
  output: z.object({
    items: z.array(provider),
    /** Providers whose address is known, so that a key is all one needs; `keyPrefix` tells a key's origin where it can. */
    wellKnown: z.array(
      z.object({
        slug: z.string(),
        name: z.string(),
        baseUrl: z.string(),
        keyPrefix: z.nullable(z.string()),
        keyPage: z.nullable(z.string()),
      }),
    ),
  }),
  refusals: operator,
})

/** Engines that answer on their usual loopback ports now. Asks them; takes at most half a second. */
export const findEngines = endpoint({
  method: 'GET',
  path: '/api/desk/engines',
  input: {},
  output: z.object({
    items: z.array(
      z.object({
        slug: z.string(),
        name: z.string(),
        baseUrl: z.string(),
        models: z.array(z.string()),
        /** The provider that already stands for it. */
        provider: z.nullable(z.string()),
      }),
    ),
  }),
  refusals: operator,
})

const failed = { provider_failed: 422, bad_address: 422 } as const

/**
 * From a key to a real answer in one call: lists the models, asks one of them, keeps the provider. If it fails, nothing is
 * kept and the refusal says what to do.
 */
export const addProvider = endpoint({
  method: 'POST',
  path: '/api/desk/providers',
  input: {
    body: z.object({
      slug,
      name: z
        .string()
        .check(z.trim(), z.minLength(1, 'A name is needed.'), z.maxLength(60, 'A name has at most 60 characters.')),
      baseUrl,
      key: z.optional(key),
      /** The model to ask; a small one of those listed unless given. */
      model: z.optional(modelName),
    }),
  },
  output: z.object({ provider }),
  refusals: { ...operator, ...failed, provider_exists: 409 },
})

/** Changes the name, key, address or state. A new key or address is tried first, as when adding. */
export const changeProvider = endpoint({
  method: 'PATCH',
  path: '/api/desk/providers/:provider',
  input: {
    params: slugParams,
    body: z.object({
      name: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(60))),
      baseUrl: z.optional(baseUrl),
      key: z.optional(key),
      enabled: z.optional(z.boolean()),
    }),
  },
  output: z.object({ provider }),
  refusals: { ...operator, ...failed, unknown_provider: 404, set_elsewhere: 409 },
})

/** Removes a provider and its key. Bots built on its models say so when they are asked, until another takes its short name. */
export const removeProvider = endpoint({
  method: 'DELETE',
  path: '/api/desk/providers/:provider',
  input: { params: slugParams },
  output: z.object({ removed: z.string() }),
  refusals: { ...operator, unknown_provider: 404, set_elsewhere: 409 },
})

/** One real question to one model, answered on the screen. */
export const tryProvider = endpoint({
  method: 'POST',
  path: '/api/desk/providers/:provider/trials',
  input: { params: slugParams, body: z.object({ model: z.optional(modelName) }) },
  output: z.object({ provider }),
  refusals: { ...operator, unknown_provider: 404 },
})

/** Asks the provider again which models it has. */
export const refreshListing = endpoint({
  method: 'POST',
  path: '/api/desk/providers/:provider/listing',
  input: { params: slugParams },
  output: z.object({ provider }),
  refusals: { ...operator, unknown_provider: 404, provider_failed: 422 },
})

/** Which of the provider's models creators may build on. */
export const offerModels = endpoint({
  method: 'PUT',
  path: '/api/desk/providers/:provider/offered',
  input: { params: slugParams, body: z.object({ models: z.array(modelName).check(z.maxLength(1000)) }) },
  output: z.object({ provider }),
  refusals: { ...operator, unknown_provider: 404 },
})

const costRow = z.object({
  model: z.string(),
  ...modelCost.shape,
  at: z.iso.datetime(),
  /** `shipped` came with this version of Bottega, read on `asOf` from `source`; `operator` was set at the desk. */
  origin: z.enum(['shipped', 'operator']),
  asOf: z.nullable(z.iso.date()),
  source: z.nullable(z.string()),
})
export type CostRow = z.output<typeof costRow>

/** What models cost the house, by name. Those that are offered and have no figure are in `missing`. */
export const listCosts = endpoint({
  method: 'GET',
  path: '/api/desk/costs',
  input: {},
  output: z.object({ items: z.array(costRow), missing: z.array(z.string()) }),
  refusals: operator,
})

/** At most $10,000 for a million tokens. */
const tokenCost = bigintText.check(
  z.refine((micro) => micro >= 0n && micro <= 10_000_000_000n, 'A cost is between $0 and $10,000 per million tokens.'),
)

/** The operator's own figure, in force at once and above the shipped one until it is given back. */
export const setCost = endpoint({
  method: 'POST',
  path: '/api/desk/costs',
  input: {
    body: z.object({ model: modelName, inputPerMillion: tokenCost, outputPerMillion: tokenCost }),
  },
  output: costRow,
  refusals: operator,
})

/** Goes back to the figure shipped with this version. */
export const resetCost = endpoint({
  method: 'POST',
  path: '/api/desk/costs/reset',
  input: { body: z.object({ model: modelName }) },
  output: costRow,
  refusals: { ...operator, no_shipped_cost: 404 },
})
