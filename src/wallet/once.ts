/** Those who ask for the same thing at once share one answer. */
export function singleFlight(): (name: string, work: () => Promise<void>) => Promise<void> {
  const flying = new Map<string, Promise<void>>()
  return (name, work) => {
    const known = flying.get(name)
    if (known) return known
    const begun = work().finally(() => flying.delete(name))
    flying.set(name, begun)
    return begun
  }
}
