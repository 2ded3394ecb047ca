import { isRefusal, refuse, type Uuid } from '#kernel'
import { handle, type RequestContext } from '#platform'
import { exportMine } from '../contract.ts'
import { present, type Reception } from '../reception.ts'
import { exportLimits } from '../rules.ts'
import { sessionsOf } from '../store/sessions.ts'
import { sessionView } from './sessions.ts'

/** How many may wait while another's export is made. */
const waitingMax = 20

/** What people take with them. Each export stands in memory whole, so a process makes one after the other. */
export function exportHandlers(reception: Reception) {
  const { db, clock, people, attempts, personal } = reception
  const rows = db.tables<unknown>()
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()

  function inLine<Answer>(make: () => Promise<Answer>): Promise<Answer> {
    waiting++
    const made = last.then(make).finally(() => waiting--)
    last = made.catch(() => undefined)
    return made
  }

  async function make(user: Uuid) {
    const sessions = (await sessionsOf(rows, user, clock.now())).map(sessionView)
    const kept: [room: string, known: unknown][] = [['people', { account: await present(reception, user), sessions }]]
    for (const part of personal) {
      const known = await part.export(user)
      if (isRefusal(known)) return known
      if (known !== null) kept.push([part.room, known])
    }
    return { at: clock.now().toISOString(), rooms: Object.fromEntries(kept) }
  }

  async function answer(context: RequestContext) {
    const me = await people.signedIn(context)
    if (isRefusal(me)) return me
    const tooMany = await attempts.count(exportLimits(me.id))
    if (tooMany) return tooMany
    if (waiting >= waitingMax)
      return refuse('too_many', 'Many people are exporting their data at this moment. Try again in a few minutes.')
    return inLine(async () => {
      // Whoever left while waiting is not served.
      context.signal.throwIfAborted()
      return make(me.id)
    })
  }

  return [handle(exportMine, (_, context) => answer(context))]
}
