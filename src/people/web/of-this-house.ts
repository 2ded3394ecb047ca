/** Whether this leads to a page of ours. Not `//elsewhere.example` or `/\elsewhere.example`, which browsers read as other sites. */
export function isOfThisHouse(to: string): boolean {
  return to.startsWith('/') && URL.canParse(to, base) && new URL(to, base).origin === base
}

const base = 'http://house'
