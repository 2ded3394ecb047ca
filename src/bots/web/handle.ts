import { limits } from '#bots/contract'

/** A handle made of a name, where its letters are of the Latin kind. */
export function handleFrom(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const words = plain.match(/[a-z0-9]+/g) ?? []
  return words
    .join('-')
    .replace(/^[^a-z]+/, '')
    .slice(0, limits.handle)
    .replace(/-+$/, '')
}
