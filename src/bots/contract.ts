import * as z from 'zod/mini'
import { bigintText, endpoint, uuidText } from '#kernel/contract'

/** Who may see a bot: its creator alone, whoever was sent its link, everybody, nobody any more. */
export const visibilities = ['draft', 'private', 'public', 'withdrawn'] as const
const visibility = z.enum(visibilities)
export type Visibility = z.output<typeof visibility>

/** How a catalogue may be sorted. `match` is best first and falls back to `use` where nothing is searched. */
export const sorts = ['match', 'use', 'new', 'cheap', 'dear'] as const
export type Sort = (typeof sorts)[number]

/** The languages a bot may say it speaks, as BCP 47 tags; `mul` is every language. */
export const languages = ['mul', 'en', 'fr', 'de', 'es', 'it', 'pt', 'zh', 'ja', 'ko'] as const
const language = z.enum(languages)

/** The limits of a bot's texts, in characters, and of its settings. One list for the form, the server and the README. */
export const limits = {
  handle: 32,
  name: 50,
  tagline: 120,
  description: 4_000,
  systemPrompt: 32_000,
  greeting: 2_000,
  suggestions: 4,
  suggestion: 120,
  tags: 5,
  tag: 24,
  outputTokens: 32_000,
  search: 200,
  page: 60,
} as const

/** What is free of control characters (line ends and tabs aside) and of halves of surrogate pairs. */
const sound = (text: string) => text.isWellFormed() && !/[\p{Cc}--[\n\r\t]]/v.test(text)

const text = (name: string, max: number) =>
  z
    .string()
    .check(
      z.trim(),
      z.maxLength(max, `${name} has at most ${max.toLocaleString('en')} characters.`),
      z.refine(sound, `${name} contains characters that cannot be shown. Paste it again as plain text.`),
    )

const needed = (name: string, max: number) => text(name, max).check(z.minLength(1, `${name} is needed.`))

/** Lower case, digits and single hyphens; begins with a letter. Capitals are lowered rather than refused. */
export const handleText = z
  .string()
  .check(
    z.trim(),
    z.toLowerCase(),
    z.minLength(3, 'A handle has at least 3 characters.'),
    z.maxLength(limits.handle, `A handle has at most ${limits.handle} characters.`),
    z.regex(/^[a-z]/, 'A handle begins with a letter from a to z.'),
    z.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'A handle has the letters a to z, digits, and single hyphens between them.'),
  )

const tag = z
  .string()
  .check(
    z.trim(),
    z.toLowerCase(),
    z.maxLength(limits.tag, `A tag has at most ${limits.tag} characters.`),
    z.regex(/^[\p{L}\p{N}]+(?:[ -][\p{L}\p{N}]+)*$/u, 'A tag has letters and digits, with single spaces or hyphens.'),
  )

/** USD for 1,000 messages, in micro-dollars: $0 to $10,000 with at most three decimals, so that one message is exact. */
const priceMax = 10_000_000_000n
const priceStep = 1_000n
export const priceAmount = bigintText.check(
  z.refine(
    (micro) => micro >= 0n && micro <= priceMax && micro % priceStep === 0n,
    'A price is between $0 and $10,000 per 1,000 messages, with at most three decimals.',
  ),
)

/** All that a creator writes. Each save is a version that never changes. */
export const sheet = z.object({
  name: needed('A name', limits.name),
  tagline: needed('A line about it', limits.tagline),
  description: text('A description', limits.description),
  kind: z.enum(['prompt', 'guide']),
  /** As the rooms of models name it, such as `openai/gpt-5-mini`; null for kinds that need none. */
  model: z.nullable(needed('A model', 200)),
  systemPrompt: text('A prompt', limits.systemPrompt),
  greeting: text('A greeting', limits.greeting),
  suggestions: z
    .array(needed('A suggestion', limits.suggestion))
    .check(z.maxLength(limits.suggestions, `There are at most ${limits.suggestions} suggestions.`)),
  tags: z.array(tag).check(z.maxLength(limits.tags, `A bot has at most ${limits.tags} tags.`)),
  language,
  maxOutputTokens: z
    .int()
    .check(
      z.minimum(1, 'An answer has at least 1 token.'),
      z.maximum(limits.outputTokens, 'An answer has at most 32,000 tokens.'),
    ),
  temperature: z.nullable(
    z
      .number()
      .check(
        z.minimum(0, 'A temperature is between 0 and 2.'),
        z.maximum(2, 'A temperature is between 0 and 2.'),
        z.multipleOf(0.01, 'A temperature has at most two decimals.'),
      ),
  ),
})
export type Sheet = z.output<typeof sheet>

const price = z.object({ version: z.int(), usdPerThousand: bigintText, at: z.iso.datetime() })
export type Price = z.output<typeof price>

/** A bot as lists show it. `creator` is null for the house's own. */
const botCard = z.object({
  id: uuidText,
  handle: z.string(),
  name: z.string(),
  tagline: z.string(),
  creator: z.nullable(z.object({ id: uuidText, name: z.string() })),
  model: z.nullable(z.string()),
  tags: z.array(z.string()),
  language,
  usdPerThousand: bigintText,
  uses: bigintText,
  visibility,
})
export type BotCard = z.output<typeof botCard>

const page = { items: z.array(botCard), next: z.nullable(z.string()) }
const limit = z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(limits.page)), 24)
const cursor = z.optional(z.string().check(z.maxLength(400)))

/** The public catalogue. A search finds words by their beginnings, and any two signs in a row of Chinese, Japanese or Korean. */
export const searchBots = endpoint({
  method: 'GET',
  path: '/api/bots',
  input: {
    query: z.object({
      q: z.optional(z.string().check(z.maxLength(limits.search))),
      tag: z.optional(z.string().check(z.maxLength(limits.tag))),
      language: z.optional(language),
      sort: z._default(z.enum(sorts), 'match'),
      cursor,
      limit,
    }),
  },
  output: z.object(page),
  refusals: { bad_cursor: 400 },
})

/** Tags and languages of public bots, the most used first, for the catalogue's filters. */
export const listShelves = endpoint({
  method: 'GET',
  path: '/api/bot-shelves',
  input: {},
  output: z.object({
    tags: z.array(z.object({ tag: z.string(), bots: z.int() })),
    languages: z.array(z.object({ language, bots: z.int() })),
  }),
  refusals: {},
})

/** A bot's public page. `link` opens a private bot, and lets the viewer who opened it signed in talk to it from then on. */
export const getBot = endpoint({
  method: 'GET',
  path: '/api/bots/:handle',
  input: {
    params: z.object({ handle: z.string().check(z.maxLength(64)) }),
    query: z.object({ link: z.optional(z.string().check(z.maxLength(64))) }),
  },
  output: z.object({
    bot: botCard,
    version: z.int(),
    description: z.string(),
    greeting: z.string(),
    suggestions: z.array(z.string()),
    maxOutputTokens: z.int(),
    prices: z.array(price),
    publishedAt: z.nullable(z.iso.datetime()),
    updatedAt: z.iso.datetime(),
    mine: z.boolean(),
  }),
  refusals: { unknown_bot: 404, bot_withdrawn: 410 },
})

const studioBot = z.object({
  id: uuidText,
  handle: z.string(),
  visibility,
  version: z.int(),
  sheet,
  price,
  /** The secret of the link under which a private bot is found; `/b/HANDLE?link=SECRET`. */
  link: z.string(),
  uses: bigintText,
  updatedAt: z.iso.datetime(),
})
export type StudioBot = z.output<typeof studioBot>

const botParams = z.object({ bot: uuidText })
const studioRefusals = { sign_in_first: 401, unknown_bot: 404 } as const

/** One's own bots of every visibility, last changed first; an operator sees the house's as well. */
export const listMyBots = endpoint({
  method: 'GET',
  path: '/api/studio/bots',
  input: {},
  output: z.object({ items: z.array(botCard) }),
  refusals: { sign_in_first: 401 },
})

export const getMyBot = endpoint({
  method: 'GET',
  path: '/api/studio/bots/:bot',
  input: { params: botParams },
  output: studioBot,
  refusals: studioRefusals,
})

/** Says whether a handle is free, and why not. */
export const checkHandle = endpoint({
  method: 'GET',
  path: '/api/studio/handles/:handle',
  input: { params: z.object({ handle: z.string().check(z.maxLength(64)) }) },
  output: z.object({ free: z.boolean(), words: z.string(), suggestion: z.nullable(z.string()) }),
  refusals: { sign_in_first: 401 },
})

/** Makes a draft. `id` is the client's own, so that a double click makes one bot; what differs is refused. */
export const createBot = endpoint({
  method: 'POST',
  path: '/api/studio/bots',
  input: {
    body: z.object({
      id: uuidText,
      handle: handleText,
      sheet,
      usdPerThousand: priceAmount,
      owner: z._default(z.enum(['me', 'house']), 'me'),
    }),
  },
  output: studioBot,
  refusals: {
    sign_in_first: 401,
    operators_only: 403,
    handle_taken: 409,
    handle_reserved: 422,
    made_already: 409,
    model_needed: 422,
    too_many_bots: 422,
  },
})

/** Saves a new version, unless somebody else (or another tab) saved one since `basedOn`. Saving the same again changes nothing. */
export const saveBot = endpoint({
  method: 'POST',
  path: '/api/studio/bots/:bot/versions',
  input: { params: botParams, body: z.object({ basedOn: z.int(), sheet }) },
  output: studioBot,
  refusals: { ...studioRefusals, changed_meanwhile: 409, model_needed: 422, too_many_versions: 422 },
})

export const listVersions = endpoint({
  method: 'GET',
  path: '/api/studio/bots/:bot/versions',
  input: { params: botParams },
  output: z.object({ items: z.array(z.object({ version: z.int(), at: z.iso.datetime(), sheet })) }),
  refusals: studioRefusals,
})

/** A new price, in force for every quote from now on. */
export const setPrice = endpoint({
  method: 'POST',
  path: '/api/studio/bots/:bot/prices',
  input: { params: botParams, body: z.object({ usdPerThousand: priceAmount }) },
  output: studioBot,
  refusals: { ...studioRefusals, too_many_versions: 422 },
})

/** Publishes, hides, withdraws, or restores (from withdrawn to any other). */
export const setVisibility = endpoint({
  method: 'PUT',
  path: '/api/studio/bots/:bot/visibility',
  input: { params: botParams, body: z.object({ visibility }) },
  output: studioBot,
  refusals: studioRefusals,
})

/** Makes a new link. The old one opens nothing any more, and whoever came by it is shown out. */
export const renewLink = endpoint({
  method: 'POST',
  path: '/api/studio/bots/:bot/link',
  input: { params: botParams },
  output: studioBot,
  refusals: studioRefusals,
})

/** The bots that Bottega brings itself. */
export const houseHandles = [
  'guide',
  'assistant',
  'tutor',
  'knowledge',
  'analyst',
  'storyteller',
  'picture-prompt',
] as const

/** Adds those of the house's own bots that are not there yet, on the given model. */
export const addHouseBots = endpoint({
  method: 'POST',
  path: '/api/desk/house-bots',
  input: { body: z.object({ model: needed('A model', 200) }) },
  output: z.object({ added: z.array(z.string()) }),
  refusals: { sign_in_first: 401, operators_only: 403, model_needed: 422 },
})
