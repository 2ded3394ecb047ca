import { derivedId, isRefusal, refuse, type Clock, type Refusal, type Uuid } from '#kernel'
import type { Database, Secret } from '#platform'
import { cookieName, sessionTokenOf, type CookieKey } from './cookie.ts'
import { claimLinkMs, closedName, type Viewer } from './rules.ts'
import { isClaimed, makeLink } from './store/links.ts'
import { addWithoutEntry } from './store/users.ts'
import { isClosed, namesOf, viewerOf } from './store/viewers.ts'

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
  /** A fresh one-time path (`/claim/…`); undefined once somebody is the operator. */
  claimLink(): Promise<string | undefined>
  /** A made-up person of the demo, whom nobody can sign in as; the same name is the same person. */
  addDemoPerson(name: string): Promise<Uuid>
}

export type PeopleOptions = {
  readonly db: Database
  readonly clock: Clock
  readonly secret: Secret
  /** Where people open this install, if the operator said so: cookies are Secure where that is https. */
  readonly publicUrl: string | undefined
}

export function openPeople(options: PeopleOptions): People {
  const { db, clock } = options
  const key = cookieKey(options)
  const viewer = async (headers: Headers) => {
    const token = sessionTokenOf(headers, key)
    return token === undefined ? undefined : viewerOf(db, token, clock.now())
  }
  const signedIn = async ({ headers }: Asked) =>
    (await viewer(headers)) ?? refuse('sign_in_first', 'Sign in first; this is yours alone.')
  return {
    viewer,
    signedIn,
    operator: async (context) => {
      const me = await signedIn(context)
      return isRefusal(me) || me.role === 'operator' ? me : refuse('operators_only', 'Only an operator may do this.')
    },
    names: async (ids) =>
      new Map((await namesOf(db, ids)).map(({ id, name }) => [id, name === '' ? closedName : name])),
    isClosed: (id) => isClosed(db, id),
    claimLink: async () => {
      const rows = db.tables<unknown>()
      if (await isClaimed(rows)) return undefined
      const made = clock.now()
      const expires = new Date(made.getTime() + claimLinkMs)
      return `/claim/${await makeLink(rows, { purpose: 'claim', made, expires })}`
    },
    addDemoPerson: async (name) => {
      const id = derivedId(demoBegan, 'demo person', name)
      await addWithoutEntry(db.tables<unknown>(), { id, name, email: `${id}@demo.invalid`, at: clock.now() })
      return id
    },
  }
}

const demoBegan = new Date('2026-11-24T00:00:00Z')

export function cookieKey({ secret, publicUrl }: Pick<PeopleOptions, 'secret' | 'publicUrl'>): CookieKey {
  return { name: cookieName(publicUrl), secret: secret.keyFor('people.session').toString('base64url') }
}
