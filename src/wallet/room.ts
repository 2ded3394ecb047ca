import { z } from 'zod'
import { isRefusal, derivedId, money, type Clock, type Uuid } from '#kernel'
import type { Ledger } from '#ledger'
import type { People, Personal } from '#people'
import { job, type Database, type Log, type Room } from '#platform'
import { walletChart } from './chart.ts'
import { walletHandlers } from './handlers.ts'
import { readHistory } from './history.ts'
import type { CardPayments } from './ports.ts'
import { erasePerson } from './store.ts'
import { topUpsOf } from './store-top-ups.ts'
import { openTopUps, type TopUps } from './top-ups.ts'
import type { Wallet } from './wallet.ts'

const nothing = z.object({})
const lotsMax = 500
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
}): Room {
  const { ledger } = deps
  const topUps = openTopUps(deps)
  return {
    name: 'wallet',
    http: walletHandlers({ ...deps, topUps }),
    mounts: [{ path: '/api/webhooks/cards', fetch: (request) => hearWebhook(request, topUps) }],
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

/** Posts what remains of lots whose time has passed to breakage. Each rest has its own key, so that two jobs are one. */
export async function expireLots(ledger: Ledger): Promise<number> {
  const lots = await ledger.expiredLots(lotsMax)
  const posted = lots.map(async ({ id, account, home, remaining, held, expiresAt }) => {
    const rest = remaining - held
    const answer = await ledger.post(walletChart.templates['wallet.lot_expired'], {
      key: derivedId(expiresAt, 'wallet.lot_expired', String(home), String(id), String(rest)),
      accounts: {
        wallet: { id: account, home, kind: 'wallet.points', unit: 'POINTS' },
        breakage: await ledger.open({ kind: 'points.breakage', owner: 'system', home }),
      },
      amounts: { rest: money('POINTS', rest) },
      lot: id,
    })
    // A hold of the lot ended or was settled meanwhile: the next run sees what is left then.
    if (isRefusal(answer) && answer.refused !== 'insufficient_funds') throw new Error(answer.detail)
  })
  await Promise.all(posted)
  return lots.length
}

async function hearWebhook(request: Request, topUps: TopUps): Promise<Response> {
  if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } })
  const raw = Buffer.from(await request.arrayBuffer())
  if (raw.length > webhookBytesMax) return new Response(null, { status: 413 })
  const understood = await topUps.hear(raw.toString('utf8'), request.headers)
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
