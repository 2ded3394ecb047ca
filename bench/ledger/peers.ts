import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { uuidv7 } from '#kernel'
import { openDatabase } from '#platform'
import { opening, payersMax } from './house.ts'
import { drawer } from './shapes.ts'

/** Other ways to move the same points, each transfer a transaction of its own. */
export type Peers = AsyncDisposable & {
  /** With as many connections as `size` until it is called again. */
  pool(size: number): Promise<void>
  /** Begin, lock both rows in order, write, commit: six conversations with the server. */
  rowLock(): Promise<void>
  /** All of it in one call of a function. */
  oneCall(): Promise<void>
  /** A row and its commit, on a connection of its own. */
  oneCommit(): Promise<void>
  /** Throws unless each acknowledged transfer is there once and the balances follow. */
  check(): Promise<void>
}

// Accounts are locked in the order of their numbers, so the highest is the hot row that is held the least.
const payee = payersMax + 1

const statements = {
  lock: {
    name: 'peer.lock',
    text: 'select id, balance, version from peer.account where id in ($1, $2) order by id for update',
  },
  transfer: {
    name: 'peer.transfer',
    text: 'insert into peer.transfer (key, payer, payee, amount) values ($1, $2, $3, $4)',
  },
  entries: {
    name: 'peer.entries',
    text: `insert into peer.entry (account, version, transfer, amount, balance)
      values ($1, $2, $3, $4, $5), ($6, $7, $3, $8, $9)`,
  },
  balances: {
    name: 'peer.balances',
    text: `update peer.account s set balance = v.balance, version = v.version
      from (values ($1::bigint, $2::bigint, $3::bigint), ($4, $5, $6)) v(id, balance, version) where s.id = v.id`,
  },
  pay: { name: 'peer.pay', text: 'select peer.pay($1, $2, $3, $4)' },
  single: { name: 'peer.single', text: 'insert into peer.single (payer, payee, amount) values ($1, $2, $3)' },
} as const

type Row = { id: bigint; balance: bigint; version: bigint }

export async function openPeers(url: string): Promise<Peers> {
  const db = openDatabase({ url, poolMax: 2, applicationName: 'bottega-bench-peer' })
  await db.pool.query(readFileSync(join(import.meta.dirname, 'peers.sql'), 'utf8'))
  await db.pool.query(
    `insert into peer.account (id, balance) select g, case when g = $2::bigint then 0 else $1::bigint end
      from generate_series(1, $2::bigint) g`,
    [opening, payee],
  )
  await db.pool.query('analyze peer.account')
  const lone = new pg.Client({ connectionString: url })
  await lone.connect()
  let pool = openDatabase({ url, poolMax: 1 })
  const draw = drawer()
  const told = { transfers: 0n, paid: 0n }

  return {
    pool: async (size) => {
      await pool.close()
      pool = openDatabase({ url, poolMax: size, applicationName: 'bottega-bench-peer' })
    },
    rowLock: async () => {
      const amount = BigInt(1 + draw(100))
      await rowLocked(pool.pool, { key: uuidv7(), payer: BigInt(1 + draw(payersMax)), amount })
      told.transfers++
      told.paid += amount
    },
    oneCall: async () => {
      const amount = BigInt(1 + draw(100))
      await pool.pool.query({ ...statements.pay, values: [uuidv7(), 1 + draw(payersMax), payee, amount] })
      told.transfers++
      told.paid += amount
    },
    oneCommit: async () => {
      await lone.query({ ...statements.single, values: [1 + draw(payersMax), payee, 1 + draw(100)] })
    },
    check: async () => {
      const { rows } = await db.pool.query<Record<string, bigint>>(
        `select (select count(*) from peer.transfer) as transfers, (select count(*) from peer.entry) as entries,
          (select balance from peer.account where id = $1) as paid, (select version from peer.account where id = $1) as version,
          (select sum(balance)::bigint from peer.account) as total, (select sum(amount)::bigint from peer.entry) as uneven`,
        [payee],
      )
      const { transfers, paid } = told
      const total = opening * BigInt(payersMax)
      const wanted = { transfers, entries: 2n * transfers, paid, version: transfers, total }
      assert.deepEqual(rows[0], { ...wanted, uneven: transfers === 0n ? null : 0n }, 'a peer is not exact')
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([pool.close(), db.close(), lone.end()])
    },
  }
}

type Transfer = { readonly key: string; readonly payer: bigint; readonly amount: bigint }

async function rowLocked(pool: pg.Pool, transfer: Transfer): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await writeTransfer(client, transfer)
    await client.query('commit')
    client.release()
  } catch (fault) {
    // Kept, it would let the end of the run wait for it for ever.
    client.release(true)
    throw fault
  }
}

async function writeTransfer(client: pg.PoolClient, { key, payer, amount }: Transfer): Promise<void> {
  const { rows } = await client.query<Row>({ ...statements.lock, values: [payer, payee] })
  const [from, to] = rows
  assert.ok(from && to && from.balance >= amount, 'both accounts are there, and the payer can pay')
  const before = { balance: from.balance - amount, version: from.version + 1n }
  const after = { balance: to.balance + amount, version: to.version + 1n }
  await client.query({ ...statements.transfer, values: [key, payer, payee, amount] })
  await client.query({
    ...statements.entries,
    values: [payer, before.version, key, -amount, before.balance, payee, after.version, amount, after.balance],
  })
  await client.query({
    ...statements.balances,
    values: [payer, before.balance, before.version, payee, after.balance, after.version],
  })
}
