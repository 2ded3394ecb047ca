import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { isRefusal, refuse, uuidv7, type Refusal, type Uuid } from '#kernel'
import { hanging, openStage, openTill, saying } from '../../test/turns/stage.ts'
import { World } from '../../test/world.ts'
import type { Started, TurnPlan } from './plan.ts'
import { meet } from './slots.ts'

const codeOf = (answer: Started | Refusal) => (isRefusal(answer) ? answer.refused : answer.state)

test('what is refused leaves nothing: no row, no row of the starter, no hold, no reader', async () => {
  await using database = await World.database()
  const { db } = database
  const till = openTill(15n)
  let welcome = true
  await using stage = openStage({
    db,
    till,
    limits: { promptBytesMax: 10, callsMax: 2, turnsPerPayerMax: 1 },
    slots: [
      { room: 'paywall', admit: async () => welcome || refuse('not_admitted', 'Members only.') },
      {
        room: 'trust',
        guard: { before: async ({ texts }) => (texts.includes('bad') ? refuse('refused_before', 'No.') : true) },
      },
    ],
  })
  await db.pool.query('create table turns.note (turn uuid)')
  const record = (turn: string) => ({
    record: async (trx: Parameters<NonNullable<ReturnType<typeof stage.plan>['record']>>[0]) => {
      await sql`insert into turns.note values (${turn})`.execute(trx)
    },
  })
  const refusals: [string, ReturnType<typeof stage.plan>][] = [
    ['stale_quote', stage.plan('go', { expected: { digest: 'another', atMost: 10n } })],
    ['stale_quote', stage.plan('go', { expected: { digest: 'ten points a call', atMost: 9n } })],
    ['too_long', stage.plan('longer than ten bytes')],
    ['too_many_calls', stage.plan('go', { bots: 3 })],
    ['insufficient_funds', stage.plan('go', { bots: 2, ...record(uuidv7()) })],
    ['refused_before', stage.plan('bad')],
  ]
  for (const [code, plan] of refusals) {
    assert.equal(codeOf(await stage.start(plan)), code)
    assert.deepEqual(await stage.read(plan.id), [])
  }
  welcome = false
  assert.equal(codeOf(await stage.start(stage.plan('go'))), 'not_admitted')
  welcome = true
  for (const table of ['turn', 'note', 'event', 'call'])
    assert.equal((await db.pool.query(`select from turns.${table}`)).rowCount, 0, table)
  assert.deepEqual([till.points, till.reserved.size], [15n, 0])

  stage.play('go', hanging('a'))
  const running = stage.plan('go', record(uuidv7()))
  const started = await stage.start({ ...running, expected: { digest: 'ten points a call', atMost: 10n } })
  assert.equal(codeOf(started), 'started')
  assert.equal((await db.pool.query('select from turns.note')).rowCount, 1)
  const { payer } = running
  assert.equal(codeOf(await stage.start(stage.plan('go', { payer }))), 'too_many_turns')
  await stage.turns.close(0)
  assert.equal(codeOf(await stage.start(stage.plan('go'))), 'closing')
})

test('a turn whose starter cannot write does not run, and gives back what it held', async () => {
  await using database = await World.database()
  await using stage = openStage({ db: database.db })
  stage.play('go', saying('a'))
  const plan = stage.plan('go', { record: async () => Promise.reject(new Error('the starter broke')) })
  await assert.rejects(stage.start(plan), /the starter broke/)
  await stage.turns.close(1_000)
  assert.deepEqual([await stage.read(plan.id), stage.till.points], [[], 1_000n])
})

test('what comes to be held only after its start has failed goes back, and before the same id begins anew', async () => {
  await using database = await World.database()
  const till = openTill(1_000n)
  await using stage = openStage({ db: database.db, till })
  stage.play('go', saying('a'))
  const [failed, looked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const [order, { reserve, settle }]: [string[], Pick<typeof till, 'reserve' | 'settle'>] = [[], { ...till }]
  till.reserve = async (turn) => {
    if (order.length === 0) await failed.promise
    order.push('held')
    return reserve(turn)
  }
  till.settle = async (conclusion) => {
    await looked.promise
    order.push('settled')
    return settle(conclusion)
  }
  const plan = stage.plan('go')
  const record = async () => {
    failed.resolve()
    throw new Error('the starter broke')
  }
  await assert.rejects(stage.start({ ...plan, record }), /the starter broke/)
  const again = stage.start(plan)
  for (let look = 0; look < 5; look++) await database.db.pool.query('select 1')
  looked.resolve()
  assert.equal(codeOf(await again), 'started')
  await stage.read(plan.id)
  assert.deepEqual(order, ['held', 'settled', 'held', 'settled'])
})

test('what may never have been held goes back without a trace, and the same id begins after all', async () => {
  await using database = await World.database()
  const till = openTill(1_000n)
  await using stage = openStage({ db: database.db, till })
  stage.play('go', saying('a'))
  const [settled, { reserve, settle }]: [unknown[], Pick<typeof till, 'reserve' | 'settle'>] = [[], { ...till }]
  till.reserve = async () => Promise.reject(new Error('the ledger is gone'))
  till.settle = async (conclusion, turn) => {
    settled.push(turn)
    return settle(conclusion)
  }
  const plan = stage.plan('go')
  await assert.rejects(stage.start(plan), /the ledger is gone/)
  till.reserve = reserve
  assert.equal(codeOf(await stage.start(plan)), 'started')
  await stage.read(plan.id)
  assert.deepEqual(settled, ['unbegun', undefined])
})

test('what one process takes back is not the turn that another began under the same id meanwhile', async () => {
  await using database = await World.database()
  const till = openTill(1_000n)
  await using one = openStage({ db: database.db, till })
  await using two = openStage({ db: database.db, till })
  const [answered, asked, tellOn] = [1, 2, 3].map(() => Promise.withResolvers<void>())
  assert(answered && asked && tellOn)
  const usual = { ...till }
  let isFirst = true
  till.reserve = async (turn) => {
    const late = isFirst
    isFirst = false
    if (late) await answered.promise
    return usual.reserve(turn)
  }
  two.play('go', async function* () {
    yield { type: 'text', text: 'a' }
    asked.resolve()
    await tellOn.promise
    yield* saying('b')({} as never)
  })
  const plan = one.plan('go')
  const record = async () => Promise.reject(new Error('the starter broke'))
  await assert.rejects(one.start({ ...plan, record }), /the starter broke/)
  assert.equal(codeOf(await two.start(plan)), 'started')
  await asked.promise
  answered.resolve()
  await one.turns.close(10_000)
  tellOn.resolve()
  const told = ['text:a', 'text:b', 'call_ended:finished', 'ended:finished', 'settled:10']
  assert.deepEqual(await two.read(plan.id), told)
  assert.equal(till.points, 990n)
})

test('a double click is one turn, in one process and in two', async () => {
  await using database = await World.database()
  const till = openTill(1_000n)
  await using one = openStage({ db: database.db, till })
  await using two = openStage({ db: database.db, till })
  for (const stage of [one, two]) stage.play('go', saying('a'))
  for (let round = 0; round < 10; round++) {
    const plan = one.plan('go')
    const answers = await Promise.all([one, two, one, two, one].map((stage) => stage.start(plan)))
    assert.equal(answers.map(codeOf).filter((code) => code === 'started').length, 1)
    assert.equal(answers.map(codeOf).filter((code) => code === 'already').length, 4)
    assert.equal((await one.read(plan.id)).at(-1), 'settled:10')
    assert.equal(codeOf(await two.start(plan)), 'already')
  }
  assert.equal(till.points, 900n)
})

test('an id that was used for something else is refused, whoever asks', async () => {
  await using database = await World.database()
  await using stage = openStage({ db: database.db })
  stage.play('go', saying('a'))
  const plan = stage.plan('go')
  assert.equal(codeOf(await stage.start(plan)), 'started')
  assert.equal(codeOf(await stage.start({ ...plan, payer: uuidv7() })), 'key_reused')
  assert.equal(codeOf(await stage.start(stage.plan('other', { id: plan.id, payer: plan.payer }))), 'key_reused')
})

test('what is no canonical id begins no turn: another process would not find it again', async () => {
  await using database = await World.database()
  await using stage = openStage({ db: database.db })
  stage.play('go', saying('a'))
  for (const id of ['00000000-0000-0000-0000-000000000000', uuidv7().toUpperCase()])
    await assert.rejects(stage.start(stage.plan('go', { id: id as Uuid })), /an id/)
  assert.deepEqual([stage.till.reserved.size, stage.till.points], [0, 1_000n])
})

test('of a thousand sends at once on points for ten, ten are answered', async () => {
  await using database = await World.database()
  const till = openTill(100n)
  await using stage = openStage({ db: database.db, till, limits: { turnsPerPayerMax: 1_000 } })
  stage.play('go', saying('a', 'b'))
  const payer = uuidv7()
  const plans = Array.from({ length: 1_000 }, () => stage.plan('go', { payer }))
  const answers = (await Promise.all(plans.map((plan) => stage.start(plan)))).map(codeOf)
  const count = (code: string) => answers.filter((answer) => answer === code).length
  assert.deepEqual([count('started'), count('insufficient_funds')], [10, 990])
  await stage.turns.close(10_000)
  assert.deepEqual([till.points, till.settled.size], [0n, 10])
  assert.equal((await database.db.pool.query('select from turns.turn')).rowCount, 10)
})

test('a bot knows its asker by a name that is always the same and leads nowhere', async () => {
  await using database = await World.database()
  await using stage = openStage({ db: database.db })
  const users: string[] = []
  const note = (at: number) =>
    stage.play(`go ${at}`, async function* ({ user }) {
      users[at] = user
      yield { type: 'end', reason: 'stop' }
    })
  note(0)
  note(1)
  const plan = stage.plan('go', { bots: 2 })
  await stage.start(plan)
  await stage.read(plan.id)
  const [first, other] = users
  const again = stage.plan('go', { bots: 2, payer: plan.payer })
  await stage.start(again)
  await stage.read(again.id)
  assert.equal(users[0], first)
  assert.notEqual(first, other)
  assert.ok(!first?.includes(plan.payer))
})

test('slots meet as their types say', () => {
  const charge = openTill(0n)
  assert.throws(
    () =>
      meet([
        { room: 'one', charge },
        { room: 'two', charge },
      ]),
    /one and two both supply charge/,
  )
  const beside = async () => undefined
  assert.throws(
    () =>
      meet([
        { room: 'one', beside },
        { room: 'two', beside },
      ]),
    /beside/,
  )
  const tool = { name: 'clock', description: '', input: {}, run: async () => ({ result: 0 }) }
  assert.throws(
    () =>
      meet([
        { room: 'one', tools: [tool] },
        { room: 'two', tools: [tool] },
      ]),
    /two tools are called clock/,
  )
  const slots = meet([
    { room: 'one', admit: async () => true },
    { room: 'two', admit: async () => true, tools: [tool] },
  ])
  assert.deepEqual([slots.admits.length, slots.tools.length, slots.beside], [2, 1, undefined])
})

test('without a room that charges, turns are free', async () => {
  const { charge } = meet([])
  const call = uuidv7()
  const till = charge.till(uuidv7())
  const quote = await till.quote([{ id: call, bot: {} as never, inputBytes: 3 }])
  assert.ok(!isRefusal(quote))
  assert.deepEqual([quote.kind, quote.atMost], ['free', 0n])
  const meter = await till.reserve({ id: uuidv7(), quote, waitMs: 1 })
  assert.ok(!isRefusal(meter))
  assert.equal(meter.cover({ call, outputTokens: 9, bytes: 36 }), true)
  assert.equal(await meter.prolong(), true)
})

test('rows whose transaction begins after their hold was answered look for it, and without it nothing stands', async () => {
  await using database = await World.database()
  const till = openTill(1_000n)
  const usual = { ...till }
  let asked = 0
  let isThere = true
  till.reserve = async (turn) => {
    const meter = await usual.reserve(turn)
    const stands = async () => {
      asked++
      return isThere
    }
    return isRefusal(meter) ? meter : { ...meter, stands }
  }
  await using stage = openStage({ db: database.db, till })
  stage.play('go', saying('a'))
  const late = async (plan: TurnPlan) => {
    let attempts = 0
    return stage.start({ ...plan, record: async (trx) => void (attempts++ === 0 && (await deadlockOf(trx))) })
  }
  assert.equal(codeOf(await late(stage.plan('go'))), 'started')
  assert.ok(asked > 0)
  isThere = false
  const lost = stage.plan('go')
  await assert.rejects(late(lost), /what was held went with the database/)
  const { rowCount } = await database.db.pool.query('select from turns.turn where id = $1', [lost.id])
  assert.equal(rowCount, 0)
})

test('a place that closes lets begin what it let in', async () => {
  await using database = await World.database()
  await using stage = openStage({ db: database.db })
  stage.play('go', saying('a'))
  const { id, payer, ...rest } = stage.plan('go')
  const read = Promise.withResolvers<typeof rest>()
  const started = stage.turns.start({ id, payer }, () => read.promise)
  const closed = stage.turns.close(60_000)
  assert.equal(codeOf(await stage.start(stage.plan('go'))), 'closing')
  read.resolve(rest)
  assert.equal(codeOf(await started), 'started')
  await closed
  assert.deepEqual(
    stage.till.settled.get(id)?.calls.map(({ ending }) => ending),
    ['finished'],
  )
})

/** The database asks for the same once more. */
const deadlockOf = (trx: Parameters<NonNullable<TurnPlan['record']>>[0]) =>
  sql`do $$ begin raise exception using errcode = '40P01'; end $$`.execute(trx)
