import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import { uuidv7 } from '#kernel'
import { openLedger } from '#ledger'
import { openDatabase } from '#platform'
import { ok, openHouse, order, type House } from '../../test/ledger-house.ts'
import { flows } from '../../test/market/flows.ts'

/** What a reversal reads before it is posted, while others post and connections are lost. */

const triesMax = 1000

/** A ledger whose statements all go over one connection that holds what every reversal reads, until `letGo`. */
async function openHolder(house: House) {
  const db = openDatabase({ url: house.url, poolMax: 1 })
  const ledger = await openLedger({ db, charts: flows, clock: house.clock })
  await db.pool.query('begin')
  await db.pool.query('lock table ledger.reversed in access exclusive mode')
  /** Those who wait for it, once somebody does; with what is to be done to them. */
  const whoWaits = async (deed = 'pid') => {
    for (let tries = 0; tries < triesMax; tries++) {
      const waiting = `select ${deed} from pg_locks where relation = 'ledger.reversed'::regclass and not granted`
      if (((await db.pool.query(waiting)).rowCount ?? 0) > 0) return
      await sleep(5)
    }
    assert.fail('nobody came to reverse')
  }
  return {
    ledger,
    whoWaits,
    letGo: async () => void (await db.pool.query('commit')),
    [Symbol.asyncDispose]: () => db.close(),
  }
}

test('of two that take back the rest under one key, the second hears what the first did, though nothing is left', async () => {
  await using house = await openHouse()
  const { key: journal, answer } = await order(house)
  ok(answer)
  await using holder = await openHolder(house)
  const reversal = { key: uuidv7(), journal, room: 'shop' }
  const second = house.ledger.reverse(reversal)
  await holder.whoWaits()
  const first = ok(await holder.ledger.reverse(reversal))
  await holder.letGo()
  assert.deepEqual(ok(await second), first)
})

test('a reversal whose connection is ended while it reads reads again, and is posted', async () => {
  await using house = await openHouse()
  const { key: journal, answer } = await order(house)
  ok(answer)
  await using holder = await openHolder(house)
  const reversed = house.ledger.reverse({ key: uuidv7(), journal, room: 'shop' })
  await holder.whoWaits('pg_terminate_backend(pid)')
  await holder.letGo()
  ok(await reversed)
})
