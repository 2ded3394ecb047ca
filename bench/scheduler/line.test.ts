import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal } from '#kernel'
import type { Grant } from '#scheduler'
import { createLine } from './line.ts'

const backends = [{ id: 'only', slots: 1 }]

function asker(line: ReturnType<typeof createLine>) {
  const order: string[] = []
  const grants: Grant[] = []
  const ask = (name: string, user: string, signal?: AbortSignal): void => {
    const ticket = line.ticket({ class: name, user, inputTokens: 1, ...(signal ? { signal } : {}) })
    assert.ok(!isRefusal(ticket))
    void ticket.granted.then((grant) => {
      order.push(isRefusal(grant) ? `${user} ${grant.refused}` : user)
      if (!isRefusal(grant)) grants.push(grant)
    })
  }
  const turn = () => new Promise(setImmediate)
  const endAll = async (): Promise<void> => {
    await turn()
    for (let grant = grants.shift(); grant; grant = grants.shift()) {
      grant.done()
      await turn()
    }
  }
  return { order, grants, ask, turn, endAll }
}

test('first come first served has one order, strict priority another', async () => {
  for (const [order, expected] of [
    ['arrival', ['a', 'b', 'c', 'd']],
    ['class', ['a', 'c', 'd', 'b']],
  ] as const) {
    const asked = asker(createLine({ backends, order }))
    asked.ask('free', 'a')
    asked.ask('free', 'b')
    asked.ask('tipped', 'c')
    asked.ask('subscriber', 'd')
    await asked.endAll()
    assert.deepEqual(asked.order, expected)
  }
})

test('who leaves gives up the place in the line, or the slot', async () => {
  const asked = asker(createLine({ backends, order: 'arrival' }))
  const [running, waiting] = [new AbortController(), new AbortController()]
  asked.ask('free', 'a', running.signal)
  asked.ask('free', 'b', waiting.signal)
  asked.ask('free', 'c')
  waiting.abort()
  await asked.turn()
  running.abort()
  await asked.turn()
  assert.deepEqual(asked.order, ['a', 'b cancelled', 'c'])
})

test('what failed before it spoke goes first again, three times; what had spoken does not', async () => {
  const asked = asker(createLine({ backends, order: 'arrival' }))
  asked.ask('free', 'a')
  asked.ask('free', 'b')
  await asked.turn()
  for (let attempt = 2; attempt <= 3; attempt++) {
    const again = await asked.grants[0]?.failed({ kind: 'unreachable' })
    assert.ok(again && !isRefusal(again) && again.attempt === attempt)
    asked.grants[0] = again
  }
  const last = await asked.grants[0]?.failed({ kind: 'unreachable' })
  assert.ok(last && isRefusal(last) && last.refused === 'tried_enough')
  await asked.turn()
  assert.deepEqual(asked.order, ['a', 'b'])
  asked.grants[1]?.firstToken()
  const broken = await asked.grants[1]?.failed({ kind: 'unreachable' })
  assert.ok(broken && isRefusal(broken) && broken.refused === 'broken_off')
})
