import { isRefusal, money, type Clock, type Uuid } from '#kernel'
import type { Account, Ledger } from '#ledger'
import type { Database, Log } from '#platform'
import { earningsChart } from './chart.ts'
import { lastDueDay, type Funding } from './rules.ts'
import { intendMaturing, noteMatured, openMaturing, type Maturing } from './store.ts'

export type Earnings = {
  /** Where the creator's earnings arrive: by bought points, or out of the operator's budget for free ones. */
  pendingOf(creator: Uuid, funding: Funding): Promise<Account>
  availableOf(creator: Uuid): Promise<Account>
  /** Writes down what is due at this instant and posts all that is written down. Answers how many journals. */
  mature(): Promise<number>
}

const atOnce = 200

export function openEarnings(options: {
  readonly db: Database
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Log
}): Earnings {
  const { db, ledger, clock, log } = options
  const pendingOf = (creator: Uuid, funding: Funding) =>
    ledger.open({
      kind: 'creator.pending',
      owner: { type: 'user', id: creator },
      ...(funding === 'free' ? { subject: 'free' } : {}),
    })
  const availableOf = (creator: Uuid) =>
    ledger.open({ kind: 'creator.available', owner: { type: 'user', id: creator } })

  /** True once the ledger has it. The key is the intent's own, so posting again after a crash posts nothing. */
  const post = async ({ key, creator, day, funding, amount }: Maturing): Promise<boolean> => {
    const answer = await ledger.post(earningsChart.templates['earnings.matured'], {
      key,
      accounts: { pending: await pendingOf(creator, funding), available: await availableOf(creator) },
      amounts: { matured: money('USD', amount) },
      facts: { day, funding },
    })
    if (isRefusal(answer)) log.error({ key, answer }, 'earnings that are due were not posted')
    return !isRefusal(answer)
  }

  return {
    pendingOf,
    availableOf,
    mature: async () => {
      for (const funding of ['paid', 'free'] as const)
        await intendMaturing(db, funding, lastDueDay(clock.now(), funding))
      for (let posted = 0; ;) {
        const open = await openMaturing(db, atOnce)
        const answers = await Promise.all(open.map(post))
        const done = open.filter((_, at) => answers[at])
        await noteMatured(
          db,
          done.map(({ key }) => key),
          clock.now(),
        )
        posted += done.length
        if (open.length < atOnce || done.length === 0) return posted
      }
    },
  }
}
