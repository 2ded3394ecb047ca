import { join } from 'node:path'
import { compose } from '#app'
import { botsRoom, openBots } from '#bots'
import { chatRoom, openChat, type Chat } from '#chat'
import { openEarnings } from '#earnings'
import { money, systemClock, uuidv7, type Uuid } from '#kernel'
import { openLedger } from '#ledger'
import { openPeople, peopleRoom } from '#people'
import { createLog, listen, migrate, openDatabase, openLimited, openSecret, stampInstall } from '#platform'
import { openMessages } from '#revenue/messages'
import { openTurns, turnsRoom, type BotRuntime, type Turns } from '#turns'
import { openWallet } from '#wallet'
import { publishBot } from '../../test/e2e/deeds.ts'
import { flows } from '../../test/market/flows.ts'
import { proxies, worldPeople, type WorldPeople } from '../../test/world-people.ts'

export const eventsPerTurn = 50

/** The pipeline as an install has it, with a bot that speaks at once, so that all time is ours. */
export type House = AsyncDisposable & {
  readonly url: string
  readonly chat: Chat
  readonly turns: Turns
  readonly people: WorldPeople
  /** Priced, on a metered model. */
  readonly bot: Uuid
  /** Whether the ledger proves itself, over every row. */
  prove(): Promise<boolean>
  /** The durable write that everything is measured against: one row, one commit. */
  readonly commit: () => Promise<void>
}

/** Says its pieces without a pause; asked to `wait`, says one and then nothing more. */
const instant: BotRuntime = {
  kind: 'prompt',
  async *run({ history, signal }) {
    const waits = history.at(-1)?.content === 'wait'
    for (let at = 0; at < (waits ? 1 : eventsPerTurn); at++) yield { type: 'text', text: 'word ' }
    if (waits) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    yield { type: 'end', reason: 'stop' }
  },
}

export async function openHouse(databaseUrl: string): Promise<House> {
  await using open = new AsyncDisposableStack()
  const log = createLog({ level: 'error' })
  const db = openDatabase({ url: databaseUrl, poolMax: 10, log })
  open.defer(() => db.close())
  await migrate({ db, root: join(import.meta.dirname, '../../src') })
  const install = await stampInstall(db, { wished: 'demo', fallback: 'demo' })
  const secret = await openSecret({ db, given: 'the secret of a bench, the same each time', file: '' })
  const answers = await openLimited(db, { role: 'bottega_answers', schemas: ['turns', 'chat'], poolMax: 10 })
  open.defer(() => answers.close())
  const deps = { db, answers, clock: systemClock, log, install, secret, publicUrl: undefined, providerKeys: {} }
  const ledger = await openLedger({ db, charts: flows })
  open.defer(() => ledger.close())
  const people = openPeople(deps)
  const bots = openBots({ ...deps, people })
  const wallet = openWallet({ ...deps, ledger })
  const earnings = openEarnings({ ...deps, ledger })
  const cost = { version: 1, inputPerMillion: money('USD', 0n), outputPerMillion: money('USD', 300_000n) }
  const messages = openMessages({ ...deps, ledger, wallet, earnings, models: { cost: async () => cost } })
  await messages.fundFreeBudget(uuidv7(), 1_000_000_000_000n)
  // A crowd of payers for the throughput, one for the delays: neither is to be told to wait.
  const limits = { turnsPerPayerMax: 5_000 }
  const turns = openTurns({
    ...deps,
    runtimes: [instant],
    slots: [{ room: 'messages', charge: messages.charge }],
    limits,
  })
  const chat = openChat({ ...deps, turns, bots })
  const rooms = [
    peopleRoom({ ...deps, people, personal: [] }),
    botsRoom({ ...deps, bots, people }),
    turnsRoom({ ...deps, turns }),
    chatRoom({ ...deps, chat, turns, people }),
  ]
  const app = compose({ ...deps, rooms, front: { proxies } })
  await app.jobs.start('sender')
  open.defer(() => app.jobs.stop(1000))
  const server = await listen({ fetch: app.fetch, host: '127.0.0.1', port: 0 })
  open.defer(async () => void (await server.stop(1000)))
  open.defer(() => app.settleDown(0))
  const town = worldPeople({ url: server.url, app })
  const creator = await town.signUp('Carl')
  const bot = await publishBot(creator, { handle: 'swift', usdPerThousand: 30_000n, sheet: { maxOutputTokens: 1000 } })
  await db.pool.query('create schema bench; create table bench.row (id uuid primary key, word text not null)')
  const all = open.move()
  return {
    url: server.url,
    chat,
    turns,
    people: town,
    bot: bot.id as Uuid,
    prove: async () => {
      // Autovacuum comes once a minute; without its figures a proof is planned blindly.
      await db.pool.query('analyze')
      return (await ledger.prove()).holds
    },
    commit: async () => {
      await db.pool.query({
        name: 'bench.commit',
        text: 'insert into bench.row values ($1, $2)',
        values: [uuidv7(), 'word'],
      })
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
