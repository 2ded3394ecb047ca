import { isRefusal, refuse } from '#kernel'
import { handle, type RequestContext } from '#platform'
import { eraseEverywhere } from '../closing.ts'
import * as contract from '../contract.ts'
import { checkPassword, present, type Reception } from '../reception.ts'
import { isLastOperator } from '../rules.ts'
import { closeUser, lockWithOperators, renameUser } from '../store/users.ts'

/** What people see and change of themselves, and how they leave. */
export function accountHandlers(reception: Reception) {
  const { db, clock, people, auth } = reception
  const rows = db.tables<unknown>()

  async function rename(name: string, context: RequestContext) {
    const me = await people.signedIn(context)
    if (isRefusal(me)) return me
    await renameUser(rows, me.id, { name, at: clock.now() })
    return present(reception, me.id)
  }

  async function close(password: string, context: RequestContext) {
    const me = await people.signedIn(context)
    if (isRefusal(me)) return me
    const checked = await checkPassword(reception, me.id, password)
    if (isRefusal(checked)) return checked
    const closed = await db.transact<unknown, boolean>(async (trx) => {
      const { operators } = await lockWithOperators(trx, me.id)
      if (isLastOperator(me.id, operators)) return false
      await closeUser(trx, me.id, clock.now())
      return true
    })
    if (!closed)
      return refuse('last_operator', 'You are the only operator. Make somebody else one, then close this account.')
    await auth.signOut(context)
    await eraseEverywhere(reception, me.id)
    return {}
  }

  return [
    handle(contract.getMe, async (_, { headers }) => {
      const me = await people.viewer(headers)
      return me ? { me: await present(reception, me.id) } : {}
    }),
    handle(contract.updateMe, ({ body }, context) => rename(body.name, context)),
    handle(contract.closeAccount, ({ body }, context) => close(body.password, context)),
  ]
}
