import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal, money, uuidv7 } from '#kernel'
import { ledgerRoom, openLedger, type Ledger } from '#ledger'
import type { EventSource } from '#platform'
import { getHealth } from '#platform/contract'
import { earnings, flows, payouts } from '../../test/market/flows.ts'
import { World } from '../../test/world.ts'

type OutboxEvent = Awaited<ReturnType<EventSource['read']>>[number]

const usd = (minor: bigint) => money('USD', minor)

test('what is posted is heard in order, once delivered, beside the room’s own jobs and health', async () => {
  const heard: OutboxEvent[] = []
  let ledger: Ledger | undefined
  await using world = await World.start({
    features: async ({ db, clock }) => {
      ledger = await openLedger({ db, charts: flows, clock })
      const listener = { name: 'test.ear', source: ledger.events, from: 'beginning' as const }
      return [
        ledgerRoom({ ledger, db }),
        { name: 'ear', on: [{ ...listener, handle: async (event: OutboxEvent) => void heard.push(event) }] },
      ]
    },
  })
  assert(ledger)
  const owner = { type: 'user', id: 'grace' } as const
  const pending = await ledger.open({ kind: 'creator.pending', owner })
  const available = await ledger.open({ kind: 'creator.available', owner })
  const matured = uuidv7()
  const hold = uuidv7()
  await ledger.post(earnings.templates['earnings.matured'], {
    key: matured,
    accounts: { pending, available },
    amounts: { matured: usd(9_000_000n) },
    facts: { night: '2026-11-23' },
  })
  await ledger.post(payouts.templates['payout.reserved'], {
    key: hold,
    holdMs: 60_000,
    accounts: { available },
    amounts: { amount: usd(4_000_000n) },
  })
  world.clock.advance(120_000)
  while ((await ledger.sweep()) > 0) continue
  await world.settle()

  assert.deepEqual(
    heard.map(({ type }) => type),
    ['earnings.matured', 'payout.reserved', 'ledger.hold_expired'],
  )
  assert.deepEqual(
    heard.slice(0, 2).map(({ id }) => id),
    [matured, hold],
  )
  assert.ok(heard.every((event, at) => at === 0 || event.position > (heard[at - 1]?.position ?? 0n)))
  assert.deepEqual(heard.map(({ body }) => (body as { facts: unknown }).facts)[0], { night: '2026-11-23' })

  const health = await world.call(getHealth, {})
  assert.ok(!isRefusal(health))
  assert.match(JSON.stringify(health), /"name":"ledger","ok":true/)
})
