/** What a link of a text may lead to: other sites, mail, and places of this house. */
export type SafeAddress =
  | { readonly kind: 'outside'; readonly href: string; readonly host: string }
  | { readonly kind: 'mail'; readonly href: string }
  | { readonly kind: 'house'; readonly to: string }

/** Undefined where an address could do anything but lead somewhere. */
export function safeAddress(href: string): SafeAddress | undefined {
  const address = href.trim()
  if (/^\/(?![/\\])/.test(address) && !/^\/api(?:\/|$)/.test(address)) return { kind: 'house', to: address }
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  if (url.protocol === 'mailto:') return { kind: 'mail', href: url.href }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  // A name before the host is there to look like one.
  if (url.username !== '' || url.password !== '') return undefined
  return { kind: 'outside', href: url.href, host: url.host }
}
