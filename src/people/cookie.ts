import { createHmac, timingSafeEqual } from 'node:crypto'

/** What better-auth signs session cookies with; the same text goes to it and to `sessionTokenOf`. */
export type CookieKey = { readonly name: string; readonly secret: string }

/** better-auth puts `__Secure-` before the name of a Secure cookie, which browsers then refuse over plain http. */
export function cookieName(publicUrl: string | undefined): string {
  return `${isSecure(publicUrl) ? '__Secure-' : ''}${bareCookieName}`
}

export const bareCookieName = 'bottega_session'

export function isSecure(publicUrl: string | undefined): boolean {
  return publicUrl?.startsWith('https://') ?? false
}

/**
 * The session's token if the signature is ours. better-auth would read it too, but by two queries and its own clock;
 * every request asks this. The form is better-call's: `encodeURIComponent(token.base64(HMAC-SHA256(token)))`.
 */
export function sessionTokenOf(headers: Headers, { name, secret }: CookieKey): string | undefined {
  const sent = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  const value = sent.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  const [, token, signature] = /^([\w-]{16,128})\.([A-Za-z0-9+/]{43}=)$/.exec(decode(value ?? '')) ?? []
  if (!token || !signature) return undefined
  const expected = createHmac('sha256', secret).update(token).digest()
  return timingSafeEqual(Buffer.from(signature, 'base64'), expected) ? token : undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
