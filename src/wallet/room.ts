import { z } from 'zod'
import type { Clock, Uuid } from '#kernel'
import type { Ledger } from '#ledger'
import type { People, Personal } from '#people'
import { job, readText, type Database, type Log, type Room } from '#platform'
import { walletHandlers } from './handlers.ts'
import { readHistory } from './history.ts'
import { expireLots, lotsMax } from './lots.ts'
import type { BotNames, CardPayments } from './ports.ts'
import { erasePerson } from './store.ts'
import { topUpsOf } from './store-top-ups.ts'
import { openTopUps, type TopUps } from './top-ups.ts'
import type { Wallet } from './wallet.ts'

const nothing = z.object({})
const webhookBytesMax = 1_048_576

/** The wallet's share of the house: its screens' operations, the provider's webhook, and what is done by the clock. */
export function walletRoom(deps: {
  readonly db: Database
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Log
  readonly people: Pick<People, 'signedIn' | 'operator'>
  readonly wallet: Wallet
  /** Null: this install takes no cards. */
  readonly cards: CardPayments | null
  readonly botNames: BotNames
}): Room {
  const { ledger } = deps
  const topUps = openTopUps(deps)
  return {
    name: 'wallet',
    http: walletHandlers({ ...deps, topUps }),
    mounts: deps.cards ? [{ path: '/api/webhooks/cards', fetch: (request) => hearWebhook(request, topUps) }] : [],
    jobs: [
      job({
        name: 'wallet.expire-lots',
        payload: nothing,
        cron: { expression: '*/5 * * * *', payload: {} },
        run: async (_, { signal }) => {
          while (!signal.aborted && (await expireLots(ledger)) === lotsMax) continue
        },
      }),
      job({
        name: 'wallet.reconcile-top-ups',
        payload: nothing,
        cron: { expression: '* * * * *', payload: {} },
        run: async () => void (await topUps.reconcile()),
      }),
    ],
  }
}

async function hearWebhook(request: Request, topUps: TopUps): Promise<Response> {
  if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } })
  const understood = await topUps.hear(await readText(request, webhookBytesMax), request.headers)
  return new Response(null, { status: understood ? 200 : 400 })
}

/** What the wallet knows of a person. The ledger keeps its journals under the bare uuid. */
export function walletPersonal({
  db,
  ledger,
  wallet,
}: {
  readonly db: Database
  readonly ledger: Ledger
  readonly wallet: Wallet
}): Personal {
  return {
    room: 'wallet',
    export: async (user: Uuid) => {
      const [{ caps }, topUps, points] = await Promise.all([
        wallet.caps(user),
        topUpsOf(db, user),
        wallet.pointsOf(user),
      ])
      const lines = await allLines(ledger, points)
      const text = (amount: bigint | null) => (amount === null ? null : String(amount))
      return {
        caps: { message: text(caps.message), day: text(caps.day), month: text(caps.month) },
        topUps: topUps.map(({ id, state, cents, points: bought, method, startedAt }) => {
          return { id, state, cents: String(cents), points: String(bought), method, at: startedAt.toISOString() }
        }),
        history: lines.map(({ template, points: amount, balance, postedAt }) => {
          return { what: template, points: String(amount), balance: String(balance), at: postedAt }
        }),
      }
    },
    erase: (user) => erasePerson(db, user),
  }
}

async function allLines(ledger: Ledger, account: Parameters<Ledger['statement']>[0]) {
  const lines = []
  let before: bigint | undefined
  for (;;) {
    const page = await readHistory(ledger, account, { before, limit: 400 })
    lines.push(...page.lines)
    before = page.lines.at(-1)?.at
    if (!page.more) return lines
  }
}
