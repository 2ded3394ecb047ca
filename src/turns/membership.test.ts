import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStage, saying } from '../../test/turns/stage.ts'
import { World } from '../../test/world.ts'

const listening = `select from pg_stat_activity where datname = current_database() and query like 'listen %'`
const locked = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

type Pool = { query(text: string): Promise<{ readonly rowCount: number | null }> }

const looksMax = 5_000

async function until(pool: Pool, text: string, rows: number): Promise<void> {
  for (let look = 0; look < looksMax; look++) if ((await pool.query(text)).rowCount === rows) return
  throw new Error(`there are never ${rows} rows: ${text}`)
}

test('a place that closes while it enters leaves no name behind and begins no turn', { timeout: 60_000 }, async () => {
  await using database = await World.database()
  const { pool } = database.db
  await using stage = openStage({ db: database.db })
  stage.play('go', saying('a'))
  const holding = await pool.connect()
  await holding.query('begin; lock table turns.process in share mode')
  const started = assert.rejects(stage.start(stage.plan('go')), /taken for gone/)
  await until(pool, locked, 1)
  await until(pool, listening, 1)
  const closed = stage.turns.close(0)
  // What is closed after the bell is the lease.
  await until(pool, listening, 0)
  await holding.query('commit')
  holding.release()
  await Promise.all([started, closed])
  assert.equal((await pool.query('select from turns.process where ended_at is null')).rowCount, 0)
  assert.equal((await pool.query('select from turns.turn')).rowCount, 0)
})

test('a place whose lease cannot be given back listens no more', async () => {
  await using database = await World.database()
  const { pool } = database.db
  await using stage = openStage({ db: database.db })
  stage.play('go', saying('a'))
  const plan = stage.plan('go')
  await stage.start(plan)
  await stage.read(plan.id)
  await until(pool, listening, 1)
  await pool.query('alter table turns.process rename to mislaid')
  await assert.rejects(stage.turns.close(0), { code: '42P01' })
  await until(pool, listening, 0)
})
