import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { World } from '../../test/world.ts'
import { openDatabase, type Database } from './db.ts'
import { createLog } from './log.ts'
import { openSession } from './outbox-lane.ts'
import { createOutbox, type EventSource, type Listener, type OutboxEvent } from './outbox.ts'

const log = createLog({ level: 'silent' })

/** A real log table; its positions are dense only by accident, as a ledger's are. */
function tableSource(db: Database): EventSource {
  return {
    name: 'market',
    heads: async () => {
      const { rows } = await db.pool.query<{ home: number; position: bigint }>(
        'select home, max(position) as position from told group by home',
      )
      return new Map(rows.map(({ home, position }) => [home, position]))
    },
    read: async (home, after, limit) => {
      const text = 'select * from told where home = $1 and position > $2 order by position limit $3'
      return (await db.pool.query<OutboxEvent>(text, [home, after, limit])).rows
    },
  }
}

/** Ends the connection that holds the locks of the outbox. */
const cutSession = `
  select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()
    and database = (select oid from pg_database where datname = current_database())`

const createTable = `
  create table told (home int, position bigint, id uuid default gen_random_uuid(), type text default 'sold',
    at timestamptz default now(), body jsonb default '{}', primary key (home, position));
  create table heard (consumer text, home int, position bigint, by text, at timestamptz default clock_timestamp(), n bigserial)`

async function marketplace() {
  const scratch = await World.database({ poolMax: 12 })
  await scratch.db.pool.query(createTable)
  const tell = (home: number, from: number, to: number, type = 'sold') =>
    scratch.db.pool.query(
      'insert into told (home, position, type) select $1, p * 3, $4 from generate_series($2::int, $3::int) p',
      [home, from, to, type],
    )
  const heard = async (consumer: string, home: number) => {
    const text = 'select position from heard where consumer = $1 and home = $2 order by n'
    return (await scratch.db.pool.query<{ position: bigint }>(text, [consumer, home])).rows.map(
      (row) => Number(row.position) / 3,
    )
  }
  return {
    db: scratch.db,
    url: scratch.url,
    source: tableSource(scratch.db),
    tell,
    heard,
    [Symbol.asyncDispose]: scratch[Symbol.asyncDispose],
  }
}

const write = (db: Database, consumer: string, { home, position }: OutboxEvent, by = '') =>
  db.pool.query('insert into heard (consumer, home, position, by) values ($1, $2, $3, $4)', [
    consumer,
    home,
    position,
    by,
  ])

function listener(db: Database, source: EventSource, more: Partial<Listener> & { by?: string } = {}): Listener {
  const { by = '', name = 'shop', ...rest } = more
  return { name, source, from: 'beginning', handle: async (event) => void (await write(db, name, event, by)), ...rest }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)

/** A stop that waits for its deadline does not end within its test. */
const longerThanTests = 120_000
const patience = { timeout: 60_000 }

async function until(what: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patience.timeout
  while (!(await what())) {
    assert.ok(performance.now() < end, 'waited in vain')
    await sleep(20)
  }
}

test('every event arrives in the order of its home; types not asked for are passed over', async () => {
  await using market = await marketplace()
  const { db, source, tell, heard } = market
  await tell(1, 1, 250)
  await tell(2, 1, 3)
  await tell(2, 4, 4, 'other')
  await tell(2, 5, 5)
  const outbox = createOutbox({ db, log, listeners: [listener(db, source, { types: ['sold'] })] })
  await outbox.drain()
  assert.deepEqual(await heard('shop', 1), range(1, 250))
  assert.deepEqual(await heard('shop', 2), [1, 2, 3, 5])
  assert.deepEqual(
    new Map((await outbox.lag()).map(({ home, behind }) => [home, behind])),
    new Map([
      [1, 0n],
      [2, 0n],
    ]),
  )
  await outbox.stop(1000)
})

test('what is told while nobody is listening for it is found by the poll', async () => {
  await using market = await marketplace()
  const { db, source, tell, heard } = market
  const outbox = createOutbox({ db, log, listeners: [listener(db, source)] })
  await outbox.start()
  await tell(1, 1, 1)
  await until(async () => (await heard('shop', 1)).length === 1)
  await tell(1, 2, 2)
  await until(async () => (await heard('shop', 1)).length === 2)
  await outbox.stop(1000)
})

test('a failing listener is retried, skips nothing, and holds up only itself at its home', async () => {
  await using market = await marketplace()
  const { db, source, tell, heard } = market
  let broken = true
  let failures = 0
  const handle = async (event: OutboxEvent) => {
    if (broken && event.home === 1 && event.position === 9n) {
      failures++
      throw new Error('the shop is shut')
    }
    await write(db, 'shop', event)
  }
  const outbox = createOutbox({
    db,
    log,
    listeners: [listener(db, source, { handle }), listener(db, source, { name: 'insights' })],
  })
  await tell(1, 1, 5)
  await tell(2, 1, 5)
  await outbox.start()
  await until(async () => (await heard('insights', 1)).length === 5 && (await heard('shop', 2)).length === 5)
  await until(async () => failures > 1)
  assert.deepEqual(await heard('shop', 1), [1, 2])
  const stuck = (await outbox.lag()).find(({ consumer, home }) => consumer === 'shop' && home === 1)
  assert.equal(stuck?.behind, 9n)
  assert.partialDeepStrictEqual(outbox.failing(), [{ consumer: 'shop', home: 1 }])
  await assert.rejects(outbox.drain(), /the shop is shut/)
  broken = false
  await until(async () => (await heard('shop', 1)).length === 5)
  assert.deepEqual(await heard('shop', 1), range(1, 5))
  await until(async () => outbox.failing().length === 0)
  await outbox.stop(1000)
})

test('a new listener hears all from the beginning, or only what comes from now on, also at homes not yet born', async () => {
  await using market = await marketplace()
  const { db, source, tell, heard } = market
  await tell(1, 1, 3)
  const both = [listener(db, source, { name: 'old' }), listener(db, source, { name: 'new', from: 'now' })]
  const first = createOutbox({ db, log, listeners: both })
  await first.drain()
  await first.stop(1000)
  await tell(1, 4, 5)
  await tell(7, 1, 2)
  const second = createOutbox({ db, log, listeners: both })
  await second.drain()
  assert.deepEqual(await heard('old', 1), range(1, 5))
  assert.deepEqual(await heard('new', 1), [4, 5])
  assert.deepEqual(await heard('new', 7), [1, 2])
  await second.stop(1000)
})

test('what has stopped holds no home: the next process need not wait for the server to notice', patience, async () => {
  await using market = await marketplace()
  const { db, source, tell } = market
  const watcher = await db.pool.connect()
  using _ = { [Symbol.dispose]: () => watcher.release() }
  const held = async () => {
    const { rows } = await watcher.query<{ locks: number }>(
      `select count(*)::int as locks from pg_locks
       where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
    )
    return rows[0]?.locks
  }
  await tell(1, 1, 1)
  // Many at once keep the server busy: were it left to notice, it would not be done by the time they have stopped.
  for (let round = 0; round < 5; round++) {
    const outboxes = range(1, 10).map((n) =>
      createOutbox({ db, log, listeners: [listener(db, source, { name: `shop ${n}` })] }),
    )
    await Promise.all(outboxes.map((outbox) => outbox.drain()))
    assert.equal(await held(), 10)
    await Promise.all(outboxes.map((outbox) => outbox.stop(longerThanTests)))
    assert.equal(await held(), 0)
  }
})

test('only listeners in code are told to be behind', async () => {
  await using market = await marketplace()
  const { db, source, tell } = market
  const [kept, gone] = [listener(db, source, { name: 'kept' }), listener(db, source, { name: 'gone' })]
  const before = createOutbox({ db, log, listeners: [kept, gone] })
  await before.drain()
  await before.stop(1000)
  await tell(1, 1, 3)
  const after = createOutbox({ db, log, listeners: [kept] })
  assert.deepEqual(await after.lag(), [{ consumer: 'kept', source: 'market', home: 1, behind: 9n }])
})

test('the server is told to notice soon when the process of a session is gone without a word', async () => {
  await using market = await marketplace()
  const session = await openSession(market.db)
  const { rows } = await session.query(
    `select name, setting from pg_settings where name ~ '^tcp_(keepalives|user_timeout)' order by name`,
    [],
  )
  assert.deepEqual(
    rows.map(({ name, setting }) => [name, setting]),
    [
      ['tcp_keepalives_count', '3'],
      ['tcp_keepalives_idle', '10'],
      ['tcp_keepalives_interval', '5'],
      ['tcp_user_timeout', '25000'],
    ],
  )
  await session.leave()
})

test('two instances at once share the homes, never one home', async () => {
  await using market = await marketplace()
  const { db, url, tell, heard } = market
  const other = openDatabase({ url, poolMax: 6 })
  const slowly = (by: string) => async (event: OutboxEvent) => {
    await sleep(Math.random() * 4)
    await write(db, 'shop', event, by)
  }
  const outboxes = [db, other].map((each, at) =>
    createOutbox({ db: each, log, listeners: [listener(each, tableSource(each), { handle: slowly(`p${at}`) })] }),
  )
  await tell(1, 1, 1)
  await outboxes[0]?.start()
  await until(async () => (await heard('shop', 1)).length === 1)
  await outboxes[1]?.start()
  for (let batch = 0; batch < 6; batch++) {
    for (const home of [1, 2, 3, 4]) await tell(home, batch * 20 + (batch === 0 && home === 1 ? 2 : 1), batch * 20 + 20)
    if (batch === 3) await outboxes[0]?.stop(2000)
    await sleep(100)
  }
  await until(async () => (await Promise.all([1, 2, 3, 4].map((home) => heard('shop', home)))).flat().length >= 480)
  for (const home of [1, 2, 3, 4]) assert.deepEqual(await heard('shop', home), range(1, 120))
  const { rows } = await db.pool.query('select count(distinct by)::int as workers from heard')
  assert.equal(rows[0].workers, 2)
  await outboxes[1]?.stop(2000)
  await other.close()
})

test('a process killed while it handles: the next one goes on in order, and nothing is lost', async () => {
  await using market = await marketplace()
  const { db, url, source, tell, heard } = market
  await tell(1, 1, 60)
  // This same file as a process of its own, in which no test has such a name.
  const args = ['--test-name-pattern', 'no test at all', import.meta.filename, 'deliver', url]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) if (line === '25') break
  child.kill('SIGKILL')
  await once(child, 'exit')
  const before = await heard('shop', 1)
  assert.ok(before.length >= 25 && before.length < 60)
  const outbox = createOutbox({ db, log, listeners: [listener(db, source)] })
  await outbox.start()
  await until(async () => (await heard('shop', 1)).at(-1) === 60)
  const all = await heard('shop', 1)
  assert.deepEqual([...new Set(all)], range(1, 60))
  assert.deepEqual(all.slice(before.length), range(60 - (all.length - before.length) + 1, 60))
  await outbox.stop(1000)
})

test('a session that the server cuts is opened anew, and the listener goes on', async () => {
  await using market = await marketplace()
  const { db, source, tell, heard } = market
  const outbox = createOutbox({ db, log, listeners: [listener(db, source)] })
  await outbox.start()
  await tell(1, 1, 5)
  await until(async () => (await heard('shop', 1)).length === 5)
  await db.pool.query(cutSession)
  await tell(1, 6, 9)
  await until(async () => (await heard('shop', 1)).length === 9)
  assert.deepEqual(await heard('shop', 1), range(1, 9))
  await outbox.stop(1000)
})

for (const moment of ['read', 'handle'] as const) {
  test(`a session lost during a ${moment} hands the rest to the next one`, async () => {
    await using market = await marketplace()
    const { db, source, tell, heard } = market
    let cut = false
    const cutOnce = async (at: typeof moment) => {
      if (cut || at !== moment) return
      cut = true
      await db.pool.query(cutSession)
      await sleep(100)
    }
    const read: EventSource['read'] = async (...args) => {
      await cutOnce('read')
      return source.read(...args)
    }
    const handle = async (event: OutboxEvent) => {
      await write(db, 'shop', event)
      if (event.position === 9n) await cutOnce('handle')
    }
    await tell(1, 1, 9)
    const outbox = createOutbox({ db, log, listeners: [listener(db, { ...source, read }, { handle })] })
    await outbox.start()
    await until(async () => (await heard('shop', 1)).at(-1) === 9)
    assert.deepEqual([...new Set(await heard('shop', 1))], range(1, 9))
    await outbox.stop(1000)
  })
}

test('stop waits for the event being handled and no longer', patience, async () => {
  await using market = await marketplace()
  const { db, source, tell, heard } = market
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const handle = async (event: OutboxEvent) => {
    if (event.position === 6n) {
      begun.resolve()
      await go.promise
    }
    await write(db, 'shop', event)
  }
  await tell(1, 1, 20)
  const outbox = createOutbox({ db, log, listeners: [listener(db, source, { handle })] })
  await outbox.start()
  await begun.promise
  const stopped = outbox.stop(longerThanTests)
  go.resolve()
  await stopped
  assert.deepEqual(await heard('shop', 1), [1, 2])
  const { rows } = await db.pool.query('select position from platform.cursor')
  assert.equal(rows[0].position, 6n)
})

if (process.argv[2] === 'deliver') {
  const db = openDatabase({ url: process.argv[3] ?? '', poolMax: 4 })
  const handle = async (event: OutboxEvent) => {
    await sleep(5)
    // It never gets to the end: however late the signal comes, it comes while an event is handled.
    if (event.position === 120n) await new Promise(() => undefined)
    await write(db, 'shop', event)
    process.stdout.write(`${event.position / 3n}\n`)
  }
  await createOutbox({ db, log, listeners: [listener(db, tableSource(db), { handle })] }).start()
}
