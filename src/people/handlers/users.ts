import { assert, isRefusal, refuse, type Uuid } from '#kernel'
import { handle, type RequestContext } from '#platform'
import { listUsers, makeResetLink, updateUser, type User } from '../contract.ts'
import type { Reception } from '../reception.ts'
import { isLastOperator, resetLinkMs, type Role } from '../rules.ts'
import { makeLink } from '../store/links.ts'
import { endSessions } from '../store/sessions.ts'
import * as users from '../store/users.ts'

const pageSize = 50

type Change = { readonly role?: Role | undefined; readonly state?: 'active' | 'suspended' | undefined }

/** The operator's view of everybody. */
export function userHandlers({ db, clock, people }: Reception) {
  const rows = db.tables<unknown>()

  async function list({ search, after }: { search?: string | undefined; after?: string | undefined }) {
    const words = search || undefined
    const found = await users.findUsers(rows, { search: words, after: after as Uuid | undefined, limit: pageSize + 1 })
    const page = found.slice(0, pageSize)
    const last = found.length > pageSize ? page.at(-1) : undefined
    return { users: page.map(viewOf), next: last?.id, total: await users.countUsers(rows, words) }
  }

  function change(id: Uuid, { role, state }: Change) {
    return db.transact(async (trx) => {
      const { user, operators } = await users.lockWithOperators(trx, id)
      if (!user) return unknownUser()
      if (user.closed_at) return accountClosed()
      if ((role === 'member' || state === 'suspended') && isLastOperator(id, operators))
        return refuse('last_operator', 'This is the only operator. Make somebody else one first.')
      if (role) await users.setRole(trx, id, role)
      if (state) await users.setSuspended(trx, id, state === 'suspended' ? clock.now() : null)
      if (state === 'suspended') await endSessions(trx, id)
      const changed = await users.userById(trx, id)
      assert(changed, 'a locked user stays')
      return viewOf(changed)
    })
  }

  async function offerReset(id: Uuid, context: RequestContext) {
    const me = await people.operator(context)
    if (isRefusal(me)) return me
    const user = await users.userById(rows, id)
    if (!user) return unknownUser()
    if (user.closed_at) return accountClosed()
    const made = clock.now()
    const expires = new Date(made.getTime() + resetLinkMs)
    const token = await makeLink(rows, { purpose: 'reset', user: id, by: me.id, made, expires })
    return { path: `/reset/${token}`, until: expires.toISOString() }
  }

  return [
    handle(listUsers, async ({ query }, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : list(query)
    }),
    handle(updateUser, async ({ params, body }, context) => {
      const me = await people.operator(context)
      return isRefusal(me) ? me : change(params.user as Uuid, body)
    }),
    handle(makeResetLink, ({ params }, context) => offerReset(params.user as Uuid, context)),
  ]
}

const unknownUser = () => refuse('unknown_user', 'Nobody here has this id.')
const accountClosed = () => refuse('account_closed', 'This account is closed. Nothing of it can be changed.')

function viewOf({ id, name, email, role, created_at, suspended_at, closed_at }: users.UserRow): User {
  const state = closed_at ? 'closed' : suspended_at ? 'suspended' : 'active'
  return { id, name, email: email ?? undefined, role, state, since: created_at.toISOString() }
}
