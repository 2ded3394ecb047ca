import { hashPassword } from 'better-auth/crypto'
import { assert, isRefusal, refuse } from '#kernel'
import { handle, type RequestContext } from '#platform'
import { emailTaken } from '../auth.ts'
import { claim, getClaimState, resetPassword, signIn, signOut, signUp } from '../contract.ts'
import { meOf, type Reception } from '../reception.ts'
import { signInLimits, signUpLimits } from '../rules.ts'
import { isClaimed, isClaimLink, recordClaim, useResetLink } from '../store/links.ts'
import { endSessions, endToken, setPassword } from '../store/sessions.ts'
import { isTaken, setRole, userById } from '../store/users.ts'

/** How one comes in and goes out. */
export function entryHandlers(reception: Reception) {
  const { db, clock, auth, attempts, people } = reception
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
    const entered = await auth.signIn(credentials, context)
    if (isRefusal(entered)) return entered
    await attempts.forgive(limits)
    const row = await userById(rows, entered.user)
    if (!row || row.suspended_at) {
      await endToken(rows, entered.token)
      return refuse('suspended', 'This account is suspended. Ask the operator of this install why.')
    }
    return meOf(row)
  }

  async function takeOver(token: string, context: RequestContext) {
    const me = await people.signedIn(context)
    if (isRefusal(me)) return me
    const taken = refuse('already_claimed', 'This install has its operator. Ask them to make you one too.')
    if (await isClaimed(rows)) return taken
    if (!(await isClaimLink(rows, token, clock.now()))) return deadLink()
    const first = await db.transact<unknown, boolean>(async (trx) => {
      if (!(await recordClaim(trx, me.id, clock.now()))) return false
      await setRole(trx, me.id, 'operator')
      return true
    })
    const row = await userById(rows, me.id)
    assert(row, 'who claims is there')
    return first ? meOf(row) : taken
  }

  function setAnew({ token, password }: { token: string; password: string }) {
    return db.transact(async (trx) => {
      const user = await useResetLink(trx, token, clock.now())
      if (user === undefined) return deadLink()
      await setPassword(trx, user, { hash: await hashPassword(password), at: clock.now() })
      await endSessions(trx, user)
      return {}
    })
  }

  return [
    handle(signUp, ({ body }, context) => enter(body, context)),
    handle(signIn, ({ body }, context) => comeIn(body, context)),
    handle(signOut, async (_, context) => {
      await auth.signOut(context)
      return {}
    }),
    handle(resetPassword, ({ body }) => setAnew(body)),
    handle(getClaimState, async () => ({ claimed: await isClaimed(rows) })),
    handle(claim, ({ body }, context) => takeOver(body.token, context)),
  ]
}

const deadLink = () => refuse('dead_link', 'This link has been used or has run out. Ask for a new one.')
