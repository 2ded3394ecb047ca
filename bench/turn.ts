import { request } from 'node:http'
import { loadavg } from 'node:os'
import { shown, type Outcome, type Setting } from './form/outcome.ts'
import { startServer } from './form/server.ts'
import { eventsPerTurn } from './turn/house.ts'
import { startWorker, type Delays, type Hush, type Worker } from './turn/orders.ts'

export const takes = [] as const

/** `warm`: each payer has begun a turn before the counted ones, so that no account is opened among them. */
const plans = {
  quick: { warm: 200, count: 100, countMs: 3_000, turns: 2_000, readers: 500 },
  full: { warm: 200, count: 500, countMs: 15_000, turns: 10_000, readers: 2_000 },
} as const

/** What a turn may take from request to first token beside one commit. */
const allowedMs = 2
const callers = 64
const waitingTurns = 50

/**
 * Turns through the whole house (people, bots, chat, price, hold, log, settlement) with a bot that answers at once, beside
 * plain commits on the same server at the same time. Faults where a turn is not settled or the ledger does not prove.
 */
export async function bench({ size, say }: Setting): Promise<Outcome> {
  const plan = plans[size]
  await using server = await startServer(say)
  const { url } = await server.database('bench_turn')
  await using house = await startWorker(url)
  say('delays to the first token')
  const delays = await house.tell({ do: 'delays', warm: plan.warm, count: plan.count })
  const { inside, http, commit, commitBesideHttp } = delays
  say(`turns of ${eventsPerTurn} events, ${callers} at a time`)
  const rush = await house.tell({ do: 'rush', callers, warmMs: 2_000, countMs: plan.countMs })
  say(`${plan.turns} turns more, then its memory`)
  const { rssMb: after, cpuMsPerTurn } = await house.tell({ do: 'run', turns: plan.turns })
  say(`${plan.readers} readers of turns that say nothing`)
  const hushed = await readersOn(house, plan.readers)
  say('proof over every row')
  const { holds } = await house.tell({ do: 'prove' })
  if (!holds) throw new Error('the ledger does not prove')
  return {
    server: server.report,
    tables: [
      {
        title: 'Delays, ms',
        head: ['what', 'p50', 'p99'],
        rows: delayRows(delays),
      },
      {
        title: 'Load and memory',
        head: ['what', 'is'],
        rows: [
          [`turns a second of ${eventsPerTurn} events`, shown(rush.rate)],
          ['a whole turn among them, p50 ms', shown(rush.p50)],
          ['processor time of the house a turn, ms', shown(cpuMsPerTurn)],
          ['load of the machine meanwhile', shown(loadavg()[0] ?? null)],
          [`MB after ${plan.turns} turns more`, shown(after)],
          [`MB with ${plan.readers} idle readers`, shown(hushed)],
        ],
      },
    ],
    figures: {
      ...delays,
      rush,
      cpu_ms_a_turn: cpuMsPerTurn,
      load: loadavg()[0] ?? null,
      rss_mb: after,
      rss_mb_idle_readers: hushed,
    },
    ratios: {
      first_token_inside: inside.p50 / (allowedMs + commit.p50),
      first_token_over_http: http.p50 / (allowedMs + commitBesideHttp.p50),
      turns_a_second: rush.rate,
      mb_after_turns: after,
      mb_with_idle_readers: hushed,
    },
    targets: [
      { ratio: 'first_token_inside', wanted: 'at most', value: 1 },
      { ratio: 'first_token_over_http', wanted: 'at most', value: 1 },
      { ratio: 'turns_a_second', wanted: 'at least', value: 300 },
      { ratio: 'mb_after_turns', wanted: 'at most', value: 250 },
      { ratio: 'mb_with_idle_readers', wanted: 'at most', value: 300 },
    ],
  }
}

function delayRows(cells: Delays) {
  const words: readonly (readonly [keyof Delays, string])[] = [
    ['inside', 'request to first token, inside'],
    ['commit', 'one commit, beside it'],
    ['close', 'the same while the turn before is settled'],
    ['commitBesideClose', 'one commit, beside that'],
    ['http', 'request to first token, over HTTP'],
    ['commitBesideHttp', 'one commit, beside that'],
  ]
  return words.map(([name, what]) => [what, shown(cells[name].p50), shown(cells[name].p99)])
}

/** Opens readers on turns that say one word and wait, and weighs the house while they all hang on it. */
async function readersOn(house: Worker, readers: number): Promise<number> {
  const hush = await house.tell({ do: 'hush', turns: waitingTurns })
  const open = await Promise.all(Array.from({ length: readers }, (_, at) => openReader(hush, at)))
  const { rssMb } = await house.tell({ do: 'weigh' })
  for (const close of open) close()
  return rssMb
}

/** Resolves once the first event has come; answers what ends it. */
async function openReader({ url, cookie, waiting }: Hush, at: number): Promise<() => void> {
  const { conversation, turn } = waiting[at % waiting.length] ?? { conversation: '', turn: '' }
  const first = Promise.withResolvers<void>()
  const asking = request(`${url}/api/conversations/${conversation}/turns/${turn}/events`, {
    headers: { cookie },
    agent: false,
  })
  asking.on('response', (response) => {
    if (response.statusCode !== 200) first.reject(new Error(`a reader was answered ${response.statusCode}`))
    response.on('data', () => first.resolve())
  })
  asking.on('error', first.reject)
  asking.end()
  await first.promise
  return () => asking.destroy()
}
