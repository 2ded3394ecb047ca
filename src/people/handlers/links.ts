import { hashPassword } from 'better-auth/crypto'
import { assert, isRefusal, refuse } from '#kernel'
import { handle, type RequestContext } from '#platform'
import { claim, getClaimState, resetPassword } from '../contract.ts'
import { meOf, type Reception } from '../reception.ts'
import { isClaimed, isClaimLink, recordClaim, useResetLink } from '../store/links.ts'
import { endSessions, setPassword } from '../store/sessions.ts'
import { setRole, userById } from '../store/users.ts'

/** What links that work once do. */
export function linkHandlers({ db, clock, people }: Reception) {
  const rows = db.tables<unknown>()

  async function takeOver(token: string, context: RequestContext) {
    const me = await people.signedIn(context)
    if (isRefusal(me)) return me
    const taken = refuse('already_claimed', 'This install has its operator. Ask them to make you one too.')
    if (await isClaimed(rows)) return taken
    // Claimed in between, the link is dead because of that.
    if (!(await isClaimLink(rows, token, clock.now()))) return (await isClaimed(rows)) ? taken : deadLink()
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
    handle(getClaimState, async () => ({ claimed: await isClaimed(rows) })),
    handle(claim, ({ body }, context) => takeOver(body.token, context)),
    handle(resetPassword, ({ body }) => setAnew(body)),
  ]
}

const deadLink = () => refuse('dead_link', 'This link has been used or has run out. Ask for a new one.')
