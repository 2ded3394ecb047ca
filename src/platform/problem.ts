import type { Problem } from '#kernel/contract'

/** What HTTP itself, not a room, says no to. Thrown by the edge, answered as a problem. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly issues: Problem['issues']

  constructor(
    status: number,
    detail: string,
    more: { headers?: Readonly<Record<string, string>>; issues?: Problem['issues'] } = {},
  ) {
    super(detail)
    this.status = status
    this.headers = more.headers ?? {}
    this.issues = more.issues
  }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Malformed request',
  401: 'Sign in first',
  402: 'Payment needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Wrong content type',
  421: 'Wrong address',
  422: 'Not possible',
  429: 'Too many requests',
  500: 'Something broke on our side',
  503: 'Not available now',
}

/** RFC 9457. The type is the refusal's code as a URN, or about:blank where the status says it all. */
export function problemResponse(
  answer: Omit<Problem, 'type' | 'title'>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { status, refused } = answer
  const type = refused === undefined ? 'about:blank' : `urn:bottega:refusal:${refused}`
  const body: Problem = { type, title: titles[status] ?? 'Refused', ...answer }
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  })
}
