import { assert, isRefusal, refuse } from '#kernel'
import { handle, type RequestContext } from '#platform'
import { emailTaken, wrongEntry } from '../auth.ts'
import { signIn, signOut, signUp } from '../contract.ts'
import { meOf, type Reception } from '../reception.ts'
import { signInLimits, signUpLimits } from '../rules.ts'
import { endToken, passwordFor } from '../store/sessions.ts'
import { entrant, isTaken, userById } from '../store/users.ts'

/** How one comes in and goes out. */
export function entryHandlers({ db, auth, attempts }: Reception) {
  const rows = db.tables<unknown>()

  async function enter(person: { name: string; email: string; password: string }, context: RequestContext) {
    const tooMany = await attempts.count(signUpLimits(context.clientAddress))
    if (tooMany) return tooMany
    const user = await auth.signUp(person, context).catch(async (fault: unknown) => {
      // Of two who take an e-mail at once, one meets the unique index.
      if (await isTaken(rows, person.email)) return emailTaken()
      throw fault
    })
    if (isRefusal(user)) return user
    const row = await userById(rows, user)
    assert(row, 'who signed up is there')
    return meOf(row)
  }

  async function comeIn(credentials: { email: string; password: string }, context: RequestContext) {
    const limits = signInLimits({ email: credentials.email, address: context.clientAddress })
    const tooMany = await attempts.count(limits)
    if (tooMany) return tooMany
    const hash = await passwordFor(rows, credentials.email)
    const entered = await auth.signIn(credentials, context)
    if (isRefusal(entered)) return entered
    await attempts.forgive(limits)
    // A password takes a while to verify. What changed or closed the account meanwhile ended every session but this one.
    const row = await entrant(rows, entered.user)
    if (row && row.password === hash && !row.suspended_at) return meOf(row)
    await endToken(rows, entered.token)
    if (row?.password !== hash) return wrongEntry()
    return refuse('suspended', 'This account is suspended. Ask the operator of this install why.')
  }

  return [
    handle(signUp, ({ body }, context) => enter(body, context)),
    handle(signIn, ({ body }, context) => comeIn(body, context)),
    handle(signOut, async (_, context) => {
      await auth.signOut(context)
      return {}
    }),
  ]
}
