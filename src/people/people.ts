import type { Clock, Refusal, Uuid } from '#kernel'
import type { Database, Log } from '#platform'
import type { Viewer } from './rules.ts'

type Asked = { readonly headers: Headers }

/** What other rooms may ask about who is there. */
export type People = {
  /** Whoever the session cookie names, unless their session has ended, or they are suspended or gone. */
  viewer(headers: Headers): Promise<Viewer | undefined>
  signedIn(context: Asked): Promise<Viewer | Refusal<'sign_in_first'>>
  operator(context: Asked): Promise<Viewer | Refusal<'sign_in_first' | 'operators_only'>>
  /** The names to show for these users; a closed account has one too, an id of nobody has none. */
  names(ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, string>>
  isClosed(id: Uuid): Promise<boolean>
  /** A fresh one-time path (`/claim?token=…`) for main to print; undefined once somebody is the operator. */
  claimLink(): Promise<string | undefined>
}

export type PeopleOptions = {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  /** At least 32 characters, the same for all processes and starts: it signs the cookies. */
  readonly secret: string
  /** Where people open this install; its scheme decides whether cookies are Secure. */
  readonly baseUrl: string
}
