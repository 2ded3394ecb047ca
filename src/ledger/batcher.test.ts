import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import { isRefusal, uuidv7, type Uuid } from '#kernel'
import { openDatabase } from '#platform'
import { hour, openHouse, points, usd, type House } from '../../test/ledger-house.ts'
import { flows, messages } from '../../test/market/flows.ts'
import { createBatcher, LedgerUnavailable, OutcomeUnknown, type BatchLimits, type Courier } from './batcher.ts'
import type { Journal, ResolvedLeg } from './journal.ts'
import { openLedger } from './ledger.ts'
import { faultOf } from './store/posting.ts'
import type { Answer } from './wire.ts'

/** The batcher's promises, first with a courier of our own that keeps a record, then with a real database. */

const wide: BatchLimits = { journalsMax: 100, shareMin: 1, legsMax: 1000, inFlightMax: 1, waitingMax: 1000 }

function journal(key: Uuid, legs = 1): Journal {
  const body = { home: 1, template: 1, rights: 1n, effectiveAt: null, reverses: null, facts: null, digest: '00' }
  return { key, legs: Array.from({ length: legs }, () => ({}) as ResolvedLeg), ...body }
}

const posted = (batch: readonly Journal[]): Answer[] =>
  batch.map(({ key }) => ({ key, status: 'posted', postedAt: new Date(0) }))

const serverSays = (code: string) => Object.assign(new Error(`the server says ${code}`), { code })

/** Sends by `send` and keeps every batch that left. Nothing is retried for longer than a moment. */
function recorded(send: (batch: readonly Journal[], call: number) => Promise<Answer[]> | Answer[], limits = wide) {
  const batches: Uuid[][] = []
  const courier: Courier = {
    faultOf,
    retryForMs: 300,
    send: async (batch) => {
      batches.push(batch.map(({ key }) => key))
      return send(batch, batches.length)
    },
  }
  const batcher = createBatcher(limits, courier)
  const post = (one: Journal): Promise<Answer> => {
    const answer = batcher.post(one)
    assert.ok(answer, 'the batcher takes it in')
    return answer
  }
  return { batcher, post, batches }
}

const keys = (count: number): Uuid[] => Array.from({ length: count }, () => uuidv7())

test('a lone journal leaves at once; what comes meanwhile leaves together, in order, when the call is back', async () => {
  const gate = Promise.withResolvers<void>()
  const { post, batches } = recorded(async (batch, call) => {
    if (call === 1) await gate.promise
    return posted(batch)
  })
  const [first, second, third, fourth] = keys(4) as [Uuid, Uuid, Uuid, Uuid]
  const answers = [post(journal(first))]
  await sleep(1)
  assert.deepEqual(batches, [[first]])
  for (const key of [second, third, fourth]) {
    answers.push(post(journal(key)))
    await sleep(1)
  }
  gate.resolve()
  assert.deepEqual(
    (await Promise.all(answers)).map(({ key }) => key),
    [first, second, third, fourth],
  )
  assert.deepEqual(batches, [[first], [second, third, fourth]])
})

test('a batch ends before it has too many journals or too many legs, and one that is too long goes alone', async () => {
  const all = keys(7)
  const { post, batches } = recorded(posted, { ...wide, journalsMax: 3, legsMax: 6 })
  const sizes = [1, 1, 1, 4, 3, 9, 1]
  await Promise.all(all.map((key, at) => post(journal(key, sizes[at]))))
  assert.deepEqual(
    batches.map((batch) => batch.map((key) => all.indexOf(key))),
    [[0, 1, 2], [3], [4], [5], [6]],
  )
})

test('no more calls are out than may be', async () => {
  let out = 0
  let most = 0
  const send = async (batch: readonly Journal[]) => {
    most = Math.max(most, ++out)
    await sleep(2)
    out--
    return posted(batch)
  }
  const { post } = recorded(send, { ...wide, journalsMax: 1, inFlightMax: 3 })
  await Promise.all(keys(20).map((key) => post(journal(key))))
  assert.equal(most, 3)
})

test('a crowd is shared out evenly among the calls, and no share is smaller than is worth a call', async () => {
  const sizes = async (crowd: number, limits: Partial<BatchLimits>) => {
    const { post, batches } = recorded(posted, { ...wide, inFlightMax: 2, ...limits })
    await Promise.all(keys(crowd).map((key) => post(journal(key))))
    return batches.map((batch) => batch.length)
  }
  assert.deepEqual(await sizes(50, { shareMin: 10 }), [25, 25])
  assert.deepEqual(await sizes(15, { shareMin: 10 }), [10, 5])
  assert.deepEqual(await sizes(9, { shareMin: 10 }), [9])
  assert.deepEqual((await sizes(500, { shareMin: 10 })).slice(0, 2), [100, 100], 'no more than a batch takes')
})

test('a key that is in the batch already waits for the next one, and is the first in it', async () => {
  const [same, second, third, fourth] = keys(4) as [Uuid, Uuid, Uuid, Uuid]
  const { post, batches } = recorded(posted, { ...wide, journalsMax: 2 })
  await Promise.all([same, same, second, third, same, fourth].map((key) => post(journal(key))))
  assert.deepEqual(batches, [
    [same, second],
    [same, third],
    [same, fourth],
  ])
})

test('a batch that the database refuses is halved until the journal at fault stands alone; the others are posted', async () => {
  const all = keys(9)
  const poison = all[5]
  const { post, batches, batcher } = recorded((batch) => {
    if (batch.some(({ key }) => key === poison)) throw serverSays('22003')
    return posted(batch)
  })
  const answers = await Promise.allSettled(all.map((key) => post(journal(key))))
  assert.deepEqual(
    answers.map(({ status }) => status),
    all.map((key) => (key === poison ? 'rejected' : 'fulfilled')),
  )
  const done = batches.filter((batch) => !batch.includes(poison as Uuid)).flat()
  assert.deepEqual(
    done,
    all.filter((key) => key !== poison),
    'each once, in order',
  )
  assert.ok(batches.length <= 9, `${batches.length} calls: the fault is found by halves`)
  await batcher.idle()
})

test('a lost connection is tried again with the same journals, and the callers hear the answer', async () => {
  const all = keys(3)
  const { post, batches } = recorded((batch, call) => {
    if (call === 1) throw new Error('Connection terminated unexpectedly')
    if (call === 2) throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
    return posted(batch)
  })
  const answers = await Promise.all(all.map((key) => post(journal(key))))
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['posted', 'posted', 'posted'],
  )
  assert.deepEqual(batches, [all, all, all])
})

test('once a connection was lost in mid-call the outcome stays unknown, though the server is only short afterwards', async () => {
  const [key] = keys(1) as [Uuid]
  const { post } = recorded((_, call) => {
    throw call === 1 ? new Error('read ECONNRESET') : serverSays('53300')
  })
  await assert.rejects(post(journal(key)), (fault) => fault instanceof OutcomeUnknown && fault.key === key)
})

test('a server that is short of something all the time is unavailable: nothing was posted', async () => {
  for (const code of ['53100', '53200', '53300', '40001', '57014', '55P03']) {
    const { post } = recorded(() => {
      throw serverSays(code)
    })
    const [key] = keys(1) as [Uuid]
    await assert.rejects(
      post(journal(key)),
      (fault) => fault instanceof LedgerUnavailable && fault.message.includes(code),
    )
  }
})

test('beyond what may wait the batcher takes nothing in, until something has its answer', async () => {
  const gate = Promise.withResolvers<void>()
  const { post, batcher } = recorded(
    async (batch) => {
      await gate.promise
      return posted(batch)
    },
    { ...wide, journalsMax: 2, waitingMax: 5 },
  )
  const answers = keys(5).map((key) => post(journal(key)))
  assert.equal(batcher.post(journal(uuidv7())), undefined)
  const idle = batcher.idle()
  gate.resolve()
  await Promise.all(answers)
  await idle
  assert.equal((await post(journal(uuidv7()))).status, 'posted')
})

/** Holds up every posting of the home, as a crowd before it would, until let go. */
async function holdUp(house: House): Promise<{ letGo: () => Promise<void>; killPoster: () => Promise<void> }> {
  const client = await house.db.pool.connect()
  await client.query('begin; select pg_advisory_xact_lock(7326, 1)')
  const waiting = `from pg_locks where locktype = 'advisory' and not granted and classid = 7326
    and database = (select oid from pg_database where datname = current_database())`
  return {
    letGo: async () => {
      await client.query('rollback')
      client.release()
    },
    killPoster: async () => {
      for (let tries = 0; tries < 200; tries++) {
        const { rows } = await client.query<{ done: boolean }>(`select pg_terminate_backend(pid) as done ${waiting}`)
        if (rows.length > 0) return
        await sleep(10)
      }
      assert.fail('nobody came to post')
    },
  }
}

async function prepareBudget(house: House) {
  const accounts = { funds: await house.account('operator.funds'), budget: await house.account('creators.free_budget') }
  const input = { key: uuidv7(), accounts, amounts: { amount: usd(5n) } }
  return { input, budget: accounts.budget }
}

test('a session that is ended while it posts: the ledger posts again by itself, once', async () => {
  await using house = await openHouse()
  const { input, budget } = await prepareBudget(house)
  const crowd = await holdUp(house)
  const answer = house.ledger.post(messages.templates['message.budget_funded'], input)
  await crowd.killPoster()
  await crowd.letGo()
  assert.ok(!isRefusal(await answer))
  assert.equal((await house.ledger.balance(budget)).posted, 5n)
})

test('who is told that the outcome is unknown learns it by the same key', async () => {
  await using house = await openHouse()
  const { input, budget } = await prepareBudget(house)
  const ledger = await openLedger({ db: house.db, charts: flows, clock: house.clock, limits: { retryForMs: 0 } })
  const crowd = await holdUp(house)
  const answer = ledger.post(messages.templates['message.budget_funded'], input)
  const told = assert.rejects(answer, (fault) => fault instanceof OutcomeUnknown && fault.key === input.key)
  await crowd.killPoster()
  await told
  await crowd.letGo()
  const first = await ledger.post(messages.templates['message.budget_funded'], input)
  assert.ok(!isRefusal(first))
  assert.deepEqual(await ledger.post(messages.templates['message.budget_funded'], input), first)
  assert.equal((await ledger.balance(budget)).posted, 5n)
})

test('a database that cannot be reached is unavailable, and says that nothing was posted', async () => {
  await using house = await openHouse()
  const { input, budget } = await prepareBudget(house)
  const db = openDatabase({ url: house.url })
  const ledger = await openLedger({ db, charts: flows, clock: house.clock, limits: { retryForMs: 50 } })
  await db.close()
  await assert.rejects(ledger.post(messages.templates['message.budget_funded'], input), LedgerUnavailable)
  assert.equal((await house.ledger.balance(budget)).posted, 0n)
})

test('one journal that the database cannot read fails alone, and its neighbours of the same batch are posted', async () => {
  await using house = await openHouse()
  const { input, budget } = await prepareBudget(house)
  const wallet = await house.account('wallet.points', { user: 'ada' })
  const neighbours = [input, { ...input, key: uuidv7() }, { ...input, key: uuidv7() }]
  const order = { key: uuidv7(), accounts: { wallet }, amounts: { price: points(1n) } }
  const answers = await Promise.allSettled([
    ...neighbours.map((one) => house.ledger.post(messages.templates['message.budget_funded'], one)),
    house.ledger.post(messages.templates['message.reserved'], { ...order, holdMs: hour * 1e15 }),
  ])
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'rejected'],
  )
  assert.equal((await house.ledger.balance(budget)).posted, 15n)
})
