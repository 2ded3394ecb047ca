import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { isRefusal, settableClock } from '#kernel'
import {
  createScheduler,
  type Ask,
  type EngineSigns,
  type Failure,
  type Grant,
  type Happened,
  type SchedulerOptions,
  type Ticket,
} from './index.ts'

const usual: Ask = { class: 'free', user: 'grace', inputTokens: 100 }

function start(options: Partial<SchedulerOptions> = {}) {
  const clock = settableClock(new Date('2026-12-01'))
  const happened: Happened[] = []
  const backends = options.backends ?? [{ id: 'one', slots: 1 }]
  const scheduler = createScheduler({
    ...options,
    backends,
    now: () => clock.now().getTime(),
    observe: (what) => happened.push(what),
  })
  const ask = (sized: Partial<Ask> = {}): Ticket => {
    const ticket = scheduler.ticket({ ...usual, ...sized })
    assert.ok(!isRefusal(ticket), 'the ask was refused')
    return ticket as Ticket
  }
  const inFlight = () => scheduler.view().backends.reduce((sum, backend) => sum + backend.inFlight, 0)
  return { clock, happened, scheduler, ask, inFlight, [Symbol.asyncDispose]: () => scheduler.close(0) }
}

async function grantOf(ticket: Ticket): Promise<Grant> {
  const grant = await ticket.granted
  assert.ok(!isRefusal(grant), 'there was no grant')
  return grant as Grant
}

test('a free slot is granted at once, and the next one when it is given back', async () => {
  await using house = start()
  const first = await grantOf(house.ask())
  assert.equal(first.backend, 'one')
  assert.equal(first.attempt, 1)
  const second = house.ask()
  const third = house.ask()
  assert.deepEqual([second.standing().position, third.standing().position], [0, 1])
  assert.equal(house.inFlight(), 1)
  first.firstToken()
  first.tokens(1)
  first.done({ inputTokens: 100, outputTokens: 1 })
  await grantOf(second)
  assert.equal(third.standing().position, 0)
  assert.deepEqual(
    house.happened.map(({ type }) => type),
    ['granted', 'first_token', 'ended', 'granted'],
  )
})

test('a first token lets the next prompt in at once', async () => {
  await using house = start({ backends: [{ id: 'one', slots: 8 }] })
  const first = await grantOf(house.ask({ inputTokens: 8000 }))
  const second = house.ask({ inputTokens: 8000 })
  assert.equal(house.inFlight(), 1, 'its prompt would stand behind the other')
  first.firstToken()
  assert.equal(house.inFlight(), 2)
  await grantOf(second)
})

test('whoever leaves while waiting is out of the line', async () => {
  await using house = start()
  await grantOf(house.ask())
  const leaving = house.ask()
  const left = new AbortController()
  const other = house.ask({ signal: left.signal })
  const last = house.ask()
  leaving.cancel()
  left.abort()
  for (const ticket of [leaving, other]) {
    const answer = await ticket.granted
    assert.ok(isRefusal(answer) && answer.refused === 'cancelled')
  }
  assert.equal(last.standing().position, 0)
})

test('whoever leaves while served frees the slot, and the upstream hears of it before anything else happens', async () => {
  await using house = start()
  const ticket = house.ask()
  const grant = await grantOf(ticket)
  const next = house.ask()
  let slotsWhenHeard: number | undefined
  grant.signal.addEventListener('abort', () => (slotsWhenHeard = house.scheduler.view().classes[2]?.inFlight))
  ticket.cancel()
  assert.equal(grant.signal.aborted, true)
  assert.equal(slotsWhenHeard, 1, 'it is the next one’s already')
  await grantOf(next)
  grant.done({ inputTokens: 1, outputTokens: 1 })
  assert.equal(house.inFlight(), 1, 'what comes afterwards is ignored')
  const after = await grant.failed({ kind: 'unreachable' })
  assert.ok(isRefusal(after) && after.refused === 'cancelled')
})

test('a signal that was aborted before the ask leaves nothing behind', async () => {
  await using house = start()
  const ticket = house.ask({ signal: AbortSignal.abort() })
  assert.ok(!isRefusal(await ticket.granted))
  assert.equal(house.inFlight(), 0)
})

test('before its first token a failed stream is granted elsewhere, afterwards it is not', async () => {
  await using house = start({
    backends: [
      { id: 'one', slots: 1 },
      { id: 'other', slots: 1 },
    ],
  })
  const grant = await grantOf(house.ask())
  const again = await grant.failed({ kind: 'unreachable' })
  assert.ok(!isRefusal(again))
  assert.deepEqual([again.backend, again.attempt], [grant.backend === 'one' ? 'other' : 'one', 2])
  grant.tokens(5)
  again.firstToken()
  const over = await again.failed({ kind: 'unreachable' })
  assert.ok(isRefusal(over) && over.refused === 'broken_off')
  assert.equal(house.inFlight(), 0)
})

test('a stream that falls silent is aborted with the reason, and tried again if it had not spoken', async () => {
  await using house = start()
  const grant = await grantOf(house.ask())
  const aborted = once(grant.signal, 'abort')
  house.clock.advance(60_001)
  await aborted
  const silence: Failure = { kind: 'hung' }
  assert.deepEqual(grant.signal.reason, silence)
  const again = await grant.failed(silence)
  assert.ok(!isRefusal(again) && again.attempt === 2)
  again.firstToken()
  const silent = once(again.signal, 'abort')
  house.clock.advance(10_001)
  await silent
  const over = await again.failed(silence)
  assert.ok(isRefusal(over) && over.refused === 'broken_off')
  assert.equal(house.inFlight(), 0)
})

test('a grant that nobody ends does not keep its slot for ever', async () => {
  await using house = start()
  await grantOf(house.ask())
  const next = house.ask({ user: 'next' })
  for (let tries = 0; tries < 3; tries++) {
    house.clock.advance(60_001)
    await wait(150)
  }
  house.clock.advance(30_000)
  await grantOf(next)
})

test('patience ends a wait with a word, and an ask that would wait longer is refused with the estimate', async () => {
  await using house = start()
  await grantOf(house.ask())
  const impatient = house.ask({ patienceMs: 30_000 })
  house.clock.advance(30_000)
  const answer = await impatient.granted
  assert.ok(isRefusal(answer) && answer.refused === 'waited_too_long')
  for (let many = 0; many < 100; many++) house.ask({ user: `u${many}` })
  const refused = house.scheduler.ticket({ ...usual, user: 'new', patienceMs: 500 })
  assert.ok(isRefusal(refused) && refused.refused === 'too_busy' && refused.estimate.likelyMs > 500)
})

test('an engine’s own words count: slots as told, and silence as a failure', async () => {
  let answer: () => Promise<EngineSigns> = async () => ({ slots: 3 })
  await using house = start({ backends: [{ id: 'one', signs: () => answer() }] })
  while (house.scheduler.view().limit !== 3) await wait(10)
  answer = () => Promise.reject(new Error('down'))
  while (house.scheduler.view().backends[0]?.state !== 'resting') await wait(100)
  assert.ok(house.happened.some((what) => what.type === 'backend' && what.state === 'resting'))
})

test('backends come and go while asks wait', async () => {
  await using house = start({ backends: [] })
  const refused = house.scheduler.ticket(usual)
  assert.ok(isRefusal(refused) && refused.refused === 'no_backend')
  house.scheduler.add({ id: 'one', slots: 1 })
  const grant = await grantOf(house.ask())
  const waiting = house.ask()
  house.scheduler.remove('one')
  grant.done()
  assert.deepEqual(house.scheduler.view().backends, [])
  house.scheduler.add({ id: 'other', slots: 1 })
  assert.equal((await grantOf(waiting)).backend, 'other')
})

test('closing ends waits at once and streams at the deadline', async () => {
  const house = start()
  const running = await grantOf(house.ask())
  const waiting = house.ask()
  const closed = house.scheduler.close(20)
  const answer = await waiting.granted
  assert.ok(isRefusal(answer) && answer.refused === 'closing')
  const late = house.scheduler.ticket(usual)
  assert.ok(isRefusal(late) && late.refused === 'closing')
  assert.equal(running.signal.aborted, false)
  await closed
  assert.equal(running.signal.aborted, true)
})

test('closing waits no longer than the last stream', async () => {
  const house = start()
  const running = await grantOf(house.ask())
  const closed = house.scheduler.close(600_000)
  running.done()
  await closed
})

test('whatever callers do in whatever order, no slot and no prompt is left over', async () => {
  const act = fc.record({
    what: fc.constantFrom('ask', 'first', 'tokens', 'done', 'fail', 'busy', 'cancel', 'pass'),
    which: fc.nat(1000),
    class: fc.constantFrom('tipped', 'subscriber', 'free'),
    inputTokens: fc.integer({ min: 1, max: 9000 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 80 }), async (acts) => {
      await using house = start({
        backends: [
          { id: 'one', slots: 2 },
          { id: 'other', slots: 1 },
        ],
      })
      const tickets: Ticket[] = []
      const grants: Grant[] = []
      const keep = (answer: Awaited<ReturnType<Grant['failed']>>): void =>
        void (isRefusal(answer) || grants.push(answer as Grant))
      for (const { what, which, class: name, inputTokens } of acts) {
        const grant = grants[which % Math.max(1, grants.length)]
        if (what === 'ask') {
          const ticket = house.scheduler.ticket({ class: name, user: `u${which % 5}`, inputTokens, patienceMs: 50_000 })
          if (isRefusal(ticket)) continue
          tickets.push(ticket as Ticket)
          void (ticket as Ticket).granted.then(keep)
        }
        if (what === 'first') grant?.firstToken()
        if (what === 'tokens') grant?.tokens(1 + (which % 9))
        if (what === 'done') grant?.done({ inputTokens, outputTokens: which })
        if (what === 'fail') void grant?.failed({ kind: 'unreachable' }).then(keep)
        if (what === 'busy') void grant?.failed({ kind: 'busy', retryAfterMs: which }).then(keep)
        if (what === 'cancel') tickets[which % Math.max(1, tickets.length)]?.cancel()
        if (what === 'pass') house.clock.advance(which * 5)
        await Promise.resolve()
        const { backends, limit } = house.scheduler.view()
        assert.ok(house.inFlight() <= 3 && limit <= 3)
        for (const backend of backends) assert.ok(backend.inFlight <= (backend.id === 'one' ? 2 : 1))
      }
      for (const ticket of tickets) ticket.cancel()
      const { backends, classes } = house.scheduler.view()
      for (const backend of backends) assert.deepEqual([backend.inFlight, backend.prefillTokens], [0, 0])
      for (const each of classes) assert.deepEqual([each.inFlight, each.waiting], [0, 0])
    }),
    { numRuns: 200 },
  )
})
