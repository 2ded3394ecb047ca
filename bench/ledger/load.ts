import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRefusal, money, type Uuid } from '#kernel'
import { plain, type House } from './house.ts'

const journalsPerBatch = 1000
const batchesPerCall = 50

/** Adds so many plain journals to the hot payee, in whole batches, without posting each of them. */
export async function loadJournals(house: House, journals: number, hear: (done: number) => void): Promise<void> {
  const { db, payers, payee, told } = house
  await db.pool.query(readFileSync(join(import.meta.dirname, 'load.sql'), 'utf8'))
  const { rows } = await db.pool.query<{ id: number }>(`select id from ledger.template where name = 'bench.paid'`)
  const ids = `{${payers.map(({ id }) => id).join()}}`
  for (let done = 0; done < journals;) {
    const batches = Math.min(batchesPerCall, Math.ceil((journals - done) / journalsPerBatch))
    const answer = await db.pool.query<{ paid: bigint }>('select bench.load($1, $2, $3, $4, $5) as paid', [
      ids,
      payee.id,
      rows[0]?.id,
      batches,
      journalsPerBatch,
    ])
    done += batches * journalsPerBatch
    told.journals += BigInt(batches * journalsPerBatch)
    told.paid += answer.rows[0]?.paid ?? 0n
    hear(done)
  }
}

/** A loaded journal posted again answers with the instant of the first time: its row is what the ledger writes. */
export async function checkRepeat({ db, ledger, payers, payee }: House): Promise<void> {
  const { rows } = await db.pool.query<{ id: Uuid; dr: bigint; amount: bigint; at: Date }>(
    `select l.journal as id, l.dr, l.amount, b.posted_at as at from ledger.batch b
    join ledger.leg l on l.home = b.home and l.pos = b.last_pos where b.home = 1 order by b.seq desc limit 1`,
  )
  const [last] = rows
  const payer = payers.find(({ id }) => id === last?.dr)
  assert.ok(last && payer, 'the last journal is one of those loaded')
  const answer = await ledger.post(plain.templates['bench.paid'], {
    key: last.id,
    accounts: { payer, payee },
    amounts: { price: money('POINTS', last.amount) },
  })
  assert.ok(!isRefusal(answer), `a loaded journal is not what the ledger would have written: ${JSON.stringify(answer)}`)
  assert.deepEqual(answer, { journal: last.id, postedAt: last.at })
}

/** What autovacuum does in the hours that such a ledger takes to grow, and the checkpoint that ends them. */
export async function settleDown({ db }: House): Promise<void> {
  const { rows } = await db.pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('ledger', 'platform')`,
  )
  for (const { name } of rows) await db.pool.query(`vacuum (analyze) ${name}`)
  await db.pool.query('checkpoint')
}
