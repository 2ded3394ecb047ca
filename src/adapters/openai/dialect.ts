import type { ModelAddress, ModelRequest } from '#models'

/** In what an endpoint differs from the usual: learnt from its refusals, so that no list of servers goes stale. */
export type Dialect = {
  readonly lengthField: 'max_tokens' | 'max_completion_tokens'
  readonly without: readonly Optional[]
}

type Optional = (typeof optional)[number]

/** What an answer can do without, in the order in which it is given up. */
const optional = ['stream_options', 'temperature', 'user', 'name'] as const

export function usualDialect({ baseUrl }: ModelAddress): Dialect {
  const own = URL.canParse(baseUrl) && new URL(baseUrl).hostname === 'api.openai.com'
  return { lengthField: own ? 'max_completion_tokens' : 'max_tokens', without: [] }
}

export function bodyOf(request: ModelRequest, { lengthField, without }: Dialect): string {
  const has = (field: Optional) => !without.includes(field)
  const { model, messages, temperature, user, maxOutputTokens } = request
  return JSON.stringify({
    model,
    messages: messages.map(({ role, content, name }) => ({ role, content, ...(name && has('name') ? { name } : {}) })),
    stream: true,
    [lengthField]: maxOutputTokens,
    ...(has('stream_options') ? { stream_options: { include_usage: true } } : {}),
    ...(temperature !== undefined && has('temperature') ? { temperature } : {}),
    ...(user !== undefined && has('user') ? { user } : {}),
  })
}

/** The dialect to try next after a refusal of status 400 or 422 that names a field; undefined where it names none of ours. */
export function adapt(dialect: Dialect, complaint: string): Dialect | undefined {
  const other = dialect.lengthField === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
  const named = (field: string) => new RegExp(`(?<![\\w])${field}(?![\\w])`).test(complaint)
  if (!/unsupported|not supported|unrecognized|unknown|unexpected|not permitted|extra|instead|invalid/i.test(complaint))
    return undefined
  const given = optional.find((field) => !dialect.without.includes(field) && named(field))
  if (named(dialect.lengthField)) return { ...dialect, lengthField: other }
  return given && { ...dialect, without: [...dialect.without, given] }
}
