import type { Provider } from '#models/contract'

export type WellKnown = {
  readonly slug: string
  readonly name: string
  readonly baseUrl: string
  readonly keyPrefix: string | null
  readonly keyPage: string | null
}

/** Whose key it is by how it begins; of two that fit the longer beginning wins ("sk-ant-" before "sk-"). */
export function guessMaker(key: string, wellKnown: readonly WellKnown[]): WellKnown | undefined {
  const fits = wellKnown.filter(({ keyPrefix }) => keyPrefix !== null && key.trim().startsWith(keyPrefix))
  return fits.toSorted((a, b) => (b.keyPrefix?.length ?? 0) - (a.keyPrefix?.length ?? 0))[0]
}

/** The short name, with a number behind it where there is a provider of that name. */
export function freeSlug(wished: string, providers: readonly Pick<Provider, 'slug'>[]): string {
  const taken = new Set(providers.map(({ slug }) => slug))
  if (!taken.has(wished)) return wished
  for (let number = 2; ; number++) if (!taken.has(`${wished}-${number}`)) return `${wished}-${number}`
}
