import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { settableClock, type SettableClock } from '#kernel'
import { openLedger, type Ledger, type Proof } from '#ledger'
import type { Database } from '#platform'
import { bodyOf } from './body.ts'
import { compare, compareExpiries } from './compare.ts'
import type { EndedLot } from './desk.ts'
import { flows } from './flows.ts'
import { balanceOf, createModel, moveTime, openAccount, play, type Foretold, type Model } from './model.ts'
import { openPlaces } from './places.ts'
import { ask, describe, keyOf, told, type Step } from './step.ts'
import { createTrade, type Trade } from './trade.ts'

export type Outcome = {
  readonly steps: number
  readonly seconds: number
  /** How often each answer was given; a repeat counts as `repeated`. */
  readonly counts: ReadonlyMap<string, number>
  /** The same for the same seed: of all answers in order, and of all that was stored. */
  readonly answers: string
  readonly chain: string
  readonly proof: Proof
}

/** The ledger said or did something else than it should have. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch'
}

const waitingMax = 40
const compareEvery = 500
const keysAtOnce = 200
const lotsListed = 10_000

export type Market = {
  readonly db: Database
  readonly ledger: Ledger
  readonly clock: SettableClock
  readonly model: Model
  readonly trade: Trade
  readonly ended: { list: readonly EndedLot[] }
  readonly counts: Map<string, number>
  readonly digest: ReturnType<typeof createHash>
}

/**
 * Plays one seeded market against the model, in a fresh database with a pool of one connection: with it, and one batch at
 * a time, everything happens in one order, though several journals share a batch. Throws Mismatch with seed and step.
 */
export async function playMarket(options: {
  readonly db: Database
  readonly seed: number
  readonly steps: number
  readonly say?: (line: string) => void
}): Promise<Outcome> {
  const { db, seed, steps, say = () => {} } = options
  const market = await openMarket(db, seed)
  const begin = performance.now()
  let done = 0
  try {
    for (let groups = 1; done < steps; groups++) {
      const group = market.trade.nextGroup().slice(0, steps - done)
      await playGroup(market, group)
      done += group.length
      market.clock.set(market.trade.nextInstant())
      if (groups % compareEvery === 0) {
        await compareAll(market)
        say(`${done} steps`)
      }
    }
    await finish(market)
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    throw new Mismatch(`seed ${seed}, after step ${done}: ${cause.message}`, { cause })
  }
  // A market is over before autovacuum has come by for the first time, and plans made without figures take for ever.
  await db.pool.query('analyze')
  const proof = await market.ledger.prove()
  const { rows } = await db.pool.query<{ hash: string }>(
    `select encode(hash, 'hex') as hash from ledger.batch where home = 1 order by seq desc limit 1`,
  )
  return {
    steps: done,
    seconds: (performance.now() - begin) / 1000,
    counts: market.counts,
    answers: market.digest.digest('hex'),
    chain: rows[0]?.hash ?? '',
    proof,
  }
}

/** An open market at nine in the morning, in which nothing has happened yet. */
export async function openMarket(db: Database, seed: number): Promise<Market> {
  const clock = settableClock(new Date('2026-12-01T09:00:00Z'))
  const ledger = await openLedger({ db, charts: flows, clock, limits: { batchesInFlight: 1, waitingMax } })
  const places = await openPlaces(ledger)
  const model = createModel(flows)
  for (const account of places.all) openAccount(model, account)
  const ended: Market['ended'] = { list: [] }
  const trade = createTrade({ seed, places, now: () => clock.now(), endedLots: () => ended.list })
  return { db, ledger, clock, model, trade, ended, counts: new Map(), digest: createHash('sha256') }
}

/** Asks all of a group at once, and holds every answer and every row it touched against the model. Answers what was told. */
export async function playGroup(market: Market, group: readonly Step[]): Promise<readonly string[]> {
  const { db, ledger, clock, model, trade, counts, digest } = market
  const now = clock.now().getTime()
  const foretold = play(model, { steps: group, now, waitingMax })
  const answers = await Promise.all(group.map((step) => ask(ledger, step).then(told)))
  group.forEach((step, place) => {
    const answer = answers[place] as Foretold
    const { repeats, or, ...expected } = foretold[place] as Foretold
    const status = answer.status === or ? or : expected.status
    assert.deepEqual(answer, { ...expected, status }, `asked: ${describe(step)}`)
    const word = repeats ? 'repeated' : answer.status
    counts.set(word, (counts.get(word) ?? 0) + 1)
    digest.update(`${keyOf(step)} ${word} ${answer.postedAt}\n`)
    trade.hear(step, answer)
  })
  const accounts = [...new Set(group.flatMap((step) => touched(model, step)))]
  await compare(db, model, { accounts, keys: group.map(keyOf) })
  await look(market, accounts)
  return answers.map(({ status }) => status)
}

function touched(model: Model, step: Step): bigint[] {
  const body = step.does === 'post' ? bodyOf(step) : model.journals.get(step.reversal.journal)
  if (body === undefined || typeof body === 'string') return []
  return body.legs.flatMap(({ debit, credit }) => (credit === null ? [debit] : [debit, credit]))
}

/** Reads through the public door what the owner of one of these accounts would. */
async function look(market: Market, accounts: readonly bigint[]): Promise<void> {
  const { ledger, clock, model, trade, ended } = market
  const now = clock.now().getTime()
  const { dice, places } = trade
  const account = places.all.find(({ id }) => id === (accounts.length > 0 ? dice.pick(accounts) : undefined))
  if (account && now >= model.at) {
    assert.deepEqual(await ledger.balance(account), balanceOf(model, account.id, now), `the balance of ${account.id}`)
  }
  if (dice.chance(0.02)) {
    moveTime(model, now)
    await ledger.sweep()
    await compare(market.db, model, { accounts, keys: [] })
  }
  if (dice.chance(0.15) || ended.list.length > 40) {
    const lots = await ledger.expiredLots(lotsListed)
    ended.list = lots.map(({ id, account: owner, remaining }) => ({ id, account: owner, remaining })).toSorted(byId)
  }
}

const byId = (a: { id: bigint }, b: { id: bigint }) => Number(a.id - b.id)

function compareAll({ db, model }: Market): Promise<void> {
  return compare(db, model, { accounts: [...model.accounts.keys()], keys: [] })
}

/** Ends what has ended, and compares everything there is. */
async function finish(market: Market): Promise<void> {
  const { db, ledger, clock, model } = market
  clock.set(new Date(Math.max(clock.now().getTime(), model.at) + 1))
  moveTime(model, clock.now().getTime())
  await ledger.sweep()
  assert.equal(await ledger.sweep(), 0, 'a second sweep finds nothing')
  await compareExpiries(db, model)
  await compareAll(market)
  const keys = [...model.journals.keys()]
  for (let at = 0; at < keys.length; at += keysAtOnce)
    await compare(db, model, { accounts: [], keys: keys.slice(at, at + keysAtOnce) })
}
