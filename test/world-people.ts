import { client, isRefusal, type Call } from '#kernel/contract'
import type { Viewer } from '#people'
import { claim, signUp, type Me } from '#people/contract'
import type { App } from '#app'

/** Somebody with an account and a session in a world. */
export type Person = {
  readonly viewer: Viewer
  readonly email: string
  readonly password: string
  /** Calls the world as this person's browser would. */
  readonly call: Call
  readonly fetch: typeof fetch
  /** The Cookie header that their browser would send now. */
  readonly cookie: string
}

export type WorldPeople = {
  /** A new account, made through the same door as anybody's. */
  signUp(name?: string): Promise<Person>
  /** Signs up and becomes the operator by the claim link that the terminal would print: once in a world. */
  claim(name?: string): Promise<Person>
}

/** The world believes one proxy, so that each person comes from an address of their own. */
export const proxies = 1

export function worldPeople(world: { readonly url: string; readonly app: App }): WorldPeople {
  let born = 0
  const enter = async (name?: string): Promise<Person> => {
    const number = ++born
    const address = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`
    const email = `person-${number}@example.org`
    const password = `the password of ${number}`
    let cookie = ''
    const ownFetch: typeof fetch = async (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('x-forwarded-for', address)
      if (cookie !== '') headers.set('cookie', cookie)
      const response = await fetch(input, { ...init, headers })
      cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
      return response
    }
    const call = client({ baseUrl: world.url, fetch: ownFetch })
    const me = expectMe(await call(signUp, { body: { name: name ?? `Person ${number}`, email, password } }))
    return {
      viewer: viewerOf(me),
      email,
      password,
      call,
      fetch: ownFetch,
      get cookie() {
        return cookie
      },
    }
  }
  return {
    signUp: enter,
    claim: async (name) => {
      const person = await enter(name)
      const lines = await world.app.greetings('')
      const token = lines.map((line) => /\/claim\/([\w-]+)/.exec(line)?.[1]).find(Boolean)
      if (!token) throw new Error('this world has its operator already')
      const viewer = viewerOf(expectMe(await person.call(claim, { body: { token } })))
      return Object.defineProperty(person, 'viewer', { value: viewer })
    },
  }
}

function expectMe<Answer>(answer: Answer): Me & Answer {
  if (isRefusal(answer)) throw new Error(`nobody came in: ${answer.detail}`)
  return answer as Me & Answer
}

const viewerOf = ({ id, name, role }: Me) => ({ id, name, role }) as Viewer
