import { hashPassword } from 'better-auth/crypto'
import { isRefusal, refuse, type Uuid } from '#kernel'
import { handle, type RequestContext } from '#platform'
import * as contract from '../contract.ts'
import { sessionTokenOf } from '../cookie.ts'
import { checkPassword, wrongPassword, type Reception } from '../reception.ts'
import * as sessions from '../store/sessions.ts'

/** Where people are signed in, and the password that let them. */
export function sessionHandlers(reception: Reception) {
  const { db, clock, people, auth, key } = reception
  const rows = db.tables<unknown>()

  async function list(context: RequestContext) {
    const me = await people.signedIn(context)
    if (isRefusal(me)) return me
    const token = sessionTokenOf(context.headers, key)
    const found = await sessions.sessionsOf(rows, me.id, clock.now())
    return { sessions: found.map((row) => ({ ...sessionView(row), current: row.token === token })) }
  }

  async function end(session: Uuid, context: RequestContext) {
    const me = await people.signedIn(context)
    if (isRefusal(me)) return me
    const ended = await sessions.endSession(rows, me.id, session)
    return ended ? {} : refuse('unknown_session', 'This session has ended already.')
  }

  async function endAll(context: RequestContext) {
    const me = await people.signedIn(context)
    if (isRefusal(me)) return me
    await sessions.endSessions(rows, me.id)
    await auth.signOut(context)
    return {}
  }

  async function changePassword({ current, next }: { current: string; next: string }, context: RequestContext) {
    const me = await people.signedIn(context)
    if (isRefusal(me)) return me
    const was = await checkPassword(reception, me.id, current)
    if (isRefusal(was)) return was
    const hash = await hashPassword(next)
    return db.transact(async (trx) => {
      // Hashing takes a while: a reset that came in between stands.
      if (!(await sessions.replacePassword(trx, me.id, { was, hash, at: clock.now() }))) return wrongPassword()
      await sessions.endSessions(trx, me.id, sessionTokenOf(context.headers, key))
      return {}
    })
  }

  return [
    handle(contract.listSessions, (_, context) => list(context)),
    handle(contract.endSession, ({ params }, context) => end(params.session as Uuid, context)),
    handle(contract.endSessions, (_, context) => endAll(context)),
    handle(contract.changePassword, ({ body }, context) => changePassword(body, context)),
  ]
}

export function sessionView({ id, created_at, expires_at, device, address }: sessions.SessionRow) {
  const [since, until] = [created_at.toISOString(), expires_at.toISOString()]
  return { id, since, until, device: device ?? '', address: address ?? '' }
}
