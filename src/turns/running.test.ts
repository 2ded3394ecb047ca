import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal, refuse, uuidv7, type Uuid } from '#kernel'
import { hanging, openStage, openTill, saying, tell, type Stage } from '../../test/turns/stage.ts'
import { World } from '../../test/world.ts'
import { turnsPersonal } from './personal.ts'
import { deleteLog } from './store/forgetting.ts'

/** Reads until `enough`, then leaves; answers what was read and up to which seq. */
async function readUntil({ turns }: Stage, turn: Uuid, enough: (told: readonly string[]) => boolean, afterSeq = 0) {
  const told: string[] = []
  let last = afterSeq
  for await (const { seq, event } of turns.events(turn, { afterSeq, signal: new AbortController().signal })) {
    told.push(tell(event))
    last = seq
    if (enough(told)) break
  }
  return { told, last }
}

const count = (wanted: number) => (told: readonly string[]) => told.length === wanted

test('several bots are asked at once, each with an ending and a charge of its own', async () => {
  await using database = await World.database()
  await using stage = openStage({ db: database.db })
  stage.play('go 0', () => {
    throw new Error('a bug')
  })
  stage.play('go 1', saying('b'))
  stage.play('go 2', hanging('c'))
  const plan = stage.plan('go', { bots: 3 })
  const heard: string[] = []
  const { reserve } = stage.till
  stage.till.reserve = async (turn) => {
    const meter = await reserve(turn)
    return isRefusal(meter) ? meter : { ...meter, ended: ({ ending }) => void heard.push(ending) }
  }
  await stage.start(plan)
  const early = await readUntil(
    stage,
    plan.id,
    (told) => told.filter((each) => /^call_ended|text:c/.test(each)).length === 3,
  )
  assert.ok(early.told.includes('call_ended:finished') && early.told.includes('call_ended:provider_failed_before'))
  await stage.turns.stop(plan.id, plan.payer)
  const told = await stage.read(plan.id)
  assert.deepEqual(told.slice(-3), ['call_ended:stopped', 'ended:finished', 'settled:20'])
  assert.deepEqual(heard.toSorted(), ['finished', 'provider_failed_before', 'stopped'])
  assert.deepEqual(
    stage.till.settled.get(plan.id)?.calls.map(({ ending, delivered }) => [ending, delivered.bytes]),
    [
      ['provider_failed_before', 0],
      ['finished', 1],
      ['stopped', 1],
    ],
  )
})

test('a reader goes on where it was, in the same process and in another, and hears the rest as it comes', async () => {
  await using database = await World.database()
  const till = openTill(1_000n)
  await using home = openStage({ db: database.db, till })
  await using away = openStage({ db: database.db, till })
  const steps = Array.from({ length: 3 }, () => Promise.withResolvers<void>())
  home.play('go', async function* () {
    for (const [at, step] of steps.entries()) {
      yield { type: 'text', text: `${at}a` }
      yield { type: 'text', text: `${at}b` }
      await step.promise
    }
    yield { type: 'suggest', text: 'more?' }
    yield { type: 'part', kind: 'image', data: { width: 3 } }
    yield { type: 'end', reason: 'stop' }
  })
  const plan = home.plan('go')
  await home.start(plan)
  const whole = away.read(plan.id)
  const first = await readUntil(away, plan.id, count(2))
  assert.deepEqual(first.told, ['text:0a', 'text:0b'])
  steps[0]?.resolve()
  const second = await readUntil(away, plan.id, count(1), 1)
  assert.deepEqual(second.told, ['text:0b'])
  const third = await readUntil(home, plan.id, count(2), second.last)
  assert.deepEqual(third.told, ['text:1a', 'text:1b'])
  for (const step of steps) step.resolve()
  const rest = await away.read(plan.id, third.last)
  const last = ['suggest:more?', 'part:image', 'call_ended:finished', 'ended:finished', 'settled:10']
  assert.deepEqual(rest, ['text:2a', 'text:2b', ...last])
  const all = [...first.told, ...third.told, ...rest]
  assert.deepEqual(await whole, all)
  assert.deepEqual(await home.read(plan.id), all)
  assert.deepEqual(await away.read(plan.id, all.length), [])
  // An hour later, without the log.
  await deleteLog(database.db, new Date(Date.now() + 60_000), 1_000)
  const later = await away.read(plan.id, 2)
  assert.deepEqual(later, ['replace:0a0b1a1b2a2b', 'part:image', 'suggest:more?', ...last.slice(2)])
  const cut = await readUntil(away, plan.id, count(1), 2)
  assert.deepEqual(await away.read(plan.id, cut.last), later, 'whoever is cut off in the middle hears all of it again')
})

test('a reader who would miss a piece of the log is told the texts instead', async () => {
  await using database = await World.database()
  const { pool } = database.db
  await using home = openStage({ db: database.db })
  await using away = openStage({ db: database.db, till: home.till })
  const logged = async (rows: number) => {
    while ((await pool.query('select from turns.event')).rowCount !== rows) await new Promise(setImmediate)
  }
  home.play('go', async function* () {
    for (const [at, text] of ['a', 'b', 'c'].entries()) {
      yield { type: 'text', text }
      await logged(at + 1)
    }
    yield { type: 'end', reason: 'stop' }
  })
  const plan = home.plan('go')
  await home.start(plan)
  const last = ['call_ended:finished', 'ended:finished', 'settled:10']
  assert.deepEqual(await home.read(plan.id), ['text:a', 'text:b', 'text:c', ...last])
  await pool.query('delete from turns.event where first_seq = 2')
  assert.deepEqual(await away.read(plan.id), ['replace:abc', ...last])
  assert.deepEqual(await away.read(plan.id, 2), ['text:c', ...last])
})

test('a reader that leaves is let go, and one of a turn that is unknown too', async () => {
  await using database = await World.database()
  await using stage = openStage({ db: database.db })
  await using away = openStage({ db: database.db, till: stage.till })
  stage.play('go', hanging('a'))
  const plan = stage.plan('go')
  await stage.start(plan)
  for (const { turns } of [stage, away]) {
    const leaving = new AbortController()
    const told: string[] = []
    for await (const { event } of turns.events(plan.id, { afterSeq: 0, signal: leaving.signal })) {
      told.push(tell(event))
      leaving.abort()
    }
    assert.deepEqual(told, ['text:a'])
  }
  assert.deepEqual(await stage.read(uuidv7()), [])
})

test('Stop reaches a turn in another process, and only from its payer', async () => {
  await using database = await World.database()
  const till = openTill(1_000n)
  await using home = openStage({ db: database.db, till, limits: { heartbeatMs: 20 } })
  await using away = openStage({ db: database.db, till })
  home.play('go', hanging('a'))
  const plan = home.plan('go')
  await home.start(plan)
  await readUntil(home, plan.id, count(1))
  assert.equal(await away.turns.stop(plan.id, uuidv7()), false)
  assert.equal(await home.turns.stop(plan.id, uuidv7()), false)
  assert.equal(await away.turns.stop(plan.id, plan.payer), true)
  assert.equal((await home.read(plan.id)).at(-1), 'settled:10')
  assert.equal(await away.turns.stop(plan.id, plan.payer), true, 'a second Stop finds it ended')
})

test('a process that was taken for gone drops its turns, and its readers get the ending that another wrote', async () => {
  await using database = await World.database()
  const { pool } = database.db
  const till = openTill(1_000n)
  await using slow = openStage({ db: database.db, till, limits: { heartbeatMs: 30 } })
  await using heir = openStage({ db: database.db, till })
  const kept: string[] = []
  for (const { turns } of [slow, heir])
    turns.keep(async (_, ended) => void kept.push(...ended.map(({ ending }) => ending)))
  const go = Promise.withResolvers<void>()
  slow.play('go', async function* (call) {
    yield { type: 'text', text: 'a' }
    await go.promise
    yield* saying('b')(call)
  })
  const plan = slow.plan('go')
  await slow.start(plan)
  while ((await pool.query('select from turns.event')).rowCount === 0) await new Promise(setImmediate)
  await pool.query(`update turns.process set ended_at = now()`)
  const reading = slow.read(plan.id)
  await heir.turns.reap()
  go.resolve()
  const told = await reading
  // It may have heard more than the log holds before the process noticed; then it is told anew what counts.
  assert.match(told.join(' '), /^text:a (?:(?:text:b )?replace:a )?call_ended:killed ended:killed settled:0$/)
  const anew = ['replace:a', 'call_ended:killed', 'ended:killed', 'settled:0']
  assert.deepEqual(await heir.read(plan.id, 1), anew)
  assert.deepEqual(await heir.read(plan.id, 5), anew)
  // While the first is looked for, the others gather and are read for together.
  const together = await Promise.all([heir.read(uuidv7()), heir.read(plan.id, 5), heir.read(plan.id)])
  assert.deepEqual(together, [[], anew, anew])
  assert.deepEqual([kept, till.points], [['killed'], 1_000n])
  slow.play('go', saying('c'))
  // Until its next heartbeat it starts turns under the name that is gone; those are ended for it too.
  for (let last: string | undefined; last !== 'settled:10';) {
    const next = slow.plan('go')
    await slow.start(next)
    last = (await slow.read(next.id)).at(-1)
  }
})

test('a process whose connections are all taken keeps its lease', async () => {
  await using database = await World.database()
  const { pool } = database.db
  await using stage = openStage({ db: database.db, limits: { heartbeatMs: 20 } })
  stage.play('go', saying('a'))
  const plan = stage.plan('go')
  await stage.start(plan)
  await stage.read(plan.id)
  const taken = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()))
  try {
    const [client] = taken
    await client?.query(`update turns.process set lease_until = '2020-01-01'`)
    const renewed = 'select from turns.process where lease_until > now()'
    while ((await client?.query(renewed))?.rowCount === 0) await new Promise(setImmediate)
  } finally {
    for (const client of taken) client.release()
  }
})

test('a reader elsewhere brings the end of a turn whose process is gone', async () => {
  await using database = await World.database()
  const till = openTill(1_000n)
  // Its heartbeat would bring it back.
  const gone = openStage({ db: database.db, till, limits: { heartbeatMs: 3_600_000 } })
  await using away = openStage({ db: database.db, till })
  gone.play('go', hanging('a'))
  const plan = gone.plan('go')
  await gone.start(plan)
  const { pool } = database.db
  while ((await pool.query('select from turns.event')).rowCount === 0) await new Promise(setImmediate)
  await pool.query(`update turns.process set lease_until = '2020-01-01'`)
  assert.deepEqual((await away.read(plan.id)).slice(-2), ['ended:killed', 'settled:0'])
  await gone.turns.close(0)
})

test('a lost connection for news costs a reader elsewhere nothing', async () => {
  await using database = await World.database()
  const till = openTill(1_000n)
  await using home = openStage({ db: database.db, till })
  await using away = openStage({ db: database.db, till })
  const go = Promise.withResolvers<void>()
  home.play('go', async function* (call) {
    yield { type: 'text', text: 'a' }
    await go.promise
    yield* saying('b')(call)
  })
  const plan = home.plan('go')
  await home.start(plan)
  const reading = away.read(plan.id)
  await readUntil(away, plan.id, count(1))
  const { pool } = database.db
  const ears = `from pg_stat_activity where datname = current_database() and query like 'listen %'`
  const { rows: cut } = await pool.query(`select pid, pg_terminate_backend(pid) ${ears}`)
  assert.ok(cut.length > 0)
  go.resolve()
  assert.equal((await reading).at(-1), 'settled:10')
  const anew = { text: `select ${ears} and pid <> all ($1)`, values: [cut.map(({ pid }) => pid)] }
  while ((await pool.query(anew)).rowCount === 0) await new Promise(setImmediate)
})

test('settling is tried again, by the reaper in the end', async () => {
  await using database = await World.database()
  const { pool } = database.db
  await using stage = openStage({ db: database.db })
  stage.play('go', saying('a'))
  stage.till.failures = 1
  const plan = stage.plan('go')
  await stage.start(plan)
  assert.equal((await stage.read(plan.id)).at(-1), 'settled:10')
  stage.till.failures = 4
  const stubborn = stage.plan('go')
  await stage.start(stubborn)
  while (stage.till.failures > 0) await new Promise((resolve) => setTimeout(resolve, 10))
  await pool.query(`update turns.turn set ended_at = ended_at - interval '1 minute' where settled_at is null`)
  assert.equal(await stage.turns.reap(), 1)
  assert.equal((await stage.read(stubborn.id)).at(-1), 'settled:10')
  assert.equal(stage.till.points, 980n)
})

test('turns that cannot be settled do not keep the reaper from the others', async () => {
  await using database = await World.database()
  const { db } = database
  await using stage = openStage({ db, limits: { leaseMs: 0 } })
  const books = openTill(0n)
  const good = uuidv7()
  stage.till.settle = async (conclusion) => {
    if (conclusion.turn !== good) throw new Error('the till does not know this policy')
    return books.settle(conclusion)
  }
  const quote = {
    kind: 'exact',
    atMost: '10',
    digest: '',
    parts: { creator: '0', model: '0', platform: '0' },
    calls: [],
  }
  await db.pool.query(
    `insert into turns.turn (id, payer, process, digest, quote, calls, started_at, ended_at, ending, conclusion, last_seq)
     select id, id, id, '', $2, '[]', now(), now() - (61 - n) * interval '1 minute', 'finished', '{"calls":[]}', 1
     from unnest($1::uuid[]) with ordinality ended (id, n)`,
    [[...Array.from({ length: 60 }, () => uuidv7()), good], quote],
  )
  for (let rounds = 0; rounds < 20 && !books.settled.has(good); rounds++) await stage.turns.reap()
  assert.ok(books.settled.has(good))
})

test('a keeper that breaks holds up its own turn alone, and only until it is well', async () => {
  await using database = await World.database()
  await using stage = openStage({ db: database.db })
  stage.play('go', saying('a'))
  const plans = Array.from({ length: 20 }, () => stage.plan('go'))
  const sick = plans[7]?.id
  let well = false
  const kept = new Set<Uuid>()
  stage.turns.keep(async (_, ended) => {
    if (!well && ended.some(({ turn }) => turn === sick)) throw new Error('the keeper broke')
    for (const { turn } of ended) kept.add(turn)
  })
  await Promise.all(plans.map((plan) => stage.start(plan)))
  await Promise.all(plans.filter(({ id }) => id !== sick).map(({ id }) => stage.read(id)))
  assert.deepEqual([kept.size, kept.has(sick as Uuid)], [19, false])
  well = true
  await stage.read(sick as Uuid)
  assert.deepEqual([kept.size, stage.till.points], [20, 800n])
})

test('a guard may take an answer back', async () => {
  await using database = await World.database()
  await using stage = openStage({
    db: database.db,
    slots: [
      { room: 'trust', guard: { after: async ({ text }) => (text === 'bad' ? refuse('refused_after', 'No.') : true) } },
    ],
  })
  const words: (string | null)[] = []
  stage.turns.keep(
    async (_, ended) => void words.push(...ended.flatMap(({ calls }) => calls.map((call) => call.words))),
  )
  stage.play('go', saying('b', 'ad'))
  const plan = stage.plan('go')
  await stage.start(plan)
  assert.deepEqual(await stage.read(plan.id), [
    'text:b',
    'text:ad',
    'replace:',
    'call_ended:refused_after',
    'ended:refused_after',
    'settled:0',
  ])
  assert.deepEqual(words, ['No.'])
})

test('what stands beside is asked for once the answer is sealed', async () => {
  await using database = await World.database()
  const asked = Promise.withResolvers<unknown>()
  await using stage = openStage({
    db: database.db,
    slots: [
      {
        room: 'ads',
        beside: async ({ turn }) => {
          const { rows } = await database.db.pool.query('select ending from turns.turn where id = $1', [turn])
          asked.resolve(rows)
        },
      },
    ],
  })
  stage.play('go', saying('a'))
  await stage.start(stage.plan('go'))
  assert.deepEqual(await asked.promise, [{ ending: 'finished' }])
})

test('whoever closes an account leaves no words behind, and what ran is ended', async () => {
  await using database = await World.database()
  const { db } = database
  await using stage = openStage({ db })
  const personal = turnsPersonal({ answers: db, turns: stage.turns })
  stage.play('go', saying('a'))
  stage.play('on', hanging('b'))
  const done = stage.plan('go')
  const { payer } = done
  await stage.start(done)
  await stage.read(done.id)
  const running = stage.plan('on', { payer })
  await stage.start(running)
  await readUntil(stage, running.id, count(1))
  const known = async () => {
    const records = (await personal.export(payer)) as { id: string; ending: string | null; texts: string[] }[]
    return Object.fromEntries(records.map(({ id, ending, texts }) => [id, [ending, ...texts]]))
  }
  assert.deepEqual(await known(), { [done.id]: ['finished', 'a'], [running.id]: [null] })
  await personal.erase(payer)
  assert.deepEqual(await known(), { [done.id]: ['finished'], [running.id]: ['account_closed'] })
  assert.equal((await db.pool.query('select from turns.event')).rowCount, 0)
})
