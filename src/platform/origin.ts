import { HttpFault } from './problem.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Which sites may speak to this one: `hosts` are the names it answers to, all if undefined. Pages of `publicUrl` are its own
 * also where a proxy asks under another name than the reader did.
 */
export type Origins = { readonly hosts: ReadonlySet<string> | undefined; readonly publicUrl?: string | undefined }

/**
 * Two attacks end here, whatever a room forgets: a page elsewhere that uses the reader's cookie to write (its Origin is
 * not ours), and a foreign name that was made to point at this machine (its Host is not ours). Throws HttpFault.
 */
export function checkOrigin(request: Request, { hosts, publicUrl }: Origins): void {
  const host = request.headers.get('host') ?? new URL(request.url).host
  if (hosts && !hosts.has(hostName(host)))
    throw new HttpFault(421, `This server is not ${host}. Open it by the address it printed, or set PUBLIC_URL.`)
  if (safeMethods.has(request.method)) return
  const origin = request.headers.get('origin')
  const isPublic = publicUrl !== undefined && origin === new URL(publicUrl).origin
  const foreign = origin !== null && hostOf(origin) !== host && !isPublic
  if (foreign || request.headers.get('sec-fetch-site') === 'cross-site')
    throw new HttpFault(403, 'This request comes from another site. Open Bottega itself and try again.')
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

/** `[::1]:8080` is `[::1]`; a port is no part of the name. */
function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}
