import { isRefusal, parseMoney } from '#kernel'

/**
 * What models cost by their makers' price lists: dollars for a million tokens in and out, and how many tokens of prompt
 * and answer fit. Makers change these without notice. The figures were collected by hand from dated public comparisons
 * of the pages named, not read from an interface, and stand for the plain rate: no caching, batch or long-context terms.
 * The desk shows the day beside each figure, and an operator's own figure always stands above it.
 */
type Page = {
  readonly maker: string
  readonly source: string
  readonly asOf: string
  readonly rows: readonly (readonly [name: string, input: string, output: string, contextTokens: number | null])[]
}

const pages: readonly Page[] = [
  {
    maker: 'openai',
    source: 'openai.com/api/pricing',
    asOf: '2026-04-30',
    rows: [
      ['gpt-5.5', '5', '30', null],
      ['gpt-5.4', '2.5', '15', 272_000],
      ['gpt-5.4-mini', '0.75', '4.5', 272_000],
      ['gpt-5.4-nano', '0.2', '1.25', 272_000],
      ['gpt-5.2', '1.75', '14', 400_000],
      ['gpt-5.1', '1.25', '10', 400_000],
      ['gpt-5', '1.25', '10', 400_000],
      ['gpt-5-mini', '0.25', '2', 400_000],
      ['gpt-5-nano', '0.05', '0.4', 400_000],
      ['gpt-4.1', '2', '8', 1_047_576],
      ['gpt-4.1-mini', '0.4', '1.6', 1_047_576],
      ['gpt-4.1-nano', '0.1', '0.4', 1_047_576],
      ['gpt-4o', '2.5', '10', 128_000],
      // The first release kept its price when the name moved on to cheaper ones.
      ['gpt-4o-2024-05-13', '5', '15', 128_000],
      ['gpt-4o-mini', '0.15', '0.6', 128_000],
    ],
  },
  {
    maker: 'anthropic',
    source: 'claude.com/pricing',
    asOf: '2026-04-30',
    rows: [
      ['claude-opus-4-7', '5', '25', 200_000],
      ['claude-opus-4-6', '5', '25', 1_000_000],
      ['claude-opus-4-5', '5', '25', 200_000],
      ['claude-sonnet-4-6', '3', '15', 1_000_000],
      ['claude-sonnet-4-5', '3', '15', 200_000],
      ['claude-haiku-4-5', '1', '5', 200_000],
    ],
  },
  {
    maker: 'gemini',
    source: 'ai.google.dev/pricing',
    asOf: '2026-04-30',
    rows: [
      ['gemini-3.1-pro-preview', '2', '12', 1_048_576],
      ['gemini-3.1-flash-lite', '0.25', '1.5', 1_048_576],
      ['gemini-2.5-pro', '1.25', '10', 1_048_576],
      ['gemini-2.5-flash', '0.3', '2.5', 1_048_576],
      ['gemini-2.5-flash-lite', '0.1', '0.4', 1_048_576],
    ],
  },
  {
    maker: 'deepseek',
    source: 'api-docs.deepseek.com/quick_start/pricing',
    asOf: '2026-04-30',
    rows: [['deepseek-v4-flash', '0.14', '0.28', 1_000_000]],
  },
  {
    maker: 'mistral',
    source: 'mistral.ai/pricing',
    asOf: '2025-12-15',
    rows: [
      ['mistral-large-latest', '0.5', '1.5', 256_000],
      ['mistral-medium-latest', '0.4', '2', 128_000],
      ['mistral-small-latest', '0.1', '0.3', 128_000],
    ],
  },
  {
    maker: 'groq',
    source: 'groq.com/pricing',
    asOf: '2025-12-15',
    rows: [
      ['openai/gpt-oss-120b', '0.15', '0.6', 131_072],
      ['openai/gpt-oss-20b', '0.075', '0.3', 131_072],
      ['llama-3.3-70b-versatile', '0.59', '0.79', 131_072],
      ['llama-3.1-8b-instant', '0.05', '0.08', 131_072],
    ],
  },
  {
    maker: 'xai',
    source: 'docs.x.ai/docs/models',
    asOf: '2025-12-15',
    rows: [
      ['grok-4', '3', '15', 256_000],
      ['grok-4-fast-non-reasoning', '0.2', '0.5', 2_000_000],
    ],
  },
  ...['ollama', 'llamacpp', 'vllm', 'lmstudio'].map((maker) => ({
    maker,
    source: 'your own machine sends no bill; power is not counted',
    asOf: '2026-11-24',
    rows: [['*', '0', '0', null]] as const,
  })),
  {
    maker: 'sandbox',
    source: 'a play figure, so that quotes show the part of the model',
    asOf: '2026-11-24',
    rows: [['*', '0.15', '0.6', 32_768]],
  },
]

export type ShippedCost = {
  readonly model: string
  readonly input_per_million: bigint
  readonly output_per_million: bigint
  readonly origin: 'shipped'
  readonly as_of: string
  readonly source: string
}

export const shippedCosts: readonly ShippedCost[] = pages.flatMap(({ maker, source, asOf, rows }) =>
  rows.map(([name, input, output]) => ({
    model: `${maker}/${name}`,
    input_per_million: micro(input),
    output_per_million: micro(output),
    origin: 'shipped' as const,
    as_of: asOf,
    source,
  })),
)

const contexts = new Map(
  pages.flatMap(({ maker, rows }) => rows.map(([name, , , tokens]) => [`${maker}/${name}`, tokens])),
)

function micro(dollars: string): bigint {
  const amount = parseMoney('USD', dollars)
  if (isRefusal(amount)) throw new Error(amount.detail)
  return amount.minor
}

/**
 * The names under which a figure for this model may stand, the closest first: its own, without the path that some lists
 * put before it, without the date of a release, and the one for all of its maker's.
 */
export function costNames(maker: string, name: string): readonly string[] {
  const bare = name.replace(/^models\//, '')
  const undated = bare.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '')
  return [...new Set([name, bare, undated, '*'])].map((each) => `${maker}/${each}`)
}

/** How many tokens of prompt and answer fit, where the price list says. */
export function contextTokensOf(maker: string, name: string): number | null {
  const known = costNames(maker, name).map((each) => contexts.get(each))
  return known.find((tokens) => tokens !== undefined) ?? null
}
