import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { bigintText } from '#kernel/contract'
import { World } from '../../test/world.ts'
import { createJobs, job } from './jobs.ts'
import { createLog } from './log.ts'

const log = createLog({ level: 'silent' })

function recorder() {
  const paid: bigint[] = []
  const pay = job({
    name: 'shop.pay',
    payload: z.object({ amount: bigintText }),
    retry: { limit: 2, delaySeconds: 1 },
    run: async ({ amount }) => void paid.push(amount),
  })
  return { paid, pay }
}

/** A stop that waits for its deadline does not end within its test. */
const longerThanTests = 120_000
const patience = { timeout: 60_000 }

async function until(what: () => boolean): Promise<void> {
  const end = performance.now() + patience.timeout
  while (!what()) {
    assert.ok(performance.now() < end, 'waited in vain')
    await sleep(20)
  }
}

test('a job carries its payload through the queue, and drain does all that is due', async () => {
  await using scratch = await World.database()
  const { paid, pay } = recorder()
  const jobs = createJobs({ db: scratch.db, log, jobs: [pay] })
  await jobs.start('sender')
  await jobs.send(pay, { amount: 12345678901234567890n })
  await jobs.send(pay, { amount: 2n }, { startAfter: new Date(Date.now() + 3_600_000) })
  assert.deepEqual(await jobs.drain(), { ran: 1, failed: 0 })
  assert.deepEqual(paid, [12345678901234567890n])
  // @ts-expect-error the payload is the job's own
  await assert.rejects(jobs.send(pay, { amount: 'many' }))
  await jobs.stop(1000)
})

test('a job sent within a transaction exists only if the transaction does', async () => {
  await using scratch = await World.database()
  const { paid, pay } = recorder()
  const jobs = createJobs({ db: scratch.db, log, jobs: [pay] })
  await jobs.start('sender')
  const undone = scratch.db.transact(async (trx) => {
    await jobs.send(pay, { amount: 1n }, { trx })
    throw new Error('undone')
  })
  await assert.rejects(undone, /undone/)
  await scratch.db.transact((trx) => jobs.send(pay, { amount: 2n }, { trx }))
  await jobs.drain()
  assert.deepEqual(paid, [2n])
  await jobs.stop(1000)
})

test('a worker does what comes, retries what fails, and leaves nothing behind when it stops', patience, async () => {
  await using scratch = await World.database()
  let tries = 0
  let ended = false
  const begun = Promise.withResolvers<void>()
  const flaky = job({
    name: 'shop.flaky',
    payload: z.object({}),
    retry: { limit: 3, delaySeconds: 1 },
    run: async () => {
      if (++tries === 1) throw new Error('not yet')
    },
  })
  const long = job({
    name: 'shop.long',
    payload: z.object({}),
    run: async () => {
      begun.resolve()
      await sleep(700)
      ended = true
    },
  })
  const jobs = createJobs({ db: scratch.db, log, jobs: [flaky, long] })
  await jobs.start('worker')
  await jobs.send(flaky, {})
  await until(() => tries === 2)
  const id = await jobs.send(long, {})
  const state = async () =>
    (await scratch.db.pool.query('select state from jobs.job where id = $1', [id])).rows[0]?.state
  await begun.promise
  await jobs.stop(longerThanTests)
  assert.equal(ended, true)
  assert.equal(await state(), 'completed')
})

test('a worker that cannot start leaves nothing running', async () => {
  await using scratch = await World.database()
  const never = job({
    name: 'shop.never',
    payload: z.object({}),
    cron: { expression: 'when it suits', payload: {} },
    run: async () => undefined,
  })
  const jobs = createJobs({ db: scratch.db, log, jobs: [never] })
  await assert.rejects(jobs.start('worker'), /Invalid characters/)
  const { rows } = await scratch.db.pool.query(
    'select count(*)::int as begun, count(stopped_on)::int as ended from jobs.instance',
  )
  assert.deepEqual(rows, [{ begun: 1, ended: 1 }])
})

test('a cron expression is kept by workers, changed with the code, and removed with its job', async () => {
  await using scratch = await World.database()
  const daily = (expression: string) =>
    job({
      name: 'shop.daily',
      payload: z.object({ kind: z.string() }),
      cron: { expression, payload: { kind: 'all' } },
      run: async () => undefined,
    })
  const schedules = async () => (await scratch.db.pool.query('select name, cron, data from jobs.schedule')).rows
  const restart = async (list: Parameters<typeof createJobs>[0]['jobs']) => {
    const jobs = createJobs({ db: scratch.db, log, jobs: list })
    await jobs.start('worker')
    await jobs.stop(1000)
  }
  await restart([daily('0 3 * * *')])
  await restart([daily('0 4 * * *')])
  assert.deepEqual(await schedules(), [{ name: 'shop.daily', cron: '0 4 * * *', data: { kind: 'all' } }])
  await restart([])
  assert.deepEqual(await schedules(), [])
})
