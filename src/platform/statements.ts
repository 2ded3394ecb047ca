import pg from 'pg'

/** Each kept statement costs memory in every connection of the server. What comes later is parsed each time. */
const keptMax = 300

/**
 * A client that has each text with parameters parsed once per connection, and planned a few times at most: about half of what
 * a short statement costs the server. For rooms that name their columns: a kept `select *` fails once its table has changed.
 */
export function keepingClient(): new () => pg.Client {
  const names = new Map<string, string>()
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text)
    if (known !== undefined || names.size >= keptMax) return known
    const name = `kept_${names.size}`
    names.set(text, name)
    return name
  }
  return class extends pg.Client {
    override query = ((...given: unknown[]) => {
      const run = super.query.bind(this) as (...given: unknown[]) => unknown
      const [text, values, ...rest] = given
      const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined
      return name === undefined ? run(...given) : run({ name, text, values }, ...rest)
    }) as pg.Client['query']
  }
}
