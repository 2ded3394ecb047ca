import { z } from 'zod'
import { isRefusal, type Clock, type Uuid } from '#kernel'
import type { Ledger } from '#ledger'
import type { People, Personal } from '#people'
import { handle, job, type Database, type Room } from '#platform'
import { getEarnings, type EarningsView } from './contract.ts'
import type { Earnings } from './earnings.ts'
import { dueOn, sharesOf } from './rules.ts'
import { addEvent, byBot, byDay, oldestPending } from './store.ts'

const nothing = z.object({})
const usualDays = 30
const firstDay = '2000-01-01'

/** The share of the house that shows creators what they earn, and lets it mature. */
export function earningsRoom(deps: {
  readonly db: Database
  readonly ledger: Ledger
  readonly clock: Clock
  readonly people: Pick<People, 'signedIn'>
  readonly earnings: Earnings
}): Room {
  const { db, ledger, clock, people, earnings } = deps
  return {
    name: 'earnings',
    http: [
      handle(getEarnings, async ({ query }, context) => {
        const me = await people.signedIn(context)
        if (isRefusal(me)) return me
        const now = clock.now().getTime()
        const since = dayOf(new Date(now - ((query.days ?? usualDays) - 1) * 86_400_000))
        return viewOf(deps, me.id, { since, today: dayOf(new Date(now)) })
      }),
    ],
    on: [
      {
        name: 'earnings.daily',
        source: ledger.events,
        from: 'beginning',
        types: ['message.settled'],
        handle: ({ home, position, at, body }) => addEvent(db, { home, position, day: dayOf(at) }, sharesOf(body)),
      },
    ],
    jobs: [
      job({
        name: 'earnings.mature',
        payload: nothing,
        cron: { expression: '23 * * * *', payload: {} },
        run: async () => void (await earnings.mature()),
      }),
    ],
  }
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10)

type Span = { readonly since: string; readonly today: string }

type ViewDeps = { readonly db: Database; readonly ledger: Ledger; readonly earnings: Earnings }

async function viewOf(deps: ViewDeps, creator: Uuid, { since, today }: Span): Promise<EarningsView> {
  const { db, ledger, earnings } = deps
  const posted = async (account: ReturnType<Earnings['availableOf']>) => (await ledger.balance(await account)).posted
  const [pendingPaid, pendingFree, available, days, bots, oldest] = await Promise.all([
    posted(earnings.pendingOf(creator, 'paid')),
    posted(earnings.pendingOf(creator, 'free')),
    posted(earnings.availableOf(creator)),
    byDay(db, creator, since),
    byBot(db, creator, since),
    oldestPending(db, creator),
  ])
  const due = oldest
    .map(({ day, funding, amount }) => ({ day: dueOn(day, funding), microUsd: amount }))
    .toSorted((a, b) => (a.day < b.day ? -1 : 1))
  const next = due[0] ? { day: due[0].day, microUsd: sumOn(due, due[0].day) } : null
  return { pendingPaid, pendingFree, available, next, today, days, bots }
}

function sumOn(due: readonly { readonly day: string; readonly microUsd: bigint }[], day: string): bigint {
  return due.reduce((sum, each) => (each.day === day ? sum + each.microUsd : sum), 0n)
}

/** What the room knows of a creator. The ledger and the sums stay under the bare uuid: they are what was paid for. */
export function earningsPersonal({ db }: { readonly db: Database }): Personal {
  return {
    room: 'earnings',
    export: async (user) => {
      const days = await byDay(db, user, firstDay)
      const text = ({ day, messages, paid, free, unfunded }: (typeof days)[number]) => {
        return { day, messages, paid: String(paid), free: String(free), unfunded: String(unfunded) }
      }
      return { unit: 'USD, millionths', days: days.map(text) }
    },
    erase: async () => undefined,
  }
}
